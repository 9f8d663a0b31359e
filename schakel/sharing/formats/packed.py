"""What comes packed: gzip and zip, by the same reader and limits as reports of findings."""

import io
from collections.abc import Iterator, Sequence
from typing import Final

from django.utils.translation import gettext_lazy as _

from schakel.intake.formats.flows import Flow
from schakel.intake.formats.shapes import FormatRefused, Limits
from schakel.intake.formats.wrappers import ARCHIVES, members
from schakel.sharing.document import Document
from schakel.sharing.formats.base import MAXIMUM_BYTES, Format, Uncarried, Unreadable, Written
from schakel.sharing.formats.recognise import recognised

LIMITS: Final = Limits(decompressed_bytes=MAXIMUM_BYTES, ratio_from_bytes=16 << 20)
MOST_MEMBERS: Final = 10_000
_CODES: Final = {"bomb": "too-large", "too-large": "too-large"}
_REFUSED: Final = {
    "bomb": _("the archive grows too much as it is unpacked: it looks made to fill a disk."),
    "too-large": _("what is in the archive is too large."),
    "encrypted": _("the archive is locked with a password: send it without one."),
    "nested-archive": _("there is an archive within the archive: unpack it first."),
    "office-document": _("this is an office document: save it as text and send that."),
    "unknown-archive": _("only gzip and zip archives are opened: unpack this one first."),
}


class Packed:
    """An archive of documents, each of one of the `formats`."""

    slug = "packed"

    def __init__(self, formats: Sequence[Format]) -> None:
        self._formats = formats

    def recognises(self, content: bytes) -> bool:
        """Whether it begins as an archive does."""
        return content.startswith(ARCHIVES)

    def read(self, content: bytes) -> Iterator[Document]:
        """The documents of each file in it. Raises Unreadable for bombs, nested and broken archives."""
        try:
            for number, (name, flow) in enumerate(members(io.BytesIO(content), name="", limits=LIMITS)):
                if number == MOST_MEMBERS:
                    words = _("the archive holds more than %(number)d files") % {"number": MOST_MEMBERS}
                    raise Unreadable(words, code="too-large")
                yield from self._member(name, flow)
        except FormatRefused as error:
            raise Unreadable(
                _REFUSED.get(error.reason, error.sentence), code=_CODES.get(error.reason, "syntax")
            ) from error

    def write(self, document: Document, *, version: str = "") -> Written:  # noqa: ARG002 - archives are for reading
        """Never: documents leave one by one."""
        raise Uncarried(_("an archive is read, never written"), fields=(document.title,))

    def _member(self, name: str, flow: Flow) -> Iterator[Document]:
        try:
            content = _whole(flow)
            yield from recognised(content, self._formats).read(content)
        except Unreadable as error:
            raise Unreadable(error.reason, place=f"{name} {error.place}".strip(), code=error.code) from error


def _whole(flow: Flow) -> bytes:
    content = b"".join(iter(lambda: flow.read(1 << 20), b""))
    if flow.broken:
        raise Unreadable(_("the archive is damaged or breaks off here"), code="syntax")
    return content
