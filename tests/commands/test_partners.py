import json
from datetime import timedelta

import pytest
from django.utils import timezone

from schakel.registry.models import Partner
from schakel.registry.partners import activities, signals, standings
from tests.cast import DESK, NOON
from tests.commands.test_asking import run
from tests.registry.network_cast import prospect


@pytest.fixture
def world(country):
    today = timezone.localdate()
    standings.state_continuity(
        partner=country.harbour_circle, funding="subsidy", ends_on=today, hangs_on_one=False, words="", by=DESK, at=NOON
    )
    signals.raise_ending(by=DESK, at=timezone.now())
    prospect("De Havenkring", category="core", category_on=today, category_reason="x")
    prospect("Slagersbond", contacted_on=today - timedelta(days=1))
    activities.add_activity(partner=country.harbour_circle, title="Piketdienst", side="hard", by=DESK, at=NOON)
    return country


def asked(*arguments):
    code, text = run("partners", *arguments, "--json")
    return code, json.loads(text)


def test_each_list_is_printed_for_machines(world):
    assert [row["key"] for row in asked("list")[1]["partners"]] == ["harbour-circle", "care-csirt"]
    assert asked("list", "--category", "core")[1] == {"partners": [], "close": 0, "ceiling": 200}
    assert len(asked("list", "--function", "notification")[1]["partners"]) == 2
    assert [row["complete"] for row in asked("prospects")[1]["prospects"]] == [25, 0]
    assert [row["name"] for row in asked("prospects", "--stale")[1]["prospects"]] == ["De Havenkring"]
    assert [row["name"] for row in asked("prospects", "--category", "core")[1]["prospects"]] == ["De Havenkring"]
    assert [row["partner__key"] for row in asked("signals")[1]["signals"]] == ["harbour-circle"]
    assert asked("duplicates")[1] == {
        "duplicates": [{"one": "harbour-circle", "other": "de-havenkring", "score": 100, "grounds": ["name"]}]
    }


def test_one_is_shown_partner_or_prospect(world):
    code, figures = asked("show", "harbour-circle")
    assert (code, figures["activities"], figures["reach"]) == (
        0,
        [{"title": "Piketdienst", "side": "hard"}],
        [{"relation": "member", "listed": 1, "counted": 0}],
    )
    assert asked("show", "slagersbond")[1]["standing"] == "prospect"


def test_people_read_a_line_per_row(world):
    code, text = run("partners", "list")
    assert code == 0
    assert "harbour-circle  Havenkring  isac" in text
    assert "2 rows" in text
    assert "name: Havenkring" in run("partners", "show", "harbour-circle")[1]


@pytest.mark.parametrize("arguments", [("show",), ("show", "nobody")])
def test_who_is_not_there_is_refused(world, arguments):
    code, text = run("partners", *arguments)
    assert code == 1
    assert "Refused" in text


def test_listing_makes_nobody_a_partner(world):
    asked("duplicates")
    assert Partner.objects.count() == 2
