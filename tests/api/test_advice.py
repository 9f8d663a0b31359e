import pytest

from schakel.oversight.advice import actions
from schakel.oversight.models import Advice
from schakel.policy.access import SYSTEM
from tests.cast import NOON
from tests.web import coverage_scene

HERE = "/api/v1/advice"


@pytest.fixture
def prospects(country):
    coverage_scene.prospects(country)
    return country


def test_a_program_asks_follows_and_reads(program, prospects):
    desk = program("coordinator")
    answer = desk.post(HERE, {"ceiling": 10, "floors": {"sector": {"space": 1}}}, "application/json")
    assert answer.status_code == 201
    asked = answer.json()
    assert (asked["state"], asked["question"]["ceiling"]) == ("asked", 10)
    assert desk.get(f"{HERE}/{asked['id']}").json()["answer"] is None
    actions.work_out(advice=Advice.objects.get(), by=SYSTEM, at=NOON)
    told = desk.get(f"{HERE}/{asked['id']}").json()["answer"]
    assert [(one["key"], one["gain"], one["basis"]) for one in told["chosen"]] == [
        ("bakers", 1, "list"), ("shippers", 1, "count"),
    ]  # fmt: skip
    assert told["reached"] <= told["bound"]
    assert told["unmetFloors"][0]["lacking"] == 1
    assert told["inputs"]["countedFrom"] == "2025-05-06"
    assert [one["id"] for one in desk.get(HERE).json()["items"]] == [asked["id"]]


@pytest.mark.parametrize(
    "given",
    [
        {"ceiling": 0}, {"ceiling": "many"}, {"functions": []}, {"functions": ["flying"]}, {"weights": {"luck": 1}},
        {"floors": {"region": {"NL-XX": 1}}}, {"floors": {"region": 3}}, {"add": ["one"], "remove": ["one"]},
        {"colour": "red"},
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_a_mistake(program, prospects, given):
    assert program("coordinator").post(HERE, given, "application/json").status_code == 400
    assert not Advice.objects.exists()


@pytest.mark.parametrize("role", ["partner", "steward", "auditor"])
def test_nobody_else_learns_who_is_considered(program, prospects, role):
    found = coverage_scene.advice(prospects)
    client = program(role, prospects.harbour_circle) if role == "partner" else program(role)
    assert client.get(f"{HERE}/{found.pk}").status_code == 404
    assert client.get(HERE).json()["items"] == []
    assert client.post(HERE, {}, "application/json").status_code == 403
    assert Advice.objects.count() == 1
