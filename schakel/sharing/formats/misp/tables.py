"""Attributes of MISP as CSV: its own export, and tables whose columns are named after its types.

Such a file has no event around it: no title, no label, no author. It becomes an event with a name of our own, and has a
label only by whoever brings it in.
"""

import csv
import io
from collections.abc import Iterator
from typing import Any
from uuid import uuid5

from django.utils.translation import gettext as _

from schakel.sharing.formats.base import MAXIMUM_BYTES, Unreadable
from schakel.sharing.formats.misp.loading import MAXIMUM_PARTS, Event
from schakel.sharing.formats.misp.shapes import ATTRIBUTE
from schakel.sharing.formats.misp.vocabulary import described
from schakel.sharing.formats.misp.writing import OURS

EXPORT = {"uuid", "category", "type", "value", "to_ids", "date"}
LONGEST_LINE = 1024 * 1024


def columns(content: bytes) -> list[str]:
    """The names in the first line, or none where it is no line of names that MISP knows."""
    first = content.removeprefix(b"\xef\xbb\xbf").partition(b"\n")[0][:LONGEST_LINE].decode("utf-8", "replace")
    names = [name.strip(' "\r') for name in first.split(",")]
    types = set(described()["types"])
    return names if set(names) >= EXPORT or (len(names) > 1 and set(names) <= types) else []


def events(content: bytes) -> Iterator[tuple[str, Event]]:
    """An event for each that the table tells apart, with the lines as its place. Raises Unreadable."""
    names = columns(content)
    found: dict[str, list[Event]] = {}
    for number, (line, row) in enumerate(_rows(content), start=1):
        if len(row) != len(names):
            raise Unreadable(_("the line has another number of fields than the first"), place=_line(line))
        if number * len(names) > MAXIMUM_PARTS * len(EXPORT):
            raise Unreadable(_("more than %d attributes in one event") % MAXIMUM_PARTS, code="too-large")
        given = dict(zip(names, (cell.strip() for cell in row), strict=True))
        for attribute in _attributes(given):
            ATTRIBUTE.check(attribute, _line(line))
            found.setdefault(given.get("event_id", ""), []).append(attribute)
    for name, attributes in found.items():
        yield name, _event(name, attributes)


def _rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """The lines after the first, with their numbers."""
    if len(content) > MAXIMUM_BYTES:
        raise Unreadable(_("longer than %d bytes") % MAXIMUM_BYTES, code="too-large")
    try:
        reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True, skipinitialspace=True)
    except UnicodeDecodeError as error:
        raise Unreadable(_("this is not UTF-8"), code="encoding") from error
    try:
        next(reader)
        yield from ((reader.line_num, row) for row in reader if row)
    except csv.Error as error:
        raise Unreadable(str(error), place=_line(reader.line_num), code="syntax") from error


def _attributes(row: dict[str, str]) -> Iterator[dict[str, Any]]:
    """One for a line of an export, one for each cell of a table of types."""
    if "value" not in row:
        usual = described()["sane_defaults"]
        for name, value in row.items():
            if value:
                yield {"type": name, "value": value, "to_ids": bool(usual[name]["to_ids"])}
        return
    tags = [{"name": name} for name in row.get("attribute_tag", "").split(",") if name]
    kept = {name: row[name] for name in ("uuid", "category", "type", "value", "comment") if row.get(name)}
    yield {**kept, "to_ids": row["to_ids"] == "1", "timestamp": row["date"] or "0", **({"Tag": tags} if tags else {})}


def _event(name: str, attributes: list[Event]) -> Event:
    newest = max(int(attribute.get("timestamp", 0)) for attribute in attributes)
    title = _("MISP attributes of event %s") % name if name else _("MISP attributes")
    own = uuid5(OURS, "/".join(str(attribute.get("uuid") or attribute["value"]) for attribute in attributes))
    return {"uuid": str(own), "info": title, "timestamp": str(newest), "Attribute": attributes}


def _line(number: int) -> str:
    return _("line %d") % number
