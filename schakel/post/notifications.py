"""Reading what mail servers say of a message (RFC 3464, RFC 6533): which one, and whether it arrived. No database."""

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser
from enum import StrEnum

from schakel.post import verp

_STATUS_PARTS = {"message/delivery-status", "message/global-delivery-status"}
_ORIGINAL_PARTS = {
    "message/rfc822", "message/rfc822-headers", "text/rfc822-headers", "message/global", "message/global-headers",
}  # fmt: skip
_RECIPIENT_HEADERS = ("To", "Delivered-To", "X-Original-To", "Envelope-To")
_HEADER = re.compile(rb"^(message-id|return-path):[ \t\r\n]*(.*)$", re.IGNORECASE | re.MULTILINE)
_BLANK = re.compile(rb"\r?\n[ \t]*\r?\n")
WORDS_LIMIT = 500


class Action(StrEnum):
    """What became of a message, by the server's own word (RFC 3464, 2.3.3)."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"
    EXPANDED = "expanded"


@dataclass(frozen=True, slots=True)
class Notification:
    """A delivery status notification about one message of ours, perhaps."""

    action: Action
    words: str  # Status code and diagnostic, as the server gave them.
    attempt_ids: tuple[int, ...]  # From our return addresses; each was sealed by us.
    message_id: str


def notification_of(content: bytes, *, recipient: str = "") -> Notification | None:
    """Read a message; None when it is no delivery status notification.

    `recipient` is the envelope's, where it is known. Of several recipients the worst fate counts: each of our
    messages has one.
    """
    message = email.message_from_bytes(content)
    fields = [block for part in _parts(message, _STATUS_PARTS) for block in _blocks(part)]
    fates = [(action, block) for block in fields if (action := _action(block))]
    if not fates:
        return None
    action, block = min(fates, key=lambda fate: list(Action).index(fate[0]))
    original = dict(_headers_of_original(message))
    addresses = [recipient, original.get("return-path", "")]
    addresses += [value for header in _RECIPIENT_HEADERS for value in map(str, message.get_all(header, []))]
    return Notification(
        action=action,
        words=_words(block),
        attempt_ids=tuple(dict.fromkeys(verp.attempts_in(" ".join(addresses)))),
        message_id=original.get("message-id", ""),
    )


def _parts(message: Message, kinds: set[str]) -> Iterator[Message]:
    return (part for part in message.walk() if part.get_content_type() in kinds)


def _blocks(part: Message) -> Iterator[Message]:
    """The groups of fields of a status part: about the message, then one per recipient."""
    _head, _, body = _flat(part).partition(b"\n\n")
    return (BytesHeaderParser().parsebytes(block.strip()) for block in _BLANK.split(body))


def _flat(part: Message) -> bytes:
    return part.as_bytes().replace(b"\r\n", b"\n")


def _action(block: Message) -> Action | None:
    word = str(block.get("Action", "")).partition(";")[0].strip().lower()
    return Action(word) if word in {*Action} else None


def _words(block: Message) -> str:
    said = [str(block.get("Status", "")), str(block.get("Diagnostic-Code", "")).partition(";")[2]]
    return " ".join(" ".join(said).split()).replace("\0", "")[:WORDS_LIMIT]


def _headers_of_original(message: Message) -> Iterator[tuple[str, str]]:
    for part in _parts(message, _ORIGINAL_PARTS):
        for name, value in _HEADER.findall(_flat(part)):
            yield name.decode().lower(), value.decode(errors="replace").strip()
