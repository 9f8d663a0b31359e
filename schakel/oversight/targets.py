"""How many organisations there are by others' counts: the target population that the registry is held against.

A country's own `populations.toml`, in the folder that SCHAKEL_FACTS names, takes the place of ours. Each entry counts
the organisations of one size class, sector, section or region, or of several of these together, or all.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from schakel.oversight.coverage.dimensions import REGION, SECTION, SECTOR, SIZE, values
from schakel.oversight.facts import FOLDER
from schakel.registry.law import FactsUnreadable, place_of

TOLD_BY = (SECTOR, SECTION, REGION, SIZE)
TEXTS, FLAGS = ("nl", "en", "source"), ("is_certain", "nis2")


@dataclass(frozen=True, slots=True)
class Target:
    """One count: of what, in words by language, how many, by whom, and whether that is certain.

    `where` holds its size class, sector, section and region, as far as it tells them; `is_of_law` when it counts those
    under the Cyberbeveiligingswet alone.
    """

    words: Mapping[str, str]
    count: int
    source: str
    is_certain: bool
    is_of_law: bool
    where: Mapping[str, str]


def targets() -> tuple[Target, ...]:
    """All counts, in the order of the file. Raises FactsUnreadable."""
    return _read(place_of("populations", folder=FOLDER))


def by(dimension: str) -> dict[str, Target]:
    """By value of a dimension the count that tells this dimension alone."""
    found = [one for one in targets() if set(one.where) == {dimension} and not one.is_of_law]
    return {one.where[dimension]: one for one in found}


@cache
def _read(place: Path) -> tuple[Target, ...]:
    try:
        content = tomllib.loads(place.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise FactsUnreadable(f"{place}: {problem}") from problem
    return tuple(_target(f"{place} [{slug}]", row) for slug, row in content.items() if isinstance(row, dict))


def _target(here: str, row: Mapping[str, Any]) -> Target:
    if strangers := sorted(set(row) - {*TEXTS, *FLAGS, *TOLD_BY, "count"}):
        raise FactsUnreadable(f"{here} {', '.join(strangers)}:", _("this field is not known."))
    for name, kind in (*((one, str) for one in TEXTS), ("count", int), *((one, bool) for one in FLAGS if one in row)):
        if type(row.get(name)) is not kind:
            raise FactsUnreadable(f"{here} {name}:", _("this is missing or of the wrong kind."))
    if row["count"] < 1:
        raise FactsUnreadable(f"{here} count:", _("give a number of 1 or more."))
    where = {one: row[one] for one in TOLD_BY if one in row}
    for name, value in where.items():
        if value not in values(name)[1:]:
            raise FactsUnreadable(f"{here} {name}:", _("%(value)s is not on the list.") % {"value": value})
    words = {language: row[language] for language in ("nl", "en")}
    is_certain, is_of_law = (bool(row.get(flag, False)) for flag in FLAGS)
    return Target(words, row["count"], row["source"], is_certain, is_of_law, where)
