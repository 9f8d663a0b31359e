"""A feed to documents, one of each entry."""

import re
import uuid
from collections.abc import Iterator
from typing import Final

from schakel.sharing.document import Document
from schakel.sharing.formats.base import Written
from schakel.sharing.formats.feed import atom
from schakel.sharing.formats.feed.reading import documents_of

_PROLOGUE: Final = rb"<\?[^>]*\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>"
_ROOT: Final = re.compile(
    rb"\A(?:\xef\xbb\xbf)?(?:\s|" + _PROLOGUE + rb")*+<(?:[a-z]+:)?(?:rss|feed|RDF)[\s/>]", re.DOTALL
)
_WIDE_BOMS: Final = (b"\xff\xfe", b"\xfe\xff")
NAMES: Final = uuid.UUID("0f0b8f5a-6b0a-5a52-9a43-5d6f8a4f3c11")
"""Our own name space (RFC 9562, section 5.5), so that the same thing has the same name for ever."""


class Feed:
    """RSS and Atom in, Atom out."""

    slug = "feed"

    def recognises(self, content: bytes) -> bool:
        """Whether its root element is that of a feed."""
        start = content[: 1 << 14]
        if start.startswith(_WIDE_BOMS):
            start = start.decode("utf-16", "ignore").encode()
        return bool(_ROOT.match(start))

    def read(self, content: bytes) -> Iterator[Document]:
        """The entries, in the order of the feed. Raises Unreadable with line and column."""
        yield from documents_of(content)

    def write(self, document: Document, *, version: str = "") -> Written:  # noqa: ARG002 - Atom has one version
        """The document as an Atom feed of one entry."""
        entry = atom.Entry(document=document, name=name_of(document))
        content = atom.feed([entry], name=f"{entry.name}#feed", title=document.title, author=document.publisher)
        return Written(
            content=content,
            media_type="application/atom+xml; charset=utf-8",
            name=f"{entry.name.rpartition(':')[2]}.atom",
            left_out=atom.left_out(document),
        )


def name_of(document: Document) -> str:
    """A lasting name for the document as an IRI (RFC 4287, section 4.2.6)."""
    return uuid.uuid5(NAMES, f"{document.publisher}\n{document.key or document.title}").urn
