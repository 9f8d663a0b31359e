"""What a format is, and how it says no."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from django.utils.functional import Promise

from schakel.kit.refusals import Refused
from schakel.sharing.document import Document

MAXIMUM_BYTES = 100 * 1024 * 1024
"""No document is longer, unpacked."""
MAXIMUM_DEPTH = 100
"""No document is nested deeper; what is, was made to break its reader."""


class Unreadable(Refused):
    """The document is not what it should be: `place` says where (JSON pointer, line), `reason` what is wrong.

    `code` is lasting, for machines and tests: `schema`, `syntax`, `too-large`, `too-deep`, `cycle`, `duplicate`,
    `label`, `encoding`, `signature`, `hash`, `unknown-format`, `reference`, `time`.
    """

    def __init__(self, reason: str | Promise, *, place: str = "", code: str = "schema") -> None:
        """Keep place, reason and code apart."""
        super().__init__(f"{place}: {reason}" if place else reason)
        self.reason, self.place, self.code = reason, place, code


class Uncarried(Refused):
    """The format has no place for something that may not be left out: `fields` says what."""

    def __init__(self, reason: str | Promise, *, fields: tuple[str, ...] = ()) -> None:
        """Keep the fields."""
        super().__init__(reason)
        self.fields = fields


@dataclass(frozen=True, slots=True)
class Written:
    """A document as bytes. `left_out`: the fields of ours that the format has no place for, with the reason."""

    content: bytes
    media_type: str
    name: str
    left_out: Mapping[str, str]


class Format(Protocol):
    """One format in all its versions."""

    slug: str

    def recognises(self, content: bytes) -> bool:
        """Whether the content claims to be of this format; says nothing of whether it is sound."""
        ...

    def read(self, content: bytes) -> Iterator[Document]:
        """The documents in it, one after the other. Raises Unreadable, before the first or between two."""
        ...

    def write(self, document: Document, *, version: str = "") -> Written:
        """The document in this format. Raises Uncarried."""
        ...
