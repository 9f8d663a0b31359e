from datetime import date

import pytest

from schakel.registry.measurements import rounds
from schakel.registry.models import Measurement, Prospect
from tests.cast import DESK, NOON
from tests.registry.network_cast import prospect

HERE = "/api/v1/measurements"


@pytest.fixture
def two_rounds(country):
    """A published round, and a closed one of the year after, in which one is new and one changed."""
    prospect("Sluiskring", functions=["information-sharing"], regions=["NL-ZE"])
    first = rounds.begin(year=2025, by=DESK, at=NOON)
    rounds.close(measurement=first, by=DESK, at=NOON, measured_on=date(2025, 5, 6))
    rounds.publish(measurement=first, by=DESK, at=NOON)
    Prospect.objects.filter(name="Sluiskring").update(functions=["information-sharing", "exercise"])
    prospect("Dijkkring")
    second = rounds.begin(year=2026, by=DESK, at=NOON)
    rounds.close(measurement=second, by=DESK, at=NOON)
    return country


def years(answer):
    assert answer.status_code == 200, answer.content
    return [row["year"] for row in answer.json()["items"]]


def test_members_and_the_steward_read_rounds_and_others_see_none(program, two_rounds):
    for role, partner in (("coordinator", None), ("partner", two_rounds.harbour_circle), ("steward", None)):
        assert years(program(role, partner).get(HERE)) == [2026, 2025]
    assert years(program("auditor").get(HERE)) == []
    assert program("auditor").get(f"{HERE}/2025").status_code == 404


def test_a_round_comes_with_its_counts_and_changes(program, two_rounds):
    found = program("steward").get(f"{HERE}/2026").json()
    assert (found["measurement"]["kind"], found["measurement"]["measuredOn"]) == ("light", "2026-11-02")
    assert found["comparedWith"] == 2025
    assert found["changes"] == {"new": 3, "joined": 0, "left": 0, "changed": 1, "gone": 0}
    whole = next(row for row in found["counts"] if row["facet"] == "all")
    assert (whole["prospects"], whole["partners"]) == (2, 2)
    assert "Sluiskring" not in str(found)
    first = program("coordinator").get(f"{HERE}/2025").json()
    assert (first["comparedWith"], first["changes"]) == (None, None)


def test_who_changed_is_for_the_desk_alone_and_comes_in_pages(program, two_rounds):
    desk, names, address = program("coordinator"), [], f"{HERE}/2026/changes?size=1"
    while address:
        page = desk.get(address)
        assert page.status_code == 200, page.content
        names += [row["name"] for row in page.json()["items"]]
        address = page.json()["next"]
    assert names == ["Dijkkring", "Havenkring", "Sluiskring", "Zorg-CSIRT"]
    changed = desk.get(f"{HERE}/2026/changes?change=changed").json()["items"]
    assert changed[0]["functions"] == [["information-sharing"], ["information-sharing", "exercise"]]
    for role, partner in (("partner", two_rounds.harbour_circle), ("steward", None)):
        assert program(role, partner).get(f"{HERE}/2026/changes").status_code == 403
    assert desk.get(f"{HERE}/2025/changes").status_code == 404
    assert desk.get(f"{HERE}/2026/changes?change=nothing").status_code == 400
    assert desk.get(f"{HERE}/2026/changes?name=x").status_code == 400


def test_a_running_round_is_for_who_measures(program, two_rounds):
    rounds.reopen(measurement=Measurement.objects.get(year=2026), by=DESK, at=NOON, reason="x")
    assert program("partner", two_rounds.harbour_circle).get(f"{HERE}/2026").status_code == 404
    assert program("coordinator").get(f"{HERE}/2026").json()["measurement"]["state"] == "running"


@pytest.mark.parametrize("after", ["x", "W10=", "bnVsbA==", "WzEsMl0=", "WyJhIiwgIlx1MDAwMCJd"])
def test_a_place_that_we_did_not_give_is_the_start(program, two_rounds, after):
    assert len(program("coordinator").get(f"{HERE}/2026/changes?after={after}").json()["items"]) == 4


def send(client, path, given=None):
    return client.post(f"{HERE}{path}", given or {}, content_type="application/json")


def test_the_desk_holds_a_round_by_its_program(program, country):
    desk = program("coordinator")
    prospect("Sluiskring")
    begun = send(desk, "", {"year": 2025, "regions": ["NL-ZE", "NL-BQ1"]})
    assert (begun.status_code, begun.json()["state"]) == (201, "running")
    assert set(begun.json()["regions"]) == {"NL-ZE", "NL-BQ1"}
    assert send(desk, "/2025/publish").status_code == 409
    closed = send(desk, "/2025/close", {"measuredOn": "2025-05-06"}).json()
    assert (closed["state"], closed["measuredOn"]) == ("closed", "2025-05-06")
    assert send(desk, "/2025/publish").json()["state"] == "published"
    assert send(desk, "/2025/withdraw", {"reason": " "}).status_code == 400
    assert send(desk, "/2025/withdraw", {"reason": "Fout geteld"}).json()["state"] == "closed"
    assert send(desk, "/2025/reopen", {"reason": "Anders"}).json()["state"] == "running"


@pytest.mark.parametrize(
    ("path", "given", "status"),
    [
        ("", {"year": 1999}, 400),
        ("", {"year": 2026, "regions": ["XX"]}, 400),
        ("", {"year": "dit jaar"}, 400),
        ("", {"year": 2025}, 400),
        ("/2026/reopen", {"reason": ""}, 400),
        ("/2026/close", {"measuredOn": "2026-13-01"}, 400),
        ("/2030/publish", {}, 404),
        ("/2026/publish", {}, 400),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(program, two_rounds, path, given, status):
    before = list(Measurement.objects.order_by("year").values())
    assert send(program("coordinator"), path, given).status_code == status
    assert list(Measurement.objects.order_by("year").values()) == before


def test_nobody_else_measures(program, two_rounds):
    for role, partner in (("partner", two_rounds.harbour_circle), ("steward", None), ("auditor", None)):
        client = program(role, partner)
        assert send(client, "", {"year": 2027}).status_code == 403
        for act, given in (("close", {}), ("reopen", {"reason": "x"}), ("publish", {}), ("withdraw", {"reason": "x"})):
            assert send(client, f"/2026/{act}", given).status_code in {403, 404}
    assert set(Measurement.objects.values_list("year", "state")) == {(2025, "published"), (2026, "closed")}
