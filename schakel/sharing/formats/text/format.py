"""Plain text and Markdown: the last format to ask, for nearly everything can be read as text."""

import hashlib
from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext_lazy as _

from schakel.sharing.document import Document, Original
from schakel.sharing.formats.base import Unreadable, Written
from schakel.sharing.formats.decoding import text_of
from schakel.sharing.formats.prose import document_of
from schakel.sharing.formats.text import writing

MAXIMUM_BYTES: Final = 16 * 1024 * 1024
"""People write less; a list of more indicators than this holds comes in a format for them."""
_OTHERS: Final = (b"{", b"<", b"%PDF", b"PK")
_SPACE: Final = b"\xef\xbb\xbf \t\r\n"


class PlainText:
    """Text in the words of people; its indicators may be defanged."""

    slug = "text"

    def recognises(self, content: bytes) -> bool:
        """Whether it is text, and does not begin as a format for machines does."""
        start = content[: 1 << 16].lstrip(_SPACE)
        return bool(start) and not start.startswith(_OTHERS) and b"\x00\x00" not in start[:64]

    def read(self, content: bytes) -> Iterator[Document]:
        """One document. Raises Unreadable: too large, no text, or a label that does not exist."""
        if len(content) > MAXIMUM_BYTES:
            words = _("a text of more than %(number)d MB is not read") % {"number": MAXIMUM_BYTES >> 20}
            raise Unreadable(words, code="too-large")
        text = text_of(content)
        if not text.strip():
            raise Unreadable(_("there are no words in it"), code="schema")
        digest = hashlib.sha256(content).hexdigest()
        yield document_of(text, original=Original(format=self.slug, version="", content=content, digest=digest))

    def write(self, document: Document, *, version: str = "") -> Written:  # noqa: ARG002 - text has no versions
        """The document as Markdown, with every indicator defanged."""
        return writing.written(document)
