"""Mail to documents: one of its own words, and one of each thing that it carries and that has a format of its own."""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.message import Message
from typing import Final

from django.utils.translation import gettext as _

from schakel.sharing.document import Document, Original
from schakel.sharing.formats.base import MAXIMUM_BYTES, Format, Uncarried, Unreadable, Written
from schakel.sharing.formats.labels import stricter
from schakel.sharing.formats.mail import headers
from schakel.sharing.formats.mail.keys import Keys
from schakel.sharing.formats.mail.opening import opened, unsealed_text
from schakel.sharing.formats.mail.parts import Part, parts_of
from schakel.sharing.formats.markdown import markdown_of
from schakel.sharing.formats.prose import document_of

DEEPEST: Final = 5
"""Mails within mails."""
_NAMES: Final = rb"from|to|cc|date|subject|message-id|received|return-path|mime-version|delivered-to"
_HEADER: Final = re.compile(rb"(?:" + _NAMES + rb"):", re.IGNORECASE)
_LINE: Final = re.compile(rb"^[!-9;-~]{1,76}:|^[ \t]|^From ")
FEWEST_HEADERS: Final = 2
_NEVER_SHARED: Final = frozenset(
    {"application/pgp-keys", "application/pgp-signature", "application/pkcs7-signature", "text/vcard", "text/x-vcard"}
)

Inner = Callable[[bytes], Format | None]
"""What an attachment is, by its content."""


class Mail:
    """A message with its attachments. `inner` recognises those; without it they are only named."""

    slug = "mail"

    def __init__(self, *, keys: Keys | None = None, inner: Inner = lambda _content: None, depth: int = 0) -> None:
        self._keys, self._inner, self._depth = keys or Keys(), inner, depth

    def recognises(self, content: bytes) -> bool:
        """Whether it begins with headers, of which two at least are those of a mail."""
        head = re.split(rb"\r?\n\r?\n", content[: 1 << 16].lstrip(b"\r\n"), maxsplit=1)[0].splitlines()
        names = {found[0].lower() for line in head if (found := _HEADER.match(line))}
        return len(names) >= FEWEST_HEADERS and all(_LINE.match(line) for line in head[:50])

    def read(self, content: bytes) -> Iterator[Document]:
        """The mail, then what it carries. A label of the mail holds for what it carries. Raises Unreadable."""
        if len(content) > MAXIMUM_BYTES:
            raise Unreadable(
                _("the mail is larger than %(number)d MB") % {"number": MAXIMUM_BYTES >> 20}, code="too-large"
            )
        if self._depth > DEEPEST:
            raise Unreadable(_("mails lie more than %(number)d deep") % {"number": DEEPEST}, code="too-deep")
        try:
            message, notes = opened(content, self._keys)
            parts = list(parts_of(message))
        except RecursionError as error:
            raise Unreadable(_("its parts are nested too deep"), code="too-deep") from error
        yield from self._documents(content, message, parts, notes)

    def write(self, document: Document, *, version: str = "") -> Written:  # noqa: ARG002 - mail has no versions
        """Never: a mail is sent by a channel, which knows to whom."""
        raise Uncarried(_("mail is sent by a channel, not written as a file"), fields=(document.title,))

    def _documents(
        self, content: bytes, message: Message, parts: list[Part], notes: tuple[str, ...]
    ) -> Iterator[Document]:
        carried = [(part, kind) for part in parts if part.is_attached and (kind := self._kind_of(part))]
        bodies = [part for part in parts if part.kind in {"text/plain", "text/html"} and not part.is_attached]
        words, more = self._words(bodies)
        own = document_of(
            "\n\n".join(filter(None, [words, _named(parts)])),
            title=headers.subject(message) or _("(no subject)"),
            key=headers.words(message, "Message-ID").strip("<>"),
            publisher=headers.sender(message),
            published_at=headers.sent_at(message),
            labels=tuple(dict.fromkeys((*notes, *more))),
            original=Original(
                format=self.slug, version="", content=content, digest=hashlib.sha256(content).hexdigest()
            ),
        )
        yield own
        for part, kind in carried:
            yield from _labelled(part, kind, own)

    def _kind_of(self, part: Part) -> Format | None:
        if part.kind in {"message/rfc822", "message/global"}:
            return Mail(keys=self._keys, inner=self._inner, depth=self._depth + 1)
        found = None if part.kind in _NEVER_SHARED else self._inner(part.content)
        return None if found is None or found.slug == self.slug else found

    def _words(self, bodies: list[Part]) -> tuple[str, list[str]]:
        texts, notes = [], list[str]()
        for part in bodies:
            content, said = unsealed_text(part.content, self._keys) if part.kind == "text/plain" else (part.content, [])
            text = _decoded(content, part.charset)
            texts.append(markdown_of(text) if part.kind == "text/html" else text)
            notes += said
        return "\n\n".join(texts).strip(), notes


def _labelled(part: Part, kind: Format, own: Document) -> Iterator[Document]:
    """The documents of an attachment, under the stricter of its label and the mail's."""
    try:
        for document in kind.read(part.content):
            yield replace(document, marking=stricter(document.marking, own.marking))
    except Unreadable as error:
        place = f"{part.name or part.kind} {error.place}".strip()
        raise Unreadable(error.reason, place=place, code=error.code) from error


def _decoded(content: bytes, charset: str) -> str:
    try:
        text = content.decode(charset, "replace")
    except (LookupError, ValueError):
        text = content.decode("utf-8", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


def _named(parts: list[Part]) -> str:
    """What is attached, so that the reader knows that there is more in the original."""
    lines = [
        f"- {part.name or part.kind} ({part.kind}, {len(part.content)} bytes)" for part in parts if part.is_attached
    ]
    return "\n".join([_("Attached:"), "", *lines]) if lines else ""
