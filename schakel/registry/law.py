"""The law as dated data: bases, designations, supervisors, what changed, and who does what in a crisis.

The files lie in `schakel/registry/data`; an operator's own, of the same name in the folder that SCHAKEL_FACTS names,
take their place whole. Whoever changes one restarts the platform.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from schakel.kit.refusals import Refused
from schakel.policy.sharing import Basis
from schakel.registry.files.lists import FOLDER, slugs

Fact = TypeVar("Fact")
Words = Mapping[str, str]
LANGUAGES = ("nl", "en")


class FactsUnreadable(Refused):
    """A file of facts that cannot be used."""

    wording = _("This file of facts cannot be used:")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a fact comes from, when somebody looked, and whether a text of its owner says so."""

    source: str
    checked_on: date
    is_certain: bool


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """A ground on which information may be shared, as people read it; `rule` is what the policy reads."""

    rule: Basis
    title: Words
    sender: Words
    recipients: Words
    content: Words
    note: Words
    origin: Origin
    is_beside: bool  # Needed beside another basis, never alone.


@dataclass(frozen=True, slots=True)
class DesignationFact:
    """Which CSIRT the law designates for a sector."""

    slug: str
    sector: str
    csirt: str
    scope: Words
    from_on: date
    until_on: date | None
    basis: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Supervisor:
    """Who watches over a law."""

    slug: str
    name: Words
    ministry: str
    sectors: tuple[str, ...]
    scope: Words
    note: Words
    origin: Origin


@dataclass(frozen=True, slots=True)
class LawChange:
    """What changed in the law, and what that does to our rules."""

    slug: str
    on: date
    words: Words
    effect: Words
    origin: Origin


@dataclass(frozen=True, slots=True)
class CrisisBody:
    """Who does what in a national digital crisis; or one of its phases, and what is done in it."""

    slug: str
    name: Words
    role: Words
    is_phase: bool
    origin: Origin


def bases() -> Mapping[str, LegalBasis]:
    """Every basis we know, by its slug. Raises FactsUnreadable."""
    return _facts("legal_bases", _basis)


def designations() -> Mapping[str, DesignationFact]:
    """What we know of designations, by slug. Raises FactsUnreadable."""
    return _facts("designations", _designation)


def supervisors() -> Mapping[str, Supervisor]:
    """The supervisors, by slug. Raises FactsUnreadable."""
    return _facts("supervisors", _supervisor)


def changes() -> list[LawChange]:
    """The log of changes, newest first. Raises FactsUnreadable."""
    return sorted(_facts("law_changes", _change).values(), key=lambda change: change.on, reverse=True)


def crisis_structure() -> list[CrisisBody]:
    """The phases of a crisis and the bodies that act in it, in the order of the file. Raises FactsUnreadable."""
    return list(_facts("crisis_structure", _crisis_body).values())


def basis_of(slug: str) -> Basis | None:
    """What the policy reads of the basis of that name, or None: an unknown one is no ground."""
    found = bases().get(slug)
    return found.rule if found and not found.is_beside else None


def choosable(day: date) -> list[LegalBasis]:
    """The bases that may be chosen for something new on that day."""
    return [one for one in bases().values() if one.rule.in_force(day) and not one.is_beside]


def read_all() -> dict[str, Path]:
    """Read every file of facts; says which file each came from. Raises FactsUnreadable."""
    for read in (bases, designations, supervisors, changes, crisis_structure):
        read()
    names = ("legal_bases", "designations", "supervisors", "law_changes", "crisis_structure")
    return {name: place_of(name) for name in names}


def _facts(name: str, make: "Callable[[_Entry], Fact]") -> Mapping[str, Fact]:
    made: Mapping[str, Fact] = _read(place_of(name), make)
    return made


@cache
def _read(place: Path, make: Callable[["_Entry"], Any]) -> Mapping[str, Any]:
    try:
        with place.open("rb") as file:
            content = tomllib.load(file)
    except (OSError, tomllib.TOMLDecodeError) as problem:
        raise FactsUnreadable(f"{place}: {problem}") from problem
    entries = (_Entry(place, slug, row, content) for slug, row in content.items() if isinstance(row, dict))
    return {entry.slug: make(entry) for entry in entries}


