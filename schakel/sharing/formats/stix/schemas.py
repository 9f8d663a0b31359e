"""The schemas of STIX 2.1 as OASIS publishes them, taken from the package `stix2-validator` and compiled once.

Their expressions are compiled by an engine without backtracking: no text can make one of them slow.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import jsonschema_rs
import orjson
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from jsonschema_rs import ValidationErrorKind as Kind

from schakel.sharing.formats.base import Unreadable
from schakel.sharing.formats.stix.limits import Json

VERSIONED: Final = "core"
"""The schema of objects that the standard does not name, when they have versions…"""
OBSERVABLE: Final = "cyber-observable-core"
"""…and when they have none."""
LONGEST_WORDING: Final = 80
WORDINGS: Final = (
    (Kind.Type, _lazy("This is of the wrong type: a text, a number or a list was expected.")),
    (Kind.Pattern, _lazy("This is not written as the standard asks.")),
    (Kind.MinItems, _lazy("This list may not be empty.")),
)
OTHER: Final = _lazy("This does not follow the schema of STIX 2.1.")


@cache
def _registry() -> tuple[jsonschema_rs.Registry, dict[str, str]]:
    """All schemas, and the address of that of each type."""
    schemas = [orjson.loads(file.read_bytes()) for file in _files()]
    registry = jsonschema_rs.Registry([(schema["$id"], schema) for schema in schemas])
    return registry, {_type_of(schema["$id"]): schema["$id"] for schema in schemas}


@cache
def _compiled(kind: str) -> jsonschema_rs.Validator:
    registry, addresses = _registry()
    expressions = jsonschema_rs.RegexOptions()
    return jsonschema_rs.validator_for({"$ref": addresses[kind]}, registry=registry, pattern_options=expressions)


def check(one: Json, *, place: str) -> None:
    """Go on where the object follows its schema. Raises Unreadable with the place within it."""
    validator = _validator(one)
    if validator.is_valid(one):
        return
    error = next(validator.iter_errors(one))
    inner = "".join(f"/{step}" for step in error.instance_path)
    raise Unreadable(_wording(error), place=place + inner)


def _validator(one: Json) -> jsonschema_rs.Validator:
    if one["type"] in _registry()[1]:
        return _compiled(one["type"])
    return _compiled(VERSIONED if "created" in one or "modified" in one else OBSERVABLE)


def _files() -> list[Path]:
    """The package is found but not imported: that takes a second, and colours the output of the process."""
    found = find_spec("stix2validator")
    folders = found.submodule_search_locations if found else None
    if not folders:
        raise ImportError("stix2-validator is not installed")
    return sorted(Path(folders[0], "schemas-2.1", "schemas").glob("*/*.json"))


def _type_of(address: str) -> str:
    return address.rpartition("/")[2].removesuffix(".json")


def _wording(error: jsonschema_rs.ValidationError) -> str:
    match error.kind:
        case Kind.Required(property=name):
            return _("“%(name)s” is missing.") % {"name": str(name)[:LONGEST_WORDING]}
        case Kind.Minimum(limit=limit):
            return _("This is less than %(limit)s.") % {"limit": limit}
        case Kind.Maximum(limit=limit):
            return _("This is more than %(limit)s.") % {"limit": limit}
        case _:
            return next((str(words) for kind, words in WORDINGS if isinstance(error.kind, kind)), str(OTHER))
