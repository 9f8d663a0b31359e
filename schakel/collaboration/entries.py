"""Reading a list of initiatives: TOML, a table each. Every fault is told with its table and column."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from schakel.collaboration.descriptions import Description, checked
from schakel.collaboration.initiatives import owner_named
from schakel.collaboration.models import InitiativeState, Precision, Tie
from schakel.kit.refusals import Invalid
from schakel.registry.actions import Unreadable

LARGEST_FILE = 5_000_000
HEADER = re.compile(r"^\s*\[\s*\"?([\w-]+)\"?\s*\]", re.MULTILINE)
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
TEXTS = ("name", "kind", "name_en", "about", "about_en", "audience", "owner_name", "url", "seeks")
KNOWN = {
    *TEXTS, "functions", "owner", "began_in", "ended_in", "state", "state_reason", "successor", "tie", "source",
    "certain", "participants", "milestones", "use_cases", "checked_on",
}  # fmt: skip
PRECISIONS = {4: (Precision.YEAR, "-01-01"), 7: (Precision.MONTH, "-01"), 10: (Precision.DAY, "")}
"""How exactly a day is known, and what makes it a day, by the length of 2023, 2023-10 and 2023-10-03."""


class Fault(Exception):  # noqa: N818 - it reads as a sentence where it is raised
    """What is wrong with one entry: the column and the words."""

    def __init__(self, column: str, words: object) -> None:
        super().__init__(column, str(words))
        self.column, self.words = column, str(words)


@dataclass(frozen=True, slots=True)
class Entry:
    """One initiative as the file tells it, checked."""

    slug: str
    description: Description
    facts: dict[str, Any]
    successor: str
    participants: tuple[str, ...]
    milestones: tuple[tuple[date, str, str, str], ...]
    use_cases: tuple[tuple[str, str, str], ...]


def read(path: Path) -> tuple[str, dict[str, Any]]:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise Unreadable("It is larger than a list of initiatives can be.")
        text = path.read_text(encoding="utf-8")
        return text, tomllib.loads(text)
    except OSError as problem:
        raise Unreadable(problem.strerror) from problem
    except UnicodeDecodeError as problem:
        raise Unreadable("It is not written in UTF-8.") from problem
    except tomllib.TOMLDecodeError as problem:
        raise Unreadable(f"It is not valid TOML: {problem}.") from problem


def entry(slug: str, table: dict[str, Any], checked_on: object) -> Entry:
    """One entry, checked. Raises Fault."""
    if not SLUG.fullmatch(slug):
        raise Fault("", "A name in brackets has small letters, digits and single hyphens only.")
    if strangers := sorted(set(table) - KNOWN):
        raise Fault(strangers[0], "There is no column of this name.")
    try:
        description = checked(_description(table))
    except Invalid as refused:
        raise Fault("", refused) from refused
    successor = _text(table, "successor")
    return Entry(
        slug=slug,
        description=description,
        facts=_facts(table, checked_on, has_successor=bool(successor)),
        successor=successor,
        participants=tuple(_strings(table, "participants")),
        milestones=tuple(_milestones(table)),
        use_cases=tuple(_use_cases(table)),
    )


def _description(table: dict[str, Any]) -> Description:
    try:
        owner = owner_named(_text(table, "owner"))
    except Invalid as refused:
        raise Fault("owner", refused) from refused
    return Description(
        **{name: _text(table, name) for name in TEXTS},
        owner=owner,
        functions=tuple(_strings(table, "functions")),
        began_in=_year(table, "began_in"),
        ended_in=_year(table, "ended_in"),
    )


def _facts(table: dict[str, Any], checked_on: object, *, has_successor: bool) -> dict[str, Any]:
    """What a list says beside the description."""
    state = _text(table, "state") or InitiativeState.UNDECIDED
    tie = _text(table, "tie") or Tie.UNKNOWN
    reason = _text(table, "state_reason")
    day = table.get("checked_on", checked_on)
    if state not in InitiativeState.values:
        raise Fault("state", "This is none of the states.")
    if tie not in Tie.values:
        raise Fault("tie", "This is none of the ties.")
    if state != InitiativeState.UNDECIDED and not reason:
        raise Fault("state_reason", "A decision needs its reason.")
    if (state == InitiativeState.MERGED) != has_successor:
        raise Fault("successor", "What has merged names its successor, and nothing else does.")
    if not isinstance(day, date) or isinstance(day, datetime):
        raise Fault("checked_on", "Write the day of the check as year-month-day.")
    facts = {"state": state, "tie": tie, "state_reason": reason, "checked_on": day}
    return facts | {"source": _text(table, "source"), "is_certain": _is_certain(table)}


def _is_certain(table: dict[str, Any]) -> bool:
    value = table.get("certain", False)
    if not isinstance(value, bool):
        raise Fault("certain", "Write true or false.")
    return value


def _text(table: dict[str, Any], name: str) -> str:
    value = table.get(name, "")
    if not isinstance(value, str) or "\x00" in value:
        raise Fault(name, "This must be text.")
    return value.strip()


def _strings(table: dict[str, Any], name: str) -> list[str]:
    values = table.get(name, [])
    if not isinstance(values, list) or not all(isinstance(value, str) and value.strip() for value in values):
        raise Fault(name, "This must be a list of texts.")
    return list(dict.fromkeys(value.strip() for value in values))


def _year(table: dict[str, Any], name: str) -> int | None:
    value = table.get(name)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        raise Fault(name, "Write a year, such as 2018.")
    return value


def _tables(table: dict[str, Any], name: str) -> list[dict[str, Any]]:
    values = table.get(name, [])
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        raise Fault(name, "This must be a list of tables.")
    return values


def _milestones(table: dict[str, Any]) -> Iterator[tuple[date, str, str, str]]:
    for one in _tables(table, "milestones"):
        words = _text(one, "words")
        if not words:
            raise Fault("milestones", "A milestone needs its words.")
        on, precision = _day(one.get("on"))
        yield on, precision, words, _text(one, "words_en")


def _day(value: object) -> tuple[date, str]:
    """A day, month or year, as its first day and how exactly it is known."""
    written = str(value)
    precision, rest = PRECISIONS.get(len(written), ("", ""))
    try:
        return date.fromisoformat(written + rest), precision
    except ValueError:
        raise Fault("milestones", "Write on as a year, year-month or year-month-day.") from None


def _use_cases(table: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for one in _tables(table, "use_cases"):
        name = _text(one, "name")
        if not name:
            raise Fault("use_cases", "A use case needs its name.")
        yield name, _text(one, "name_en"), _text(one, "about")
