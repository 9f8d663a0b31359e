from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from schakel.registry.models import Activity, Partner, Prospect
from schakel.registry.partners import activities, estimates
from tests.cast import DESK, NOON
from tests.registry.network_cast import prospect
from tests.web.notices.test_respond import every_row

DAY = {"category_on": date(2026, 1, 1), "category_reason": "Bereikt iedereen"}


@pytest.fixture
def desk(member, country):
    return member("coordinator")


@pytest.fixture
def found(country):
    """A prospect of whom half is known."""
    row = prospect("Bakkerskring", category="core", sectors=["food"], **DAY)
    estimates.estimate(
        partner=row, relation="member", count=900, source="website", counted_on=date(2026, 1, 1), by=DESK, at=NOON
    )
    return row


def test_the_coordinator_sees_what_is_known_and_what_is_missing(desk, found):
    page = desk.get(f"/network/prospects/{found.pk}").content.decode()
    for words in ("Bakkerskring", "50&nbsp;%", "activities, functions", "Bereikt iedereen", "900"):
        assert words in page


def test_nobody_else_may_know_who_is_considered(member, stranger, country, found):
    owner = member("partner", country.harbour_circle)
    others = [owner, member("steward"), member("auditor")]
    before = every_row()
    here = f"/network/prospects/{found.pk}"
    for path in ("/network/prospects", here, "/network/prospects/new", f"{here}/contact"):
        assert stranger.get(path).url.startswith("/account/login")
        assert [client.get(path).status_code for client in others] == [403, 403, 403]
    for path in ("/network/prospects/new", f"{here}/contact", f"{here}/take"):
        assert [client.post(path, {"contacted_on": "2026-01-01"}).status_code for client in others] == [403, 403, 403]
    for rest in ("describe", "activities/new", "estimates/new"):
        assert owner.get(f"/network/partners/{found.pk}/{rest}").status_code == 404
    assert every_row() == before


def test_prospects_stand_in_the_order_of_building(desk, country, found):
    prospect("Aardappelbond")
    prospect("Zuivelbond", category="core", **DAY)
    page = desk.get("/network/prospects").content.decode()
    at = [page.index(f">{name}</a>") for name in ("Bakkerskring", "Zuivelbond", "Aardappelbond")]
    assert at == sorted(at)
    assert "3 prospects" in page


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("category=core", {"Bakkerskring"}),
        ("category=none", {"Aardappelbond"}),
        ("stale=on", {"Aardappelbond"}),
        ("mine=on", set()),
        ("q=aard&type=trade-association", {"Aardappelbond"}),
        ("sector=food", {"Bakkerskring"}),
        ("function=exercise", set()),
        ("region=NL-ZH", set()),
        ("region=nonsense", {"Bakkerskring", "Aardappelbond"}),
    ],
)
def test_a_list_is_narrowed_by_its_address(desk, found, query, names):
    prospect("Aardappelbond")
    Partner._base_manager.filter(pk=found.pk).update(contacted_on=timezone.localdate())
    page = desk.get(f"/network/prospects?{query}").content.decode()
    assert {name for name in ("Bakkerskring", "Aardappelbond") if f">{name}</a>" in page} == names


def test_a_prospect_is_noted_taken_and_spoken_with(desk, country):
    given = {"name": "Slagersbond", "type": "trade-association", "origin": "tip"}
    assert desk.get("/network/prospects/new").status_code == 200
    assert desk.post("/network/prospects/new", given | {"name": " "}).status_code == 400
    assert desk.post("/network/prospects/new", given).url == "/network/prospects"
    row = Prospect.objects.get(name="Slagersbond")
    assert row.owned_by == f"user:{desk.user.pk}"
    talk = f"/network/prospects/{row.pk}/contact"
    ahead = f"{timezone.localdate() + timedelta(days=2)}"
    assert "cannot lie ahead" in desk.post(talk, {"contacted_on": ahead}).content.decode()
    assert desk.post(talk, {"contacted_on": f"{timezone.localdate()}"}).url == f"/network/prospects/{row.pk}"
    page = desk.get("/network/prospects?mine=on").content.decode()
    assert "Slagersbond" in page


def test_a_colleague_takes_the_tie_over(member, found):
    other = member("coordinator")
    assert "Keep the tie myself" in other.get(f"/network/prospects/{found.pk}").content.decode()
    page = other.post(f"/network/prospects/{found.pk}/take", follow=True).content.decode()
    assert "You keep the tie" in page
    assert "Keep the tie myself" not in page


def test_what_a_prospect_does_and_reaches_is_noted_on_its_own_page(desk, found):
    here = f"/network/prospects/{found.pk}"
    steps = {
        "describe": {"language": "nl", "functions": ["exercise"]},
        "characterise": {"name": "Bakkersbond", "type": "isac"},
        "assess": {"category": "ecosystem", "reason": "Bereikt alle bakkers."},
        "activities/new": {"title": "Cursus", "side": "soft"},
    }
    for rest, given in steps.items():
        assert desk.get(f"/network/partners/{found.pk}/{rest}").status_code == 200
        assert desk.post(f"/network/partners/{found.pk}/{rest}", given).url == here
    assert desk.post(f"/network/activities/{Activity.objects.get().pk}/drop").url == here
    for rest in ("profile", "continuity", "commitments/new"):
        assert desk.post(f"/network/partners/{found.pk}/{rest}", {}).status_code in {400, 404}


def test_more_rows_cost_no_more_queries(desk, found, django_assert_num_queries):
    paths = ("/network/prospects", f"/network/prospects/{found.pk}")
    counts = []
    for path in paths:
        with CaptureQueriesContext(connection) as few:
            desk.get(path)
        counts.append(len(few))
    for number in range(5):
        other = prospect(f"Kring {number}", owned_by="desk")
        for row in (other, found):
            activities.add_activity(partner=row, title=f"{number}", side="soft", by=DESK, at=NOON)
    for path, count in zip(paths, counts, strict=True):
        with django_assert_num_queries(count):
            desk.get(path)


def test_an_empty_list_says_how_to_begin(desk):
    assert "Nobody has been noted yet" in desk.get("/network/prospects").content.decode()
