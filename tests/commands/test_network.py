import json
import xml.etree.ElementTree as ET

import pytest

from schakel.governance.beginning import begin
from schakel.governance.models import Canvas, Dependency
from tests.cast import DESK, NOON
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
