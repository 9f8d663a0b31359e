"""JSON of strangers: limits first, and nothing that two readers could understand differently."""

import codecs
import json
import re
from typing import Any

import orjson
from django.utils.translation import gettext as _

from schakel.sharing.formats.base import MAXIMUM_BYTES, MAXIMUM_DEPTH, Unreadable

STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
"""Outside of strings a colon follows each name: more of them than names are left says that one stood twice."""


def parse(content: bytes, *, maximum: int = MAXIMUM_BYTES) -> Any:
    """The value that `content` (UTF-8, RFC 8259) holds. Raises Unreadable with line and column.

    Size in bytes. A name that stands twice in one object is refused: readers differ in which of the two they believe,
    and one of them may be the label.
    """
    if len(content) > maximum:
        raise Unreadable(_("longer than %(bytes)d bytes") % {"bytes": maximum}, code="too-large")
    content = content.removeprefix(codecs.BOM_UTF8)  # Not JSON (RFC 8259, 8.1), yet written by many.
    value = _value(content)
    if _names_in(value) != STRING.sub(b"", content).count(b":"):
        json.loads(content, object_pairs_hook=_without_doubles)
    return value


def _value(content: bytes) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as fault:
        raise _refusal(fault, content) from fault


def _refusal(fault: orjson.JSONDecodeError, content: bytes) -> Unreadable:
    if "depth" in fault.msg:
        return _too_deep()
    try:
        content.decode()
    except UnicodeDecodeError as wrong:
        return Unreadable(_("not UTF-8"), place=_("byte %(number)d") % {"number": wrong.start}, code="encoding")
    place = _("line %(line)d, column %(column)d") % {"line": fault.lineno, "column": fault.colno}
    return Unreadable(_("not JSON: %(fault)s") % {"fault": fault.msg.partition(":")[0]}, place=place, code="syntax")


def _too_deep() -> Unreadable:
    return Unreadable(_("nested deeper than %(levels)d levels") % {"levels": MAXIMUM_DEPTH}, code="too-deep")


def _names_in(value: Any) -> int:
    """How many names its objects have together. Raises Unreadable when it is nested too deep.

    It looks level by level, so that it cannot be made to overflow.
    """
    level, names = [value], 0
    for _depth in range(MAXIMUM_DEPTH):
        objects = [node for node in level if isinstance(node, dict)]
        names += sum(map(len, objects))
        below = [child for node in objects for child in node.values()]
        below += [child for node in level if isinstance(node, list) for child in node]
        level = [child for child in below if isinstance(child, dict | list)]
        if not level:
            return names
    raise _too_deep()


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _value in pairs]
        double = next(name for name in names if names.count(name) > 1)
        raise Unreadable(_("stands twice in one object"), place=double, code="duplicate")
    return found
