import json

import pytest

from schakel.registry.agreements import ending
from tests.cast import DESK, NOON
from tests.commands.test_asking import run
from tests.joining import TODAY, free, joining, signed

pytestmark = pytest.mark.django_db


def listed(what):
    code, text = run("agreements", what, json=True)
    assert code == 0
    return next(iter(json.loads(text).values()))


def test_the_shell_lists_what_needs_an_eye(country):
    joining(country.harbour_circle)
    running = signed(country.harbour_circle)
    assert {row["partner"] for row in listed("list")} == {"harbour-circle", "care-csirt"}
    assert listed("missing") == listed("broken") == listed("applications") == []
    free(country.care_csirt)
    ending.log_breach(agreement=running, kind="tlp", words="x", happened_on=TODAY, by=DESK, at=NOON)
    assert [row["key"] for row in listed("missing")] == ["care-csirt"]
    assert [row["id"] for row in listed("broken")] == [running.pk]
    assert isinstance(listed("ending"), list)


def test_the_shell_lists_the_legal_bases(db):
    rows = {row["slug"]: row for row in listed("bases")}
    assert not rows["wbni-3"]["in_force"]
    code, text = run("agreements", "bases")
    assert (code, "wbni-3" in text) == (0, True)
