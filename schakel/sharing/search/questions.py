"""A question as an address has it, and back: what a page, a saved search and the API have in common."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Final
from urllib.parse import parse_qsl, urlencode

from schakel.policy.sharing import Tlp
from schakel.sharing.search.asking import LONGEST
from schakel.sharing.search.finding import SEVERITIES, Question
from schakel.sharing.words import ItemKind, Phase

NAMES: Final[Mapping[str, str]] = {"words": "q"} | {
    name: name for name in ("kind", "label", "phase", "publisher", "year", "severity")
}
"""The parts of a question, and their names in an address."""
ALLOWED: Final[Mapping[str, frozenset[str]]] = {
    "kind": frozenset(ItemKind.values),
    "label": frozenset(Tlp),
    "phase": frozenset(Phase.values),
    "severity": frozenset(SEVERITIES),
}
FIRST_YEAR, LAST_YEAR = 1990, 2200


def of(given: Mapping[str, str]) -> Question:
    """The question in the parts of an address. What cannot be read is as if it were not there."""
    asked = {name: given.get(key, "").strip()[:LONGEST] for name, key in NAMES.items()}
    for name, allowed in ALLOWED.items():
        asked[name] = asked[name] if asked[name] in allowed else ""
    year = _year(asked.pop("year"))
    return Question(year=year, **asked)  # type: ignore[arg-type]


def read(query: str) -> Question:
    """The question in the query part of an address."""
    return of(dict(parse_qsl(query)))


def written(question: Question, **changed: object) -> str:
    """The query part of the address that asks this, with some parts changed."""
    asked = replace(question, **changed)  # type: ignore[arg-type]
    return urlencode({key: value for name, key in NAMES.items() if (value := getattr(asked, name))})


def since(question: Question, moment: datetime) -> Question:
    """The same, of what changed after a moment."""
    return replace(question, since=moment)


def is_narrowed(question: Question) -> bool:
    """Whether it asks for anything but all."""
    return any(getattr(question, field.name) for field in fields(question))


def _year(text: str) -> int | None:
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else 0  # noqa: PLR2004
    return year if FIRST_YEAR <= year <= LAST_YEAR else None
