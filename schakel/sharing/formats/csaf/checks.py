"""Whether a CSAF document is what the standard demands: its JSON schema and the mandatory tests (CSAF 6.1).

Schemas and most tests are those of the `csaf` package; `rules` holds what we do ourselves. CSAF 2.1 is not final: a
document is sound when one of its committee drafts finds it so, the newest asked first.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextvars import copy_context
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import jsonschema_rs
from django.utils.translation import gettext as _

from schakel.sharing.formats.base import Unreadable
from schakel.sharing.formats.csaf import rules

DRAFTS = {"2.0": ("v20",), "2.1": ("v21csd04", "v21csd03", "v21csd02")}
NAMELESS = {
    "https://www.first.org/cvss/cvss-v2.0.json": "cvss-v2.0.json",
    "https://www.first.org/cvss/cvss-v3.0.json": "cvss-v3.0.json",
}
"""Schemas that do not say their own address."""
CODES = {"6.1.1": "reference", "6.1.2": "duplicate", "6.1.3": "cycle", "6.1.4": "reference", "6.1.5": "duplicate"}
"""The codes of tests that have one in common with other formats; the others go by their number."""
PROFILES = "6.1.27"
"""In 2.0 one function, which `profiles` takes the place of; in 2.1 the sum of tests that there are one by one."""
SCORES = "6.1.8"
"""The test of the schemas of CVSS: in 2.0 the document's own schema holds them."""
CATALOGUE = "6.1.11"
"""The test that knows every CWE: the package completed its list in the newest draft alone."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a document: `test` is the number of the mandatory test, or `schema`."""

    test: str
    place: str
    reason: str
    keyword: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """One edition of the standard: its schema, and its tests by number."""

    schema: jsonschema_rs.Draft202012Validator
    tests: tuple[tuple[str, Callable[[dict[str, Any]], Iterable[Any]]], ...]


def demand_sound(document: dict[str, Any], *, version: str) -> None:
    """Raise Unreadable with the first flaw, when there is one."""
    flaw = next(iter(flaws(document, version=version)), None)
    if flaw is not None:
        raise Unreadable(_words(flaw), place=flaw.place, code=_code(flaw))


def flaws(document: dict[str, Any], *, version: str) -> list[Flaw]:
    """What is wrong with a document; nothing when one draft finds nothing.

    Of the drafts whose schema it fits the newest speaks; where it fits none, the newest schema. Raises KeyError for a
    version that there is not.
    """
    newest: list[Flaw] = []
    fits = False
    for name in DRAFTS[version]:
        found = copy_context().run(_flaws, document, _draft(name), version)  # The package keeps its warnings in one.
        if not found:
            return []
        if not newest or (not fits and found[0].test != "schema"):
            newest, fits = found, found[0].test != "schema"
    return newest


def _flaws(document: dict[str, Any], draft: Draft, version: str) -> list[Flaw]:
    if not draft.schema.is_valid(document):
        return [_of_schema(error) for error in draft.schema.iter_errors(document)]
    theirs = (Flaw(test, *flaw) for test, run in draft.tests for flaw in run(document))
    ours = (Flaw(*flaw) for flaw in rules.flaws(document, version=version))
    return [*theirs, *ours]


def _of_schema(error: Any) -> Flaw:
    place = "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in error.instance_path)
    return Flaw("schema", place, error.message, str(error.kind.name))


def _words(flaw: Flaw) -> str:
    if flaw.test == "schema":
        return _("not as the schema wants it: %(fault)s") % {"fault": flaw.reason}
    return _("mandatory test %(test)s of CSAF fails: %(fault)s") % {"test": flaw.test, "fault": flaw.reason}


def _code(flaw: Flaw) -> str:
    if flaw.test != "schema":
        return CODES.get(flaw.test, flaw.test)
    if flaw.place.endswith("/tlp/label"):
        return "label"
    return "time" if flaw.keyword == "format" and flaw.place.endswith("date") else "schema"


@cache
def _draft(name: str) -> Draft:
    """The edition of that name; reading it takes a second or two, so it is done when the first document comes."""
    known = _known(name)
    if name in DRAFTS["2.0"]:
        del known[SCORES]
    else:
        known |= {CATALOGUE: _known(DRAFTS["2.1"][0])[CATALOGUE]}
    return Draft(_schema(name), tuple((test, _test(test, run)) for test, run in known.items()))


def _known(name: str) -> dict[str, Callable[[dict[str, Any]], Any]]:
    """The mandatory tests of the package for one edition, by number."""
    import_module(f"csaf.csaf.{name}.rules.mandatory")
    known = import_module(f"csaf.csaf.{name}.rules._registry").all_rules()
    return {test: run for test, run in known.items() if test.startswith("6.1.") and test != PROFILES}


def _test(number: str, theirs: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], Iterator[rules.Flaw]]:
    ours = rules.REPLACED.get(number)
    return ours or (lambda document: ((error.instance_path, error.message) for error in theirs(document)))


def _schema(name: str) -> jsonschema_rs.Draft202012Validator:
    formats = import_module("csaf._jsonschema").FORMATS
    folder = files(f"csaf.csaf.{name}") / "schema"
    main = json.loads((folder / "csaf.json").read_text())
    others = {_bare(key): schema for key, schema in _others(folder)}
    return jsonschema_rs.Draft202012Validator(
        main, retriever=lambda address: others[_bare(address)], validate_formats=True, formats=formats
    )


def _others(folder: Traversable) -> Iterator[tuple[str, Any]]:
    """The schemas that the main one refers to, by address."""
    for file in (*folder.iterdir(), *(folder / "referenced").iterdir()):
        if file.name.endswith(".json"):
            schema = json.loads(file.read_text())
            yield schema.get("$id", file.name), schema
    for address, name in NAMELESS.items():
        yield address, json.loads((folder / "referenced" / name).read_text())


def _bare(address: str) -> str:
    return address.partition("?")[0]
