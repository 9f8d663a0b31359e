"""Functions begin in some regions later than in others."""

from datetime import date

import pytest

from schakel.registry import starts
from schakel.registry.law import FactsUnreadable

DAY = date(2026, 11, 2)


def test_without_a_day_of_its_own_a_region_has_the_function():
    assert starts.starts("notification") == {}
    assert starts.not_started("notification", day=DAY) == frozenset()
    assert starts.not_started("no-such-function", day=DAY) == frozenset()


def test_before_its_day_or_without_one_it_has_not(own_functions):
    own_functions("[notification.starts]\nNL-BQ1 = 2026-11-02\nNL-BQ2 = 2026-11-03\nNL-AW = false\n")
    assert starts.starts("notification")["NL-AW"] is None
    assert starts.not_started("notification", day=DAY) == {"NL-BQ2", "NL-AW"}
    assert starts.not_started("knowledge", day=DAY) == frozenset()


@pytest.mark.parametrize(
    ("text", "blamed"),
    [
        ("[notification.starts]\nNL-XX = false\n", "NL-XX"),
        ("[notification.starts]\nNL-AW = true\n", "NL-AW"),
        ('[notification.starts]\nNL-AW = "soon"\n', "[notification.starts] NL-AW"),
        ("[notification.starts\n", "functions.toml"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused_with_its_place(own_functions, text, blamed):
    own_functions(text)
    with pytest.raises(FactsUnreadable, match=blamed.replace("[", r"\[")):
        starts.not_started("notification", day=DAY)
