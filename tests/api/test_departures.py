from typing import Any

import pytest

from schakel.registry.agreements import ending
from tests.cast import DESK, NOON

LIST, YEARS = "/api/v1/departures", "/api/v1/departures/years"


@pytest.fixture
def gone(country):
    given: dict[str, Any] = {"reasons": "Te druk", "lessons": "Vraag eerder"}
    return ending.leave(partner=country.harbour_circle, **given, by=DESK, at=NOON)


def test_the_coordinator_reads_why_and_what_is_learnt(program, gone):
    client = program("coordinator")
    [row] = client.get(LIST).json()["items"]
    assert (row["partnerId"], row["functions"], row["lessons"]) == (gone.partner_id, ["notification"], "Vraag eerder")
    assert client.get(YEARS).json() == [
        {"year": 2026, "count": 1, "ownWishCount": 1, "byFunction": {"notification": 1}}
    ]


@pytest.mark.parametrize(
    ("query", "count"), [("function=notification", 1), ("function=exercise", 0), ("year=2026", 1), ("year=2025", 0)]
)
def test_the_list_is_narrowed(program, gone, query, count):
    assert len(program("coordinator").get(f"{LIST}?{query}").json()["items"]) == count


@pytest.mark.parametrize("query", ["year=0", "jaar=2026", "year=many"])
def test_a_bad_query_is_refused(program, gone, query):
    assert program("coordinator").get(f"{LIST}?{query}").status_code == 400


@pytest.mark.parametrize("path", [LIST, YEARS])
def test_nobody_else_reads_them(program, country, gone, path):
    clients = [program("partner", country.care_csirt), program("steward"), program("auditor")]
    assert [client.get(path).status_code for client in clients] == [403, 403, 403]
