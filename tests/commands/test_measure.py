"""`schakel measure`, and a baseline from generation to published overview, as typed."""

import json

import pytest

from schakel.registry.models import Measurement
from tests.registry.network_cast import prospect
from tests.registry.test_load_command import typed

pytestmark = pytest.mark.django_db


def figures(*arguments):
    code, out, errors = typed("measure", *arguments, "--json")
    assert code == 0, out + errors
    return json.loads(out)


def test_a_generated_baseline_is_imported_measured_and_published(tmp_path):
    assert typed("generate", "--organisations", "50", "--out", str(tmp_path), "--xlsx")[0] == 0
    code, out, _ = typed("import", "baseline", str(tmp_path / "baseline.xlsx"), "--json")
    assert (code, json.loads(out)["added"]) == (0, 1152)
    assert figures("begin", "2025")["state"] == "running"
    assert figures("close", "2025", "--on", "2025-05-06")["parties"] == 1152
    assert figures("publish", "2025")["state"] == "published"
    shown = figures("show", "2025")
    assert (shown["prospects"], shown["partners"]) == (1152, 0)
    functions = {word: pair["prospects"] for word, pair in shown["counts"]["function"].items()}
    assert functions == {
        "information-sharing": 1152, "knowledge": 297, "notification": 146, "incident-handling": 144, "exercise": 79,
    }  # fmt: skip
    categories = {word: pair["prospects"] for word, pair in shown["counts"]["category"].items()}
    assert categories == {"core": 92, "ecosystem": 150, "connection": 910}
    assert shown["counts"]["legacy"] == {"oktt": {"prospects": 7, "partners": 0}}
    _, words, _ = typed("measure", "show", "2025")
    assert "2025: 1,152 prospects, 0 partners" in words
    assert "function knowledge: 297 prospects, 0 partners" in words


def test_rounds_are_listed_taken_back_and_run_on(db):
    prospect()
    figures("begin", "2025")
    figures("close", "2025")
    figures("publish", "2025")
    assert figures("withdraw", "2025", "--reason", "fout")["state"] == "closed"
    assert figures("reopen", "2025", "--reason", "fout")["state"] == "running"
    assert [one["year"] for one in figures("list")["measurements"]] == [2025]
    assert typed("measure", "list")[1] == "2025 full running\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("show", "2025"), "There is no measurement of this year."),
        (("begin", "2019"), "the year lies between 2025"),
        (("close", "2031"), "There is no measurement of this year."),
    ],
)
def test_what_cannot_be_done_is_said_with_exit_one(arguments, words):
    code, _, errors = typed("measure", *arguments)
    assert code == 1
    assert words in errors
    assert not Measurement.objects.exists()
