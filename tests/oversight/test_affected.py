"""Who is affected by what an item speaks of: as far as is known, and as far as the reader may know it."""

import pytest

from schakel.notices.campaigns import start_campaign
from schakel.oversight.affected import affected_by, seen_here
from schakel.policy.access import NOBODY
from schakel.registry.models import Product as Used
from tests.cast import DESK, NOON
from tests.sharing import world
from tests.sharing.conftest import in_english, network, own_circle_key  # noqa: F401 - fixtures
from tests.web.scene import finding_at, report_of


@pytest.fixture
def scene(network):  # noqa: F811 - the fixture of sharing
    """A finding at the harbour and one at the hospital, and products of both; the item speaks of all."""
    country = network.country
    report = report_of()
    network.seen = finding_at(country.harbour, "192.0.2.9 443/tcp", report, weakness="CVE-2026-0101")
    finding_at(country.hospital, "198.51.100.7", report, weakness="CVE-2026-0101")
    finding_at(country.hospital, "198.51.100.8", report, weakness="CVE-2026-0101", state="fixed")
    finding_at(country.hospital, "198.51.100.9", report, weakness="CVE-2026-9999")
    finding_at(country.harbour, "192.0.2.99", report, kind="infected-host")
    for organisation, version in ((country.harbour, "4.1"), (country.hospital, ""), (country.bakery, "3.0")):
        Used.objects.create(
            organisation=organisation, vendor="zoutwijk software", product="POORTWACHTER", version=version,
            added_at=NOON, added_by="x",
        )  # fmt: skip
    network.item = world.out(by=network.neighbour, owner=network.care)
    return network


@pytest.mark.parametrize(
    ("name", "counts"),
    [("desk", (2, 2, 2, 2)), ("member", (1, 1, 1, 1)), ("neighbour", (1, 1, 1, 1)), ("client", (0, 0, 1, 1))],
)
def test_each_knows_of_those_it_answers_for(scene, name, counts):
    known = affected_by(scene.item, to=getattr(scene, name))
    assert (known.findings_count, known.found_count, known.using_count, len(known.organisations)) == counts


@pytest.mark.parametrize("name", ["steward", "auditor", None])
def test_who_answers_for_nobody_is_told_nothing(scene, name):
    actor = getattr(scene, name) if name else NOBODY
    assert (affected_by(scene.item, to=actor), seen_here(scene.item, to=actor)) == (None, None)


def test_a_partner_reads_its_own_constituency(scene):
    known = affected_by(scene.item, to=scene.member)
    assert [one.name for one in known.organisations] == [scene.country.harbour.name]
    assert not known.may_start


def test_the_coordinator_follows_it_as_a_campaign(scene):
    assert affected_by(scene.item, to=scene.desk).may_start
    open_one, closed = (
        start_campaign(title=title, weakness="CVE-2026-0101", tlp=tlp, by=DESK, at=NOON)
        for title, tlp in (("Poort", "green"), ("Stil", "amber+strict"))
    )
    assert affected_by(scene.item, to=scene.desk).campaigns == [closed, open_one]
    assert affected_by(scene.item, to=scene.member).campaigns == [open_one]


def test_indicators_lead_to_findings_one_may_see(scene):
    assert [one.pk for one in seen_here(scene.item, to=scene.desk).findings] == [scene.seen.pk]
    assert seen_here(scene.item, to=scene.member).count == 1
    assert seen_here(scene.item, to=scene.neighbour).count == 0
    assert seen_here(scene.item, to=scene.client) is None


def test_it_costs_the_same_for_everybody(scene, django_assert_max_num_queries):
    for actor in (scene.desk, scene.member):
        with django_assert_max_num_queries(12):
            affected_by(scene.item, to=actor)
            seen_here(scene.item, to=actor)
