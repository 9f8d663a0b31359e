"""What we say in STIX by an extension of our own, where the standard has no property: STIX 2.1, section 7.3.

Each of our objects that carries it names this definition, so that others can tell what it is and let it be.
"""

from typing import Any, Final
from uuid import UUID, uuid5

from schakel.sharing.formats.stix.limits import Json

NAMESPACE: Final = UUID("7c1f3d52-4d0b-5a86-9b57-0f1f6f7c9a31")
"""Of every id that we make: the same thing has the same id for ever."""
EXTENSION: Final = f"extension-definition--{uuid5(NAMESPACE, 'extension')}"
AUTHOR: Final = f"identity--{uuid5(NAMESPACE, 'schakel')}"
MADE: Final = "2026-01-01T00:00:00.000Z"

AUTHOR_OBJECT: Final[Json] = {
    "type": "identity",
    "spec_version": "2.1",
    "id": AUTHOR,
    "created": MADE,
    "modified": MADE,
    "name": "Schakel",
    "identity_class": "system",
}
DEFINITION: Final[Json] = {
    "type": "extension-definition",
    "spec_version": "2.1",
    "id": EXTENSION,
    "created_by_ref": AUTHOR,
    "created": MADE,
    "modified": MADE,
    "name": "Schakel shared item",
    "description": "What a switchboard of a resilience network says of a shared item: its kind and phase, probability"
    " and damage, source rating, contributors, revisions, and for which readers a text is written.",
    "schema": "Properties of a report, note, course-of-action, vulnerability, software or indicator. All are optional;"
    " their names and values are those of a shared item in the reference of Schakel.",
    "version": "1.0.0",
    "extension_types": ["property-extension"],
}


def carried(one: Json) -> Json:
    """What an object says by our extension; empty where it does not."""
    given = one.get("extensions")
    mine = given.get(EXTENSION) if isinstance(given, dict) else None
    return {name: value for name, value in mine.items() if name != "extension_type"} if isinstance(mine, dict) else {}


def carry(one: Json, **values: Any) -> Json:
    """The object with these values in our extension; empty ones are left out, and the extension where all are."""
    kept = {name: value for name, value in values.items() if value or value is False}
    others = {key: value for key, value in one.get("extensions", {}).items() if key != EXTENSION}
    if kept:
        others[EXTENSION] = {"extension_type": "property-extension"} | kept
    bare = {name: value for name, value in one.items() if name != "extensions"}
    return bare | {"extensions": others} if others else bare


def key(kind: str, *parts: str) -> str:
    """The id of an object of that type that these words name."""
    return f"{kind}--{uuid5(NAMESPACE, chr(31).join((kind, *parts)))}"