def place_of(name: str, *, folder: Path = FOLDER) -> Path:
    """The file of facts of that name: the operator's own where there is one, or that of a folder of ours."""
    own = Path(settings.FACTS) / f"{name}.toml" if settings.FACTS else None
    return own if own and own.exists() else folder / f"{name}.toml"


@dataclass(frozen=True, slots=True)
class _Entry:
    """One table of a file; says which file, entry and field are to blame."""

    place: Path
    slug: str
    row: Mapping[str, Any]
    file: Mapping[str, Any]

    def text(self, name: str, *, default: str | None = None) -> str:
        return self._value(name, str, default)

    def day(self, name: str) -> date:
        found: date = self._value(name, date, self.file.get(name))
        return found

    def truth(self, name: str, *, default: bool | None = None) -> bool:
        return self._value(name, bool, default)

    def words(self, *names: str, is_required: bool = True) -> Words:
        """A text per language: `nl` and `en`, or those behind a name (`note_nl`)."""
        stem = "".join(f"{name}_" for name in names)
        return {one: self.text(f"{stem}{one}", default=None if is_required else "") for one in LANGUAGES}

    def span(self) -> tuple[date, date | None]:
        """First day and the day after the last; the end must come after the beginning."""
        start, end = self.day("from_on"), self.day("until_on") if "until_on" in self.row else None
        if end is not None and end <= start:
            raise self.refused("until_on", str(_("the end must be after the beginning.")))
        return start, end

    def sector(self, value: str) -> str:
        if value not in slugs("sectors"):
            raise self.refused("sector", str(_("%(value)s is no sector.") % {"value": value}))
        return value

    def sectors(self) -> tuple[str, ...]:
        return tuple(map(self.sector, self._value("sectors", list, [])))

    def origin(self) -> Origin:
        certain = self.truth("is_certain", default=False)
        return Origin(self.text("source", default=self.file.get("source")), self.day("checked_on"), certain)

    def refused(self, name: str, reason: str) -> FactsUnreadable:
        return FactsUnreadable(f"{self.place} [{self.slug}] {name}: {reason}")

    def _value(self, name: str, kind: type[Fact], default: Fact | None) -> Fact:
        """What stands there, of that kind. Raises FactsUnreadable."""
        value = self.row.get(name, default)
        if not isinstance(value, kind):
            raise self.refused(name, str(_("this is missing or of the wrong kind.")))
        return value


def _basis(entry: _Entry) -> LegalBasis:
    start, end = entry.span()
    allows = entry.row.get("holds_personal_data")
    rule = Basis(slug=entry.slug, from_on=start, until_on=end, allows_personal_data=allows is True)
    return LegalBasis(
        rule=rule,
        title=entry.words(),
        sender=entry.words("sender"),
        recipients=entry.words("recipients"),
        content=entry.words("content"),
        note=entry.words("note", is_required=False),
        origin=entry.origin(),
        is_beside=entry.truth("is_beside", default=False),
    )


def _designation(entry: _Entry) -> DesignationFact:
    start, end = entry.span()
    scope = entry.words("scope", is_required=False)
    sector = entry.sector(entry.text("sector"))
    basis = entry.text("basis")
    return DesignationFact(entry.slug, sector, entry.text("csirt"), scope, start, end, basis, entry.origin())


def _supervisor(entry: _Entry) -> Supervisor:
    scope, note = entry.words("scope", is_required=False), entry.words("note", is_required=False)
    ministry = entry.text("ministry", default="")
    return Supervisor(entry.slug, entry.words(), ministry, entry.sectors(), scope, note, entry.origin())


def _change(entry: _Entry) -> LawChange:
    return LawChange(entry.slug, entry.day("on"), entry.words(), entry.words("effect"), entry.origin())


def _crisis_body(entry: _Entry) -> CrisisBody:
    is_phase = entry.truth("is_phase", default=False)
    return CrisisBody(entry.slug, entry.words(), entry.words("role"), is_phase, entry.origin())


def uncertain() -> Iterator[str]:
    """The facts that no text of their owner confirms, as file and entry."""
    for name, rows in (("legal_bases", bases()), ("designations", designations()), ("supervisors", supervisors())):
        for slug, row in rows.items():
            if not row.origin.is_certain:
                yield f"{name}: {slug}"
