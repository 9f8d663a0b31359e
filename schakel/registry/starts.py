"""In which regions a function of the network works, and from when: the European part first, then the Caribbean.

The days stand in `functions.toml`, in a table `starts` of the function: a day per region, or `false` where none is
known yet. A region that is not named has the function from its beginning. An operator's own file takes the place of
ours (SCHAKEL_FACTS). Source: Bouwplan Cyberweerbaarheidsnetwerk, sections 1.2, 3.3 and 5.
"""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from schakel.registry.files.lists import slugs
from schakel.registry.law import FactsUnreadable, place_of

Starts = Mapping[str, date | None]
"""The day by region; None where it is not known yet. Regions that always had the function are not in it."""


def starts(function: str) -> Starts:
    """From when the function works, in the regions where it did not from its beginning. Raises FactsUnreadable."""
    return _read(place_of("functions")).get(function, {})


def not_started(function: str, *, day: date) -> frozenset[str]:
    """The regions in which the function does not work on that day."""
    return frozenset(region for region, start in starts(function).items() if start is None or day < start)


@cache
def _read(place: Path) -> Mapping[str, Starts]:
    try:
        content = tomllib.loads(place.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise FactsUnreadable(f"{place}: {problem}") from problem
    functions = {slug: row.get("starts", {}) for slug, row in content.items() if isinstance(row, dict)}
    return {
        slug: {region: _day(place, slug, region, day) for region, day in days.items()}
        for slug, days in functions.items()
    }


def _day(place: Path, function: str, region: str, day: Any) -> date | None:
    where = f"{place} [{function}.starts] {region}:"
    if region not in slugs("regions"):
        raise FactsUnreadable(where, _("there is no region of this name."))
    if day is False:
        return None
    if type(day) is not date:
        raise FactsUnreadable(where, _("this must be a day, or false where it is not known yet."))
    return day
