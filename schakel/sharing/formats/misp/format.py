"""MISP's core format: events in, events out."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import orjson
from django.utils.translation import gettext as _

from schakel.sharing.document import Document, Original
from schakel.sharing.formats.base import Unreadable, Written
from schakel.sharing.formats.misp import loading, overlay, reading, tables, writing
from schakel.sharing.formats.misp.shapes import EVENT
from schakel.sharing.words import IndicatorKind

LOOK = 64 * 1024
OPENING = re.compile(rb'(?:\xef\xbb\xbf)?\s*(?:\[\s*)?\{\s*"(?:Event|response)"\s*:')
# An event alone has no opening of its own; these names together are nobody else's.
HALLMARKS = (b'"info"', b'"threat_level_id"', b'"analysis"')
TABLE = "csv"
"""The version of an original that is no event, but a table of attributes."""
MEDIA_TYPE = "application/json"


class Misp:
    """Events of MISP: one in a file, an answer of its API with many, the files of a feed."""

    slug = "misp"

    def recognises(self, content: bytes) -> bool:
        """Whether it opens as MISP's answers do, or names what only its events name."""
        head = content[:LOOK]
        if tables.columns(head):
            return True
        return bool(OPENING.match(head)) or (
            head.lstrip()[:1] in (b"{", b"[") and all(map(head.__contains__, HALLMARKS))
        )

    def read(self, content: bytes) -> Iterator[Document]:
        """The events in it. Raises Unreadable, before the first or between two."""
        if tables.columns(content):
            for place, event in tables.events(content):
                yield replace(reading.document_of(event, place), original=_original(content, TABLE))
            return
        known: dict[str, Any] = {}
        found = list(loading.events(content))
        for place, event in found:
            _check(event, place)
            if event["uuid"] in known:
                _check_same(known[event["uuid"]], event, place)
                continue
            known[event["uuid"]] = event
            own = content if len(found) == 1 else orjson.dumps({"Event": event})
            yield replace(reading.document_of(event, place), original=_original(own))

    def write(self, document: Document, *, version: str = "") -> Written:  # noqa: ARG002 - there is one only
        """The document as one event; from its original where that was one."""
        content = orjson.dumps({"Event": event_of(document)})
        return Written(content, MEDIA_TYPE, f"{writing.uuid_of(document)}.json", dict(_left_out(document)))


def event_of(document: Document) -> dict[str, Any]:
    """The event that says what the document says: its original with the changes, or a new one."""
    content = _event_in(document)
    if not content:
        return writing.event_of(document)
    place, event = next(loading.events(content))
    return overlay.laid_over(event, reading.document_of(event, place), document)


def _event_in(document: Document) -> bytes:
    """Its original, where that is an event and no table of attributes."""
    original = document.original
    return original.content if original and original.format == Misp.slug and original.version != TABLE else b""


def _original(content: bytes, version: str = "") -> Original:
    return Original(format=Misp.slug, version=version, content=content, digest=hashlib.sha256(content).hexdigest())


def _check(event: dict[str, Any], place: str) -> None:
    """Raise Unreadable for an event that breaks the core format, or that is made to break its reader."""
    listed = [event.get("Attribute"), *(one.get("Attribute") for one in _objects(event))]
    if sum(len(one) for one in listed if isinstance(one, list)) > loading.MAXIMUM_PARTS:
        raise Unreadable(
            _("more than %d attributes in one event") % loading.MAXIMUM_PARTS, place=place, code="too-large"
        )
    EVENT.check(event, place)
    known: dict[str, Any] = {}
    for kind in ("Attribute", "Object", "EventReport"):
        for number, part in enumerate(event.get(kind) or ()):
            for inner, where in ((part, ""), *((one, "/Attribute") for one in part.get("Attribute") or ())):
                if (own := inner.get("uuid")) and known.setdefault(own, inner) is not inner:
                    _check_same(known[own], inner, f"{place}/{kind}/{number}{where}")


def _objects(event: dict[str, Any]) -> Iterator[dict[str, Any]]:
    listed = event.get("Object")
    yield from (one for one in listed if isinstance(one, dict)) if isinstance(listed, list) else ()


def _check_same(one: Any, other: Any, place: str) -> None:
    if one != other:
        raise Unreadable(_("the UUID stands here a second time, with other content"), place=place, code="duplicate")


def _left_out(document: Document) -> Iterator[tuple[str, str]]:
    """What a new event has no place for; an original says all that it said."""
    if _event_in(document):
        return
    no_place = _("MISP has no place for it.")
    if any(product.purl for product in document.products):
        yield "products.purl", no_place
    if document.valid_from or document.valid_until:
        yield "valid_from, valid_until", no_place
    if document.revisions:
        yield "revisions", _("MISP keeps the latest version alone.")
    if document.marking.iep:
        yield "marking.iep", no_place
    plain = (one for one in document.indicators if one.kind not in {IndicatorKind.RULE, IndicatorKind.PATTERN})
    if any(one.pattern and one.value for one in plain):
        yield "indicators.pattern", _("The value goes out, the pattern around it does not.")
