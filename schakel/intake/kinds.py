"""The kinds of finding: one catalogue, so that every format and every text means the same by a word.

The catalogue itself is `kinds.toml`, beside this file. `python -m schakel.intake.kinds` prints it as the
table of `docs/reference/kinds.md`.
"""

import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

CATALOGUE: Final = Path(__file__).with_name("kinds.toml")
NATURES: Final = ("compromised", "vulnerable", "exposed", "abuse", "targeted")
"""The natures of a finding, gravest first."""
SEVERITIES: Final = ("critical", "high", "medium", "low", "info")
"""The severities of a finding, gravest first; the scale of Shadowserver's reports."""
FALLBACK: Final = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of finding, and how it is treated where the report itself says nothing.

    `severity` is one of SEVERITIES, `nature` one of NATURES; `rsit_class` and `rsit_type` are names of the
    Reference Security Incident Taxonomy, version 1003. `title` maps a language code to one plain line.
    """

    slug: str
    nature: str
    severity: str
    rsit_class: str
    rsit_type: str
    reminder_days: int
    title: Mapping[str, str]

    @property
    def rsit(self) -> str:
        """The kind in the Reference Security Incident Taxonomy, as `class/type`."""
        return f"{self.rsit_class}/{self.rsit_type}"

    @property
    def gravity(self) -> int:
        """The place of its nature in NATURES; 0 is the gravest."""
        return NATURES.index(self.nature)

    @property
    def remedy_days(self) -> int:
        """Days the owner gets for a finding of the usual severity of this kind."""
        return REMEDY_DAYS[self.severity]


def kind(slug: str) -> Kind:
    """The kind of that name, or the fair default `other`."""
    return KINDS.get(slug, KINDS[FALLBACK])


def table() -> str:
    """The catalogue as a Markdown page."""
    return "\n".join([*_opening(), *map(_row, KINDS.values()), "", *_remedy_lines()]) + "\n"


def _kind(slug: str, entry: Mapping[str, Any]) -> Kind:
    rsit_class, rsit_type = entry["rsit"].split("/")
    return Kind(
        slug=slug,
        nature=entry["nature"],
        severity=entry["severity"],
        rsit_class=rsit_class,
        rsit_type=rsit_type,
        reminder_days=entry["reminder_days"],
        title=MappingProxyType(entry["title"]),
    )


def _opening() -> Iterator[str]:
    yield "# Kinds of finding"
    yield ""
    yield "Written by `python -m schakel.intake.kinds` from `schakel/intake/kinds.toml`; a test compares."
    yield "The severity is the usual one: a report, or a weakness known to be in use, may state another."
    yield ""
    yield "| kind | nature | severity | RSIT | reminder after | Dutch | English |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"


def _row(one: Kind) -> str:
    cells = (f"`{one.slug}`", one.nature, one.severity, one.rsit, f"{one.reminder_days} days")
    return f"| {' | '.join((*cells, one.title['nl'], one.title['en']))} |"


def _remedy_lines() -> Iterator[str]:
    yield "| severity | days to remedy |"
    yield "| --- | --- |"
    yield from (f"| {severity} | {REMEDY_DAYS[severity]} |" for severity in SEVERITIES)


_CATALOGUE: Final = tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))
KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {slug: _kind(slug, entry) for slug, entry in _CATALOGUE["kinds"].items()}
)
"""Every kind by its slug, in the order of the catalogue."""
REMEDY_DAYS: Final[Mapping[str, int]] = MappingProxyType(_CATALOGUE["remedy_days"])
"""Days an owner gets to remedy a finding, by its severity."""

if __name__ == "__main__":
    sys.stdout.write(table())
