"""The fixed lists of this app: facts of others, kept as data with their source and the day of the check."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("data")
START = FOLDER / "initiatives.toml"


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a list: its name in addresses and rows, its group, its words by language."""

    slug: str
    group: str
    words: dict[str, str]


@cache
def _read(name: str) -> dict[str, Any]:
    with (FOLDER / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def _lines(name: str, group: str) -> tuple[Line, ...]:
    return tuple(
        Line(slug, entry.get(group, ""), {language: entry[language] for language in ("nl", "en")})
        for slug, entry in _read(name).items()
        if isinstance(entry, dict)
    )


def lessons() -> tuple[Line, ...]:
    """What earlier cooperation taught, in the order of the list, grouped by theme."""
    return _lines("lessons", "theme")


def recognitions() -> tuple[Line, ...]:
    """The ways to thank a partner."""
    return _lines("recognition", "group")


def values() -> tuple[Line, ...]:
    """What taking part can bring a partner."""
    return _lines("values", "group")


def source_of(name: str) -> str:
    """Where a list comes from."""
    return str(_read(name)["source"])
