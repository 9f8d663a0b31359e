"""The functions of the network as data: their names, the phases in which they work, and what the plan says of them."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from schakel.kit.refusals import Invalid
from schakel.registry.files.lists import facts, slugs

FOLDER = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Function:
    """One function: its names by language, and the phases of an incident in which it works."""

    slug: str
    names: dict[str, str]
    phases: tuple[str, ...] = ()
    are_phases_certain: bool = False

    def name(self, language: str) -> str:
        """Its name; in Dutch where there is none in that language."""
        return self.names.get(language) or self.names.get("nl", self.slug)


def functions() -> tuple[Function, ...]:
    """Every function, in the order of the list."""
    return tuple(_function(slug) for slug in slugs("functions"))


def function(slug: str) -> Function | None:
    """The function of that name, or None."""
    return _function(slug) if slug in slugs("functions") else None


def known(slug: str) -> str:
    """The name of a function that is there. Raises Invalid for another."""
    if slug not in slugs("functions"):
        raise Invalid(_("there is no function of this name."))
    return slug


@cache
def plan(name: str) -> dict[str, Any]:
    """A list of this folder as it stands, with its source and the day on which it was checked."""
    with (FOLDER / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


def entries(name: str) -> dict[str, dict[str, Any]]:
    """The entries of a list of this folder by their name."""
    return {key: entry for key, entry in plan(name).items() if isinstance(entry, dict)}


def origin(name: str) -> tuple[str, date]:
    """Where a list of this folder comes from, and when it was checked."""
    return plan(name)["source"], plan(name)["checked_on"]


def _function(slug: str) -> Function:
    said = entries("functions").get(slug, {})
    names = {language: str(facts("functions")[slug][language]) for language in ("nl", "en")}
    return Function(slug, names, tuple(said.get("phases", ())), bool(said.get("are_phases_certain")))
