"""When another runs a network, what stands in it goes to who runs it now, and not to who ran it."""

from datetime import timedelta

import pytest

from schakel.notices.models import Finding, Notice, NoticeState, Occasion, Route
from schakel.notices.rematching import rematch
from schakel.notices.steps.hand_over import hand_over
from schakel.notices.steps.remind import remind
from schakel.policy.access import SYSTEM
from schakel.post.models import Delivery
from schakel.registry.models import Asset, AssetRole, Constituency, Contact, Organisation
from tests.cast import NOON
from tests.reports import taken

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def alone(country):
    """A harbour that nobody answers for and that has no contact, and two who may run its network."""
    country.registrar.assets.filter(kind="network").delete()
    country.harbour.contacts.all().delete()
    Constituency.objects.all().delete()
    other = Organisation.objects.create(key="tower", name="Torennet", size_class="medium", region="NL-ZH")
    Contact.objects.create(organisation=other, role="abuse", address="abuse@torennet.example", is_verified=True)
    country.tower = other
    return country


def runs(organisation, value="192.0.2.0/24", kind="network"):
    return Asset.objects.create(organisation=organisation, kind=kind, value=value, role=AssetRole.OPERATOR)


def again(at=NOON + HOUR):
    return rematch(by=SYSTEM, at=at).counts


def send(at=NOON + DAY):
    return sum(hand_over(by=SYSTEM, at=at))


def addressees():
    return list(Delivery.objects.order_by("pk").values_list("address", flat=True))


def ways():
    return list(Route.objects.order_by("round").values_list("round", "via", "occasion"))


def test_who_could_not_be_reached_is_told_through_a_new_operator(alone):
    taken("192.0.2.10")
    assert ways() == [(0, "unreachable", "first")]
    runs(alone.registrar)
    counts = again()
    assert (counts["changed_operator"], counts["rerouted"], counts["new"], counts["closed"]) == (1, 1, 0, 0)
    assert ways()[1:] == [(1, "operator", "first")]
    send()
    assert addressees() == ["abuse@registrar.example"]
    assert Finding.objects.get().operator == alone.registrar


def test_an_operator_by_number_counts_as_one_by_network(alone):
    taken("192.0.2.10")
    runs(alone.registrar, value="64500", kind="asn")
    assert again()["rerouted"] == 1


def test_what_waits_for_who_ran_it_goes_to_who_runs_it_now(alone):
    asset = runs(alone.registrar)
    taken("192.0.2.10")
    assert ways() == [(0, "operator", "first")]
    again(NOON)
    asset.delete()
    runs(alone.tower)
    assert again()["changed_operator"] == 1
    send()
    assert addressees() == ["abuse@torennet.example"]
    assert [notice.state for notice in Notice.objects.order_by("pk")] == [NoticeState.WITHDRAWN, NoticeState.SENT]


def test_what_was_told_to_who_ran_it_goes_on_to_who_runs_it_now(alone):
    asset = runs(alone.registrar)
    taken("192.0.2.10", "192.0.2.11")
    again(NOON)
    send()
    Asset.objects.filter(pk=asset.pk).update(organisation=alone.tower)
    counts = again(NOON + 2 * DAY)
    assert (counts["changed_operator"], counts["anew"]) == (2, 1)
    send(NOON + 3 * DAY)
    assert addressees() == ["abuse@registrar.example", "abuse@torennet.example"]
    assert ways() == [(0, "operator", "first"), (1, "operator", Occasion.ESCALATION)]
    assert again(NOON + 4 * DAY)["changed_operator"] == 0


def test_what_nobody_runs_any_more_is_a_gap_again(alone):
    asset = runs(alone.registrar)
    taken("192.0.2.10")
    again(NOON)
    send()
    Asset.objects.filter(pk=asset.pk).update(valid_until=NOON + 2 * DAY)
    assert again(NOON + 3 * DAY)["anew"] == 1
    assert ways()[-1] == (1, "unreachable", "escalation")
    assert Finding.objects.get().operator is None


def test_a_part_of_a_network_that_goes_elsewhere_leaves_the_rest_where_it_was(alone):
    runs(alone.registrar)
    taken("192.0.2.10", "192.0.2.99")
    again(NOON)
    send()
    runs(alone.tower, value="192.0.2.96/28")
    assert again(NOON + 2 * DAY)["anew"] == 0
    assert [finding.asset for finding in Notice.objects.get().findings()] == ["192.0.2.10 443/tcp"]
    assert Finding.objects.get(asset__startswith="192.0.2.99").operator == alone.tower


def test_who_has_another_way_is_not_told_through_the_operator(country):
    taken("192.0.2.10")
    runs(country.registrar, value="192.0.2.0/26")
    assert again()["rerouted"] == 0
    assert ways() == [(0, "guardian", "first")]


def test_silence_leads_to_the_operator_at_last(alone):
    contact = Contact.objects.create(organisation=alone.harbour, address="cert@haven.example", is_verified=True)
    runs(alone.registrar)
    taken("192.0.2.10")
    send(NOON)
    for day in (30, 60):
        remind(by=SYSTEM, at=NOON + day * DAY)
        send(NOON + day * DAY)
    assert addressees() == [contact.address, contact.address, "abuse@registrar.example"]
