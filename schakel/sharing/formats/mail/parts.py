"""The parts of a message: the words of its writer, and what is attached."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import Message
from typing import Final

from django.utils.translation import gettext as _

from schakel.sharing.formats.base import Unreadable
from schakel.sharing.formats.mail.opening import content_of

MOST_PARTS: Final = 500
DEEPEST: Final = 20
"""Parts within parts; a mail forwarded ten times over, each time with its frame, stays below it."""


@dataclass(frozen=True, slots=True)
class Part:
    """One leaf of a message. `charset` as it says; `name` as it says, for people only."""

    kind: str
    content: bytes
    name: str
    charset: str
    is_attached: bool


def parts_of(message: Message) -> Iterator[Part]:
    """The leaves, in order; of alternatives the plain one. Raises Unreadable for what was made to break readers."""
    for number, part in enumerate(_leaves(message, 0)):
        if number == MOST_PARTS:
            raise Unreadable(_("it has more than %(number)d parts") % {"number": MOST_PARTS}, code="too-large")
        name = str(part.get_filename() or "")
        yield Part(
            kind=part.get_content_type(),
            content=_inner(part) if part.get_content_maintype() == "message" else content_of(part),
            name=name,
            charset=str(part.get_content_charset() or "utf-8"),
            is_attached=part.get_content_disposition() == "attachment" or bool(name),
        )


def _leaves(part: object, depth: int) -> Iterator[Message]:
    if depth > DEEPEST:
        raise Unreadable(_("its parts lie more than %(number)d deep") % {"number": DEEPEST}, code="too-deep")
    if not isinstance(part, Message):  # What a broken message leaves in the place of a part.
        return
    within = part.get_payload()
    if part.get_content_maintype() == "message" or not isinstance(within, list):
        yield part
    else:
        chosen = [_plainest(within)] if part.get_content_type() == "multipart/alternative" and within else within
        for inner in chosen:
            yield from _leaves(inner, depth + 1)


def _plainest(alternatives: Sequence[object]) -> object:
    """The plain text, else the last, which its writer holds for the best (RFC 2046, section 5.1.4)."""
    plain = (
        part
        for part in alternatives
        if isinstance(part, Message) and part.get_content_type() == "text/plain" and content_of(part).strip()
    )
    return next(plain, alternatives[-1])


def _inner(part: Message) -> bytes:
    """An attached message as bytes."""
    within = part.get_payload()
    first = within[0] if isinstance(within, list) and within else None
    return first.as_bytes() if isinstance(first, Message) else content_of(part)
