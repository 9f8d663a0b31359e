from datetime import date

import pytest
from django.utils import timezone

from schakel.journal import actions as journal
from schakel.journal import queries
from schakel.journal.models import Event
from schakel.registry.models import Capacity
from schakel.registry.partners import capacities
from tests.cast import AUDITOR, DESK, NOON

ASSESS = {"category": "core", "reason": "Vaste band en vertrouwen."}


@pytest.fixture
def offices(country):
    """The hospital coordinates, and is a CSIRT besides."""
    for label in ("coordinator", "national-csirt"):
        capacities.hold(organisation=country.hospital, label=label, from_on=date(2026, 1, 1), by=DESK, at=NOON)
    return country


@pytest.fixture
def desk(member, country):
    return member("coordinator")


def assess(client, country):
    assert client.post(f"/network/partners/{country.harbour_circle.pk}/assess", ASSESS).status_code == 302
    return Event.objects.filter(tag="registry.partner.assessed").last().facts.get("capacity")


def test_each_act_of_the_coordinator_shows_its_capacity(desk, offices):
    assert assess(desk, offices) == "coordinator"
    assert "Acts as execution coordinator" in desk.get("/").content.decode()
    assert 'value="coordinator"' in desk.get("/network/capacity").content.decode()
    page = desk.post("/network/capacity", {"capacity": "national-csirt"}, follow=True).content.decode()
    assert "From now on" in page
    assert "Acts as national CSIRT" in page
    assert assess(desk, offices) == "national-csirt"
    assert not list(journal.flaws())


def test_a_capacity_that_is_no_longer_held_is_not_acted_in(desk, offices):
    desk.post("/network/capacity", {"capacity": "national-csirt"})
    held = Capacity.objects.get(label="national-csirt")
    capacities.end_capacity(capacity=held, until_on=timezone.localdate(), by=DESK, at=NOON)
    assert assess(desk, offices) == "coordinator"


@pytest.mark.parametrize("given", ["sectoral-csirt", "king", ""])
def test_only_what_is_held_can_be_chosen(desk, offices, given):
    assert desk.post("/network/capacity", {"capacity": given}).status_code == 400
    assert assess(desk, offices) == "coordinator"


def test_without_a_coordinator_nobody_acts_in_a_capacity(desk, country):
    assert "Give that office first" in desk.get("/network/capacity").content.decode()
    assert assess(desk, country) is None


def test_a_partner_acts_for_itself_and_chooses_nothing(member, offices):
    owner = member("partner", offices.harbour_circle)
    assert owner.get("/network/capacity").status_code == 403
    assert "Acts as" not in owner.get("/").content.decode()
    path = f"/network/partners/{offices.harbour_circle.pk}/activities/new"
    assert owner.post(path, {"title": "Webinar", "side": "soft"}).status_code == 302
    assert "capacity" not in Event.objects.get(tag="registry.activity.added").facts


def test_the_journal_is_the_auditors_and_is_narrowed_by_capacity(member, stranger, desk, offices):
    assess(desk, offices)
    desk.post("/network/capacity", {"capacity": "national-csirt"})
    assess(desk, offices)
    auditor = member("auditor")
    page = auditor.get("/journal?tag=registry.partner").content.decode()
    assert page.count("registry.partner.assessed") == 2
    page = auditor.get("/journal?tag=registry.partner&capacity=national-csirt").content.decode()
    assert page.count("registry.partner.assessed") == 1
    assert "Nothing in the journal fits" in auditor.get("/journal?capacity=sectoral-csirt").content.decode()
    assert stranger.get("/journal").url.startswith("/account/login")
    for client in (desk, member("partner", offices.harbour_circle), member("steward")):
        assert client.get("/journal").status_code == 403
    assert len(queries.last(to=AUDITOR, limit=9, capacity="coordinator")) == 1
    assert queries.last(to=DESK, limit=9, capacity="coordinator") == []


def test_a_long_journal_goes_on(member, country):
    for _ in range(55):
        journal.record("registry.partner.described", by=DESK, at=NOON)
    auditor = member("auditor")
    first = auditor.get("/journal").content.decode()
    following = first.split("after=")[1].split('"')[0]
    second = auditor.get(f"/journal?after={following}").content.decode()
    assert [page.count('data-label="Event"') for page in (first, second)] == [50, 5]
