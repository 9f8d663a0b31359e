"""From bytes to objects, before anybody looks at what they say: length, JSON, depth, number."""

import re
from dataclasses import dataclass
from typing import Any, Final

import orjson
from django.utils.translation import gettext as _

from schakel.sharing.formats.base import MAXIMUM_BYTES, MAXIMUM_DEPTH, Unreadable

Json = dict[str, Any]

MAXIMUM_OBJECTS: Final = 250_000
"""No bundle holds more: each is kept, checked and compared."""
NUL: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
CONTAINERS: Final = (dict, list)


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle as it came: `objects` are untouched, `version` is that of the bundle (`2.0` or `2.1`)."""

    id: str
    version: str
    objects: list[Json]


def bundle_of(content: bytes) -> Bundle:
    """The bundle in it (STIX 2.1, section 8), of which nothing but its frame is checked. Raises Unreadable."""
    value = json_of(content)
    if not isinstance(value, dict) or value.get("type") != "bundle":
        raise Unreadable(_("This is no STIX bundle: its type is not “bundle”."), place="/type")
    key = value.get("id")
    if not isinstance(key, str) or not key.startswith("bundle--"):
        raise Unreadable(_("A bundle has an id that begins with “bundle--”."), place="/id")
    objects = value.get("objects", [])
    if not isinstance(objects, list) or not objects:
        raise Unreadable(_("There are no objects in this bundle."), place="/objects")
    return Bundle(id=key, version=value.get("spec_version", "2.1"), objects=checked_list(objects))


def checked_list(objects: list[Any]) -> list[Json]:
    """The same, when there are not too many and each is an object with a type and an id. Raises Unreadable."""
    for index, one in enumerate(checked_number(objects)):
        if not is_object(one):
            raise Unreadable(_("This is no STIX object: it has no type or no id."), place=f"/objects/{index}")
    return objects


def checked_number(objects: list[Any]) -> list[Any]:
    """The same, when there are not too many. Raises Unreadable."""
    if len(objects) > MAXIMUM_OBJECTS:
        reason = _("There are more than %(most)s objects in it.") % {"most": MAXIMUM_OBJECTS}
        raise Unreadable(reason, place="/objects", code="too-large")
    return objects


def is_object(one: Any) -> bool:
    """Whether it could be a STIX object: it has a type and an id."""
    return isinstance(one, dict) and isinstance(one.get("type"), str) and isinstance(one.get("id"), str)


def json_of(content: bytes) -> Any:
    """The JSON in it, within the limits that all formats share. Raises Unreadable."""
    if len(content) > MAXIMUM_BYTES:
        raise Unreadable(_("The document is too large."), code="too-large")
    try:
        value = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise _unparsed(error) from None
    if _is_deeper(value, than=MAXIMUM_DEPTH):
        raise Unreadable(_("The document is nested too deeply."), code="too-deep")
    if b"\\u0000" in content and NUL.search(content):
        raise Unreadable(_("The document holds a NUL character, which no text has."), code="encoding")
    return value


def _unparsed(error: orjson.JSONDecodeError) -> Unreadable:
    place = _("line %(line)s, column %(column)s") % {"line": error.lineno, "column": error.colno}
    if "depth" in error.msg:
        return Unreadable(_("The document is nested too deeply."), code="too-deep")
    if "UTF-8" in error.msg:
        return Unreadable(_("The document is not in UTF-8."), place=place, code="encoding")
    return Unreadable(_("The document is not JSON, or it was cut off."), place=place, code="syntax")


def _is_deeper(value: Any, *, than: int) -> bool:
    level = [value] if isinstance(value, CONTAINERS) else []
    for _level in range(than):
        if not level:
            return False
        level = [
            child
            for one in level
            for child in (one.values() if type(one) is dict else one)
            if type(child) is dict or type(child) is list
        ]
    return bool(level)
