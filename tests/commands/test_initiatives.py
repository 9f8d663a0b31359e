import json

import pytest

from schakel.collaboration.models import Initiative
from tests.registry.test_load_command import typed


@pytest.fixture
def register(db):
    assert typed("import", "initiatives")[0] == 0


def told(*arguments):
    code, out, _ = typed("initiatives", *arguments, "--json")
    assert code == 0
    return json.loads(out)


def test_the_register_is_loaded_again_without_change(register):
    code, out, _ = typed("import", "initiatives")
    assert code == 0
    assert "31 rows = 0 added + 0 changed + 31 unchanged + 0 bad" in out


def test_faults_of_a_list_are_shown_with_their_line(db, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('checked_on = 2026-01-01\n[goed]\nname = "Goed"\nkind = "tool"\n[fout]\nkind = "tool"\n')
    code, out, _ = typed("import", "initiatives", str(path))
    assert code == 0
    assert "line 5 “fout”: This input cannot be used: give the initiative a name." in out
    assert "2 rows = 1 added + 0 changed + 0 unchanged + 1 bad" in out


def test_lists_and_figures_for_people_and_machines(register):
    _, out, _ = typed("initiatives", "list", "--function", "exercise")
    assert "isidoor: ISIDOOR (undecided)" in out
    assert "misp" not in out
    outside = told("list", "--not-central")["initiatives"]
    assert {"cyclotron", "lds"} & {one["initiative"] for one in outside} == set()
    assert len(outside) == 29
    figures = told("figures")
    assert (figures["initiatives"], figures["running"], figures["by_state"]["merged"]) == (31, 30, 1)
    assert told("show", "lds")["successor"] == "cwn"


def test_a_decision_and_a_check(register):
    code, _, errors = typed("initiatives", "decide", "misp", "--state", "continue")
    assert (code, "give a reason" in errors) == (1, True)
    assert told("decide", "misp", "--state", "continue", "--reason", "loopt")["state"] == "continue"
    assert "Refused: There is no initiative of this name." in typed("initiatives", "check", "nergens")[2]
    told("check", "misp")
    assert Initiative.objects.get(slug="misp").state_reason == "loopt"
