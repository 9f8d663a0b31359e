"""Entries of a feed: feedparser knows its many dialects, we take what it finds as words of a stranger."""

import calendar
import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from time import struct_time
from typing import Any, Final
from xml.etree import ElementTree as ET

import feedparser
from django.utils.translation import gettext as _

from schakel.sharing.document import Document, Marking, Original, Reference
from schakel.sharing.formats.base import Unreadable
from schakel.sharing.formats.feed.guard import guarded
from schakel.sharing.formats.labels import marking_of, stricter
from schakel.sharing.formats.markdown import markdown_of
from schakel.sharing.formats.prose import document_of
from schakel.sharing.words import ItemKind

MOST_ENTRIES: Final = 10_000
_ENTRY_NAMES: Final = frozenset({"item", "entry"})
_ADVISORY: Final = re.compile(r"\b(?:advisory|beveiligingsadvies|security bulletin|advies)\b", re.IGNORECASE)


def documents_of(content: bytes) -> Iterator[Document]:
    """The documents of a feed. Raises Unreadable."""
    guarded(content)
    found = feedparser.parse(io.BytesIO(content), sanitize_html=False, resolve_relative_uris=False)
    if not found.version:
        raise Unreadable(_("this is XML, and no feed that we know"), code="schema")
    if len(found.entries) > MOST_ENTRIES:
        words = _("the feed has more than %(number)d entries") % {"number": MOST_ENTRIES}
        raise Unreadable(words, code="too-large")
    feed_name = _line(found.feed.get("title", ""))
    whole = marking_of("", subject=f"{feed_name} {_line(found.feed.get('subtitle', ''))}")
    for number, (entry, source) in enumerate(zip(found.entries, _sources(content), strict=True), 1):
        yield _document(entry, source, version=found.version, publisher=feed_name, whole=whole, number=number)


def _document(entry: Any, source: bytes, *, version: str, publisher: str, whole: Marking, number: int) -> Document:
    title, text = _line(entry.get("title", "")), _text(entry)
    if not title and not text:
        raise Unreadable(_("the entry says nothing"), place=_("entry %(number)d") % {"number": number}, code="schema")
    tags = " ".join(str(tag.get("term") or "") for tag in entry.get("tags", []))
    made = document_of(text, title=title)
    revised = _moment(dict.get(entry, "updated_parsed"))  # Asked by its own way, it would answer with another time.
    return replace(
        made,
        kind=ItemKind.ADVISORY if _ADVISORY.search(f"{title} {tags}") else made.kind,
        marking=stricter(stricter(made.marking, marking_of("", subject=tags)), whole),
        key=str(entry.get("id") or entry.get("link") or ""),
        version=revised.isoformat() if revised else "",
        publisher=publisher,
        contributors=tuple(filter(None, [_line(entry.get("author", ""))])),
        published_at=_moment(dict.get(entry, "published_parsed")) or revised,
        revised_at=revised,
        references=_references(entry, made),
        original=Original(format="feed", version=version, content=source, digest=hashlib.sha256(source).hexdigest()),
    )


def _sources(content: bytes) -> Iterator[bytes]:
    """Each entry byte for byte as XML says it, so that it can be kept apart from its neighbours."""
    for element in ET.fromstring(content).iter():  # noqa: S314 - guarded against entities before
        if isinstance(element.tag, str) and element.tag.rpartition("}")[2] in _ENTRY_NAMES:
            element.tail = None
            yield ET.tostring(element, encoding="utf-8")


def _text(entry: Any) -> str:
    """The fullest of what it says."""
    texts = [str(part.get("value") or "") for part in entry.get("content", [])] + [str(entry.get("summary") or "")]
    return markdown_of(max(texts, key=len))


def _line(html: object) -> str:
    return " ".join(markdown_of(str(html or "")).split())


def _moment(parsed: struct_time | None) -> datetime | None:
    """A time of feedparser, which is in UTC; None where it is none or lies outside what a date can say."""
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None
    except (ValueError, OverflowError, OSError):
        return None


def _references(entry: Any, made: Document) -> tuple[Reference, ...]:
    link = str(entry.get("link") or "")
    own = (Reference(url=link),) if link.startswith(("http://", "https://")) else ()
    return (*own, *(one for one in made.references if one.url != link))
