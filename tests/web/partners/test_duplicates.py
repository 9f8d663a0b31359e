from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from schakel.collaboration import initiatives
from schakel.collaboration.descriptions import Description
from schakel.jobs.registry import split_off
from schakel.registry.models import Asset, Contact, Likeness, Merger, Organisation, Partner, Prospect
from schakel.registry.successions import duplicates
from tests.cast import DESK, NOON
from tests.registry.network_cast import prospect
from tests.web.notices.test_respond import every_row


@pytest.fixture
def desk(member, country):
    return member("coordinator")


@pytest.fixture
def pair(country):
    """A prospect that is the harbour circle after all."""
    prospect("De Havenkring", website="https://kring.example")
    duplicates.find_partners(by=DESK, at=timezone.now())
    return Likeness.objects.get()


def test_nobody_but_the_coordinator_knows_of_it(member, stranger, country, pair):
    clients = [member("partner", country.harbour_circle), member("steward"), member("auditor")]
    before = every_row()
    circle, harbour = country.harbour_circle.pk, country.harbour.pk
    pages = (
        "/network/duplicates", f"/network/duplicates/{pair.pk}", f"/network/partners/{circle}/merge",
        f"/network/partners/{circle}/split", f"/network/organisations/{harbour}/merge",
        f"/network/organisations/{harbour}/split",
    )  # fmt: skip
    posts = (*pages[2:], f"/network/duplicates/{pair.pk}/judge", "/network/mergers/1/undo")
    for path in pages:
        assert stranger.get(path).url.startswith("/account/login")
        assert [client.get(path).status_code for client in clients] == [403, 403, 403]
    for path in posts:
        assert stranger.post(path).url.startswith("/account/login")
        given = {"words": "x", "keep": circle, "act": "merge"}
        assert [client.post(path, given).status_code for client in clients] == [403, 403, 403]
    assert every_row() == before


def test_two_stand_side_by_side_and_a_partner_stays(desk, country, pair):
    assert "De Havenkring" in desk.get("/network/duplicates").content.decode()
    page = desk.get(f"/network/duplicates/{pair.pk}").content.decode()
    for words in ("The names are alike", "https://kring.example", "harbour-circle", "different"):
        assert words in page
    assert page.count('name="keep"') == 1
    assert f'value="{country.harbour_circle.pk}"' in page


def test_two_are_merged_and_it_is_taken_back(desk, country, pair):
    judge = f"/network/duplicates/{pair.pk}/judge"
    given = {"act": "merge", "keep": country.harbour_circle.pk, "words": "Zelfde club."}
    assert "give a reason" in desk.post(judge, given | {"words": ""}, follow=True).content.decode()
    assert "which of the two" in desk.post(judge, given | {"keep": ""}, follow=True).content.decode()
    assert desk.post(judge, given).url == "/network/duplicates"
    assert not Prospect.objects.exists()
    assert desk.post(judge, given).status_code == 409
    page = desk.get("/network/duplicates").content.decode()
    assert "Zelfde club." in page
    undo = f"/network/mergers/{Merger.objects.get().pk}/undo"
    assert undo in page
    assert "taken back" in desk.post(undo, follow=True).content.decode()
    assert Prospect.objects.exists()
    assert desk.post(undo).status_code == 409
    assert "Judge" in desk.get("/network/duplicates").content.decode()


def test_two_are_kept_apart(desk, pair):
    judge = f"/network/duplicates/{pair.pk}/judge"
    assert desk.post(judge, {"act": "apart"}).url == f"/network/duplicates/{pair.pk}"
    assert desk.post(judge, {"act": "apart", "words": "Twee clubs."}).url == "/network/duplicates"
    page = desk.get(f"/network/duplicates/{pair.pk}").content.decode()
    assert "Twee clubs." in page
    assert "Keep apart" not in page
    assert "Nothing to judge" in desk.get("/network/duplicates").content.decode()


def test_a_partner_becomes_part_of_another_that_is_named(desk, country):
    circle, csirt = country.harbour_circle, country.care_csirt
    path = f"/network/partners/{circle.pk}/merge"
    assert "Zorg-CSIRT" in desk.get(path).content.decode()
    assert desk.post(path, {"into": csirt.pk}).status_code == 400
    assert desk.post(path, {"into": circle.pk, "words": "x"}).status_code == 400
    assert desk.post(path, {"into": csirt.pk, "words": "Fusie."}).url == f"/network/partners/{circle.pk}"
    page = desk.get(f"/network/partners/{circle.pk}").content.decode()
    assert "has become part of Zorg-CSIRT" in page
    assert desk.get(path).status_code == 404


