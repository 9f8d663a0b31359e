import json
import xml.etree.ElementTree as ET

import pytest

from schakel.governance import questions, selections
from schakel.governance.beginning import begin
from schakel.governance.models import Canvas, Dependency
from tests.cast import DESK, NOON, member_of
from tests.commands.test_asking import run
from tests.oversight.network.scene import prospect


@pytest.fixture
def world(country):
    begin(by=DESK, at=NOON)
    prospect()
    return country


def test_the_network_is_written_as_it_is_asked_for(world, tmp_path):
    file = tmp_path / "net.json"
    code, text = run("network", out=file, json=True)
    assert code == 0
    assert json.loads(text) == {"file": str(file), "nodes": 7, "ties": 16}
    assert len(json.loads(file.read_text())["elements"]["nodes"]) == 7
    run("network", out=file, prospects=True, format="graphml")
    assert "Misschien BV" in file.read_text()
    ET.parse(file)
    run("network", out=file, sector="health", format="svg")
    assert "Zorg-CSIRT" in file.read_text()
    assert "Havenkring" not in file.read_text()


def test_a_place_that_cannot_be_written_is_refused(world, tmp_path):
    code, text = run("network", out=tmp_path / "nowhere" / "net.json")
    assert code == 1
    assert "The file cannot be written: No such file or directory" in text


def test_functions_are_listed_and_begun(world):
    code, text = run("functions")
    assert code == 0
    assert "notification: 2 partners, plan 1" in text
    Canvas.objects.all().delete()
    Dependency.objects.all().delete()
    assert "notification: 2 partners, plan none" in run("functions")[1]
    assert json.loads(run("functions", "begin", json=True)[1]) == {"canvases": 5, "flows": 17}
    told = json.loads(run("functions", json=True)[1])["functions"]
    assert told[1] == {
        "function": "notification", "partners": 2, "version": 1, "lead": None, "coordinator": "", "questions": 0,
    }  # fmt: skip


def test_one_function_is_shown_with_its_plan_flows_and_years(world):
    selections.open_round(function="exercise", year=2026, places=2, by=DESK, at=NOON)
    told = json.loads(run("functions", "show", "exercise", json=True)[1])
    assert told["plan"]["goal"].startswith("Opleidingen, trainingen")
    assert told["gives"] == ["d6 information-sharing", "d15 incident-handling", "d16 knowledge"]
    assert "d17 knowledge" in told["gets"]
    assert told["rounds"] == [{"year": 2026, "state": "open", "places": 2}]
    assert run("functions", "show")[0] == 1


def test_questions_are_listed_taken_up_and_settled(world):
    given = {"partner": world.harbour_circle, "by": member_of(world.harbour_circle), "at": NOON}
    asked = [questions.ask(function=name, title=f"Wat {name}?", words="", **given) for name in ("exercise", "")]
    first, other = (one.pk for one in asked)
    assert run("questions")[1].splitlines() == [
        f"{other} network: Wat ? (new)", f"{first} exercise: Wat exercise? (new)",
    ]  # fmt: skip
    assert json.loads(run("questions", "take", first, owner="Anke", json=True)[1])["owner"] == "Anke"
    assert json.loads(run("questions", "answer", first, words="In maart", json=True)[1])["answer"] == "In maart"
    assert json.loads(run("questions", "show", first, json=True)[1])["state"] == "answered"
    assert run("questions", "decline", other)[0] == 1
    assert json.loads(run("questions", "decline", other, words="Te klein", json=True)[1])["state"] == "declined"
    assert [row["question"] for row in json.loads(run("questions", state="declined", json=True)[1])["questions"]] == [
        other
    ]
    code, text = run("questions", "show", 999_999)
    assert (code, "There is no such question" in text) == (1, True)
