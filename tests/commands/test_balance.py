import json
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from schakel.collaboration import contributions
from tests.cast import DESK
from tests.registry.test_load_command import typed


@pytest.fixture
def thanked(country):
    given: dict[str, Any] = {"partner": country.harbour_circle, "by": DESK, "at": timezone.now()}
    year = timezone.localdate().year
    contributions.contribute(**given, kind="hours", amount=Decimal("2.50"), unit="day", what="werk", year=year)
    contributions.recognise(**given, form="award")


def told(*arguments):
    code, out, errors = typed("balance", *arguments, "--json")
    assert code == 0, errors
    return json.loads(out)


def test_partners_are_listed_by_name_and_by_what_is_due(thanked):
    assert typed("balance", "list")[1].splitlines() == ["harbour-circle: Havenkring", "care-csirt: Zorg-CSIRT"]
    for asked, keys in (("forgotten", ["care-csirt"]), ("silent", ["care-csirt"]), ("due", [])):
        assert [one["partner"] for one in told(asked)["partners"]] == keys


def test_one_partner_and_the_figures(thanked):
    shown = told("show", "harbour-circle")
    assert shown["totals"] == [{"kind": "hours", "unit": "day", "amount": "2.50"}]
    assert (shown["recognitions"], shown["takes"]) == (1, {"notices-received": 0})
    figures = told("figures")
    assert (figures["partners"], figures["contributing"], figures["totals"]) == (2, 1, [])
    assert "There is no partner with this key." in typed("balance", "show", "nobody")[2]


def test_partners_are_reminded(thanked):
    assert told("remind")["reminded"] in {0, 2}  # By the time of the year.