def test_a_prospect_becomes_part_of_a_partner_and_its_page_goes(desk, country, pair):
    found = Prospect.objects.get()
    path = f"/network/partners/{found.pk}/merge"
    assert desk.post(path, {"into": country.harbour_circle.pk, "words": "Zelfde."}).status_code == 302
    assert desk.get(f"/network/prospects/{found.pk}").status_code == 404
    assert desk.get(f"/network/partners/{found.pk}").status_code == 404


def test_an_organisation_becomes_part_of_another_by_its_key(desk, country):
    path = f"/network/organisations/{country.bakery.pk}/merge"
    assert "no organisation has this key" in desk.post(path, {"into": "nobody", "words": "x"}).content.decode()
    assert "the same" in desk.post(path, {"into": "bakery", "words": "x"}).content.decode()
    assert desk.post(path, {"into": "harbour", "words": "Overname."}).url == "/network/duplicates"
    assert Organisation.objects.get(key="bakery").successor == country.harbour
    assert desk.get(path).status_code == 404


def test_an_organisation_is_split_by_ticking_its_assets(desk, country):
    path = f"/network/organisations/{country.harbour.pk}/split"
    page = desk.get(path).content.decode()
    assert "192.0.2.0/25 (network)" in page
    network = Asset.objects.get(organisation=country.harbour, kind="network")
    foreign = Asset.objects.get(organisation=country.bakery)
    given = {"name": "Haven Oost", "words": "Afsplitsing.", "assets": [network.pk]}
    assert desk.post(path, given | {"assets": [foreign.pk]}).status_code == 400
    assert "what goes along" in desk.post(path, given | {"assets": []}).content.decode()
    assert desk.post(path, given).url == "/network/duplicates"
    assert Asset.objects.get(pk=network.pk).organisation.key == "haven-oost"


def test_a_partner_is_split_by_relation(desk, country):
    circle = country.harbour_circle
    path = f"/network/partners/{circle.pk}/split"
    assert desk.get(path).status_code == 200
    given = {"name": "Kring Oost", "words": "Te groot.", "relations": ["member"]}
    contact = Contact.objects.get(partner=circle)
    assert desk.post(path, given | {"contacts": [contact.pk]}).url == f"/network/partners/{circle.pk}"
    east = Partner.objects.get(key="kring-oost")
    assert (east.standing, east.constituents.count(), east.contacts.count()) == ("joining", 1, 1)


def test_what_a_partner_does_together_with_others_can_go_along(desk, country):
    circle, csirt = country.harbour_circle, country.care_csirt
    given: dict[str, Any] = {"by": DESK, "at": NOON}
    ours, theirs = (
        initiatives.add(description=Description(name=name, kind="project", owner=owner), **given)
        for name, owner in (("Havenwacht", circle), ("Zorgwacht", csirt))
    )
    path = f"/network/partners/{circle.pk}/split"
    page = desk.get(path).content.decode()
    assert "Havenwacht" in page
    assert "Zorgwacht" not in page
    said = {"name": "Kring Oost", "words": "Te groot."}
    assert desk.post(path, said | {"above0": [theirs.pk]}).status_code == 400
    assert desk.post(path, said | {"above0": [ours.pk]}).status_code == 302
    job = ProcrastinateJob.objects.get(task_name="registry.split_off")
    split_off(**job.args)
    ours.refresh_from_db()
    assert ours.owner == Partner.objects.get(key="kring-oost")


def test_more_pairs_cost_no_more_queries(desk, country, pair, django_assert_num_queries):
    with CaptureQueriesContext(connection) as few:
        desk.get("/network/duplicates")
    for number in range(3):
        prospect(f"De Havenkring {number}")
    duplicates.find_partners(by=DESK, at=timezone.now())
    assert Likeness.objects.count() > 3
    with django_assert_num_queries(len(few)):
        desk.get("/network/duplicates")


def test_the_page_of_an_organisation_leads_the_coordinator_there(desk, member, country):
    here, path = f"/organisation/{country.harbour.pk}", f"/network/organisations/{country.harbour.pk}/merge"
    assert path in desk.get(here).content.decode()
    assert path not in member("partner", country.harbour_circle).get(here).content.decode()
