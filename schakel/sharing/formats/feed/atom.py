"""Atom as RFC 4287 wants it, written as text: readers and caches get the same bytes for the same items."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

from schakel.kit.markup import escaped, quoted
from schakel.sharing.document import Document, Text
from schakel.sharing.indicators import defanged

TLP: Final = "https://www.first.org/tlp/"
"""The scheme of the categories that hold a label."""
LEFT_OUT: Final = "Atom has no place for it."
_CARRIED: Final = frozenset(
    {
        "kind", "title", "texts", "marking", "key", "publisher", "contributors", "published_at", "revised_at",
        "references", "indicators", "weaknesses", "original",
    }
)  # fmt: skip
_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One document under its lasting name, an IRI. `url`: where it can be read."""

    document: Document
    name: str
    url: str = ""

    @property
    def updated_at(self) -> datetime:
        """When it last changed; the beginning of time where nobody said."""
        return self.document.revised_at or self.document.published_at or _BEGINNING


def feed(
    entries: Iterable[Entry],
    *,
    name: str,
    title: str,
    author: str = "",
    url: str = "",
    updated_at: datetime | None = None,
    gone: Iterable[tuple[str, datetime]] = (),
) -> bytes:
    """A feed of the entries, in their order, under its lasting name, an IRI.

    `url`: its own address. `updated_at`: else when the newest of them changed. `gone`: the names of entries that were
    taken back, and when (RFC 6721).
    """
    listed = list(entries)
    newest = updated_at or max((entry.updated_at for entry in listed), default=_BEGINNING)
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0">',
        f"<id>{escaped(name)}</id><title>{escaped(title) or '-'}</title><updated>{_moment(newest)}</updated>",
        f"<author><name>{escaped(author) or 'Schakel'}</name></author>",
        f'<link rel="self" type="application/atom+xml" href={quoted(url)}/>' if url else "",
        *(_entry(entry) for entry in listed),
        *(f"<at:deleted-entry ref={quoted(ref)} when={quoted(_moment(at))}/>" for ref, at in gone),
        "</feed>\n",
    ]
    return "\n".join(filter(None, lines)).encode(errors="replace")


def left_out(document: Document) -> Mapping[str, str]:
    """The fields of the document that say something which its entry does not."""
    empty = Document(title="")
    names = (name for name in Document.__dataclass_fields__ if name not in _CARRIED)
    return {name: LEFT_OUT for name in names if getattr(document, name) != getattr(empty, name)}


def _entry(entry: Entry) -> str:
    document = entry.document
    return "\n".join(
        filter(
            None,
            [
                f"<entry><id>{escaped(entry.name)}</id><title>{escaped(document.title) or '-'}</title>",
                f"<updated>{_moment(entry.updated_at)}</updated>",
                f"<published>{_moment(document.published_at)}</published>" if document.published_at else "",
                f"<author><name>{escaped(document.publisher)}</name></author>" if document.publisher else "",
                *(f"<contributor><name>{escaped(name)}</name></contributor>" for name in document.contributors),
                *(f"<category term={quoted(term)} scheme={quoted(scheme)}/>" for term, scheme in _terms(document)),
                f'<link rel="alternate" href={quoted(entry.url)}/>' if entry.url else "",
                *(f'<link rel="related" href={quoted(one.url)}/>' for one in document.references if one.url),
                f'<content type="html">{escaped(_html(document))}</content></entry>',
            ],
        )
    )


def _terms(document: Document) -> Iterator[tuple[str, str]]:
    for label in (document.marking.tlp, document.marking.pap):
        if label:
            yield label.marking, TLP
    yield document.kind, "https://schakel.example/kinds"
    yield from ((weakness.cve, "https://www.cve.org/") for weakness in document.weaknesses if weakness.cve)


def _html(document: Document) -> str:
    return str(_MARKDOWN.render("\n\n".join(filter(None, _markdown(document)))))


def _markdown(document: Document) -> Iterator[str]:
    for text in document.texts:
        yield from _words(text)
    shown = [f"- `{defanged(one.value)}` {one.comment}" for one in document.indicators if one.value]
    yield "\n".join([f"## {_('Indicators')}", "", *shown]) if shown else ""


def _words(text: Text) -> Iterator[str]:
    yield text.summary
    yield text.body
    yield f"## {_('What to do')}\n\n{text.action}" if text.action else ""


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
