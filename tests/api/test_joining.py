import pytest

from schakel.registry.joining import applications
from schakel.registry.models import OnboardingStep
from tests.cast import DESK, NOON
from tests.joining import VERDICTS, terms_for_all
from tests.registry.network_cast import prospect
from tests.web.joining_scene import application

ROUTES = ("prospects", "applications", "first-steps")


@pytest.fixture
def joined(country):
    """A prospect, an application that waits, and one that was accepted."""
    terms_for_all()
    country.prospect = prospect("Bakkerskring")
    country.waiting = application("Kring Noorderhaven")
    accepted = application("Kring Zuiderhaven")
    applications.appraise(application=accepted, verdicts=VERDICTS, by=DESK, at=NOON)
    country.new = applications.accept(application=accepted, words="Welkom", by=DESK, at=NOON)
    return country


def ids(client, route):
    answer = client.get(f"/api/v1/{route}")
    assert answer.status_code == 200
    return {row["id"] for row in answer.json()["items"]}


def test_the_coordinator_reads_who_may_join_and_who_asks_to(program, joined):
    desk = program("coordinator")
    assert ids(desk, "prospects") == {joined.prospect.pk}
    assert ids(desk, "prospects?type=isac&sector=nowhere") == set()
    assert ids(desk, "applications?state=received") == {joined.waiting.pk}
    assert desk.get(f"/api/v1/prospects/{joined.prospect.pk}").json()["name"] == "Bakkerskring"
    row = desk.get(f"/api/v1/applications/{joined.new.applications.get().pk}").json()
    assert (row["state"], row["partnerId"], row["answers"]["maturity"]) == ("accepted", joined.new.pk, "ISO 27001")
    assert {one["criterion"]: one["verdict"] for one in row["appraisals"]} == dict.fromkeys(VERDICTS, "met")


def test_whom_to_talk_to_does_not_go_out(program, joined):
    answer = program("coordinator").get(f"/api/v1/applications/{joined.waiting.pk}").content.decode()
    assert "A. de Wit" not in answer
    assert "wit@noorderhaven.example" not in answer


def test_a_new_partner_reads_its_own_first_steps(program, joined):
    theirs = set(OnboardingStep.objects.filter(partner=joined.new).values_list("pk", flat=True))
    assert theirs
    assert ids(program("partner", joined.new), "first-steps") == theirs
    assert ids(program("coordinator"), "first-steps") == theirs
    assert ids(program("partner", joined.care_csirt), "first-steps") == set()


@pytest.mark.parametrize("role", ["partner", "steward", "auditor"])
def test_nobody_else_knows_who_is_considered_or_knocks(program, joined, role):
    client = program(role, joined.care_csirt if role == "partner" else None)
    for route in ROUTES:
        assert ids(client, route) == set()
    for path in (f"prospects/{joined.prospect.pk}", f"applications/{joined.waiting.pk}"):
        assert client.get(f"/api/v1/{path}").status_code == 404


@pytest.mark.parametrize("route", ROUTES)
def test_a_misspelt_filter_is_refused(program, db, route):
    assert program("coordinator").get(f"/api/v1/{route}?stat=received").status_code == 400
