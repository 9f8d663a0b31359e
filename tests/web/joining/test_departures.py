"""Lessons of partners that left: gathered for the coordinator, on a page, as a table and for programs."""

import re
from datetime import UTC, datetime

import pytest

from schakel.registry.agreements import ending
from schakel.registry.models import Departure, Partner
from tests.cast import DESK
from tests.web.conftest import numbers

pytestmark = pytest.mark.django_db
COUNT = re.compile(r'data-label="(20\d\d)">(\d+)<')
PAGE, TABLE = "/network/departures", "/network/departures.csv"


def partner(name, functions):
    key = f"left-{next(numbers)}"
    made = Partner.objects.create(key=key, name=name, type="isac", functions=["information-sharing"])
    if functions:
        made.agreements.create(functions=functions, from_on="2026-01-01", state="signed")
    return made


def left(name, functions=("notification",), *, year=2026, lesson="Vraag eerder", own=True):
    """Somebody who left in that year, on the last evening of it."""
    gone = partner(name, list(functions))
    at = datetime(year, 12, 31, 22, 30, tzinfo=UTC)
    given = {"reasons": f"Te druk: {name}", "lessons": lesson, "is_own_wish": own}
    return ending.leave(partner=gone, by=DESK, at=at, **given)


@pytest.fixture
def desk(member):
    return member("coordinator")


@pytest.fixture
def gone(db):
    left("Oude Kring", ["notification", "exercise"])
    left("Vorige Kring", year=2025, own=False, lesson="=1+1")


def text_of(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_a_partner_promised_is_what_it_leaves(db):
    assert left("Kring", ["notification", "exercise"]).functions == ["exercise", "notification"]
    assert left("Toetreder", []).functions == ["information-sharing"]


def test_reasons_and_lessons_stand_together_newest_first(desk, gone):
    page = text_of(desk, PAGE)
    assert "Te druk: Oude Kring" in page
    assert "Vraag eerder" in page
    assert "the coordinator ended the tie" in page


def test_the_figures_are_per_year_and_function(desk, gone):
    table = text_of(desk, PAGE).partition("<tbody>")[2].partition("</tbody>")[0]
    rows = {row.partition('">')[2].partition("<")[0]: COUNT.findall(row) for row in table.split("<tr>")[1:]}
    assert rows["all that left"] == [("2026", "1"), ("2025", "1")]
    assert rows["of whom by their own wish"] == [("2026", "1"), ("2025", "0")]
    assert rows["target and victim notification"] == [("2026", "1"), ("2025", "1")]
    assert rows["education, training and exercise"] == [("2026", "1"), ("2025", "0")]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("function=exercise", {"Oude Kring"}),
        ("year=2025", {"Vorige Kring"}),
        ("function=notification", {"Oude Kring", "Vorige Kring"}),
        ("function=exercise&year=2025", set()),
        ("year=never&function=magic", {"Oude Kring", "Vorige Kring"}),
    ],
)
def test_the_list_is_narrowed_by_function_and_year(desk, gone, query, shown):
    page = text_of(desk, f"{PAGE}?{query}")
    assert {name for name in ("Oude Kring", "Vorige Kring") if f"Te druk: {name}" in page} == shown
    assert ("No partner left this function" in page) == (not shown)


def test_the_table_holds_the_same_and_no_formula(desk, gone):
    lines = text_of(desk, TABLE).splitlines()
    assert len(lines) == 3
    assert "exercise;notification,2026-12-31,yes" in lines[1]
    assert "'=1+1" in lines[2]
    assert len(text_of(desk, f"{TABLE}?year=2025").splitlines()) == 2


def test_where_nobody_left_the_page_says_so(desk):
    assert "Nobody has left" in text_of(desk, PAGE)


@pytest.mark.parametrize("path", [PAGE, TABLE])
def test_nobody_else_reads_why_somebody_left(member, stranger, country, gone, path):
    assert stranger.get(path).url.startswith("/account/login")
    others = (member("partner", country.harbour_circle), member("steward"), member("auditor"))
    for client in others:
        assert client.get(path).status_code == 403
        assert f'href="{PAGE}"' not in client.get("/network/law").content.decode()


def test_a_page_costs_the_same_for_many(desk, gone, django_assert_max_num_queries):
    for number in range(8):
        left(f"Kring {number}")
    with django_assert_max_num_queries(12):
        desk.get(PAGE)
    assert Departure.objects.count() == 10
