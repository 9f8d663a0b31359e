"""Plans by version and yearly choices by the API: members read what is decided."""

from typing import Any

import pytest

from schakel.governance import selections
from schakel.governance.beginning import begin
from tests.cast import DESK, NOON

HERE = "/api/v1/functions/exercise"


@pytest.fixture
def chosen(country):
    begin(by=DESK, at=NOON)
    act: dict[str, Any] = {"by": DESK, "at": NOON}
    selection = selections.open_round(function="exercise", year=2026, places=1, **act)
    offering = selections.propose(selection=selection, title="Oefenbank", kind="service", **act)
    points = {"results": 3, "plans": 4, "events": 2, "capacity": 5}
    selections.score(offering=offering, points=points, words={}, **act)
    selections.decide(offering=offering, decision="chosen", reason="Past het best", **act)
    return selection


def test_members_read_a_round_once_it_is_closed(program, country, chosen):
    members = [program("partner", country.harbour_circle), program("steward")]
    for member in members:
        assert member.get(f"{HERE}/rounds").json()["items"] == []
        assert member.get(f"{HERE}/rounds/2026").status_code == 404
    assert program("coordinator").get(f"{HERE}/rounds/2026").json()["state"] == "open"
    selections.close_round(selection=chosen, by=DESK, at=NOON)
    for member in members:
        assert [one["year"] for one in member.get(f"{HERE}/rounds").json()["items"]] == [2026]
        told = member.get(f"{HERE}/rounds/2026").json()
        assert told["offerings"] == [{
            "title": "Oefenbank", "kind": "service", "words": "", "decision": "chosen", "reason": "Past het best",
            "points": {"results": 3, "plans": 4, "events": 2, "capacity": 5},
        }]  # fmt: skip


def test_versions_are_read_by_members_and_nobody_else(program, country, chosen):
    told = program("partner", country.harbour_circle).get(f"{HERE}/versions").json()
    assert [(one["version"], one["lead"]) for one in told["items"]] == [(1, None)]
    assert told["items"][0]["plan"]["goal"].startswith("Opleidingen, trainingen")
    assert program("auditor").get(f"{HERE}/versions").json()["items"] == []
    assert program("auditor").get(f"{HERE}/rounds/2026").status_code == 404


@pytest.mark.parametrize("path", ["versions", "rounds", "rounds/2026"])
def test_a_function_that_is_not_there_has_nothing(program, chosen, path):
    assert program("coordinator").get(f"/api/v1/functions/budget/{path}").status_code == 404
