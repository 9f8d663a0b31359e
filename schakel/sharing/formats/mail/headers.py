"""Headers as words: encoded or not, sound or not (RFC 5322, RFC 2047)."""

import email.header
import re
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from typing import Final

_BLANKS: Final = re.compile(r"\s+")
_UNPRINTABLE: Final = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_REPLIES: Final = re.compile(r"^(?:(?:re|fwd?|fw|antw|doorst|tr|aw|wg)\s?:\s*)+", re.IGNORECASE)
LONGEST: Final = 1000


def words(message: Message, name: str) -> str:
    """A header in plain letters on one line; empty where there is none."""
    raw = str(message.get(name, ""))[: 4 * LONGEST]
    try:
        text = str(email.header.make_header(email.header.decode_header(raw)))
    except (HeaderParseError, LookupError, UnicodeError, ValueError):  # What other programs write there is theirs.
        text = raw
    return _UNPRINTABLE.sub("", _BLANKS.sub(" ", text)).strip()[:LONGEST]


def subject(message: Message) -> str:
    """The subject without the marks of replies and forwards."""
    return _REPLIES.sub("", words(message, "Subject"))


def sender(message: Message) -> str:
    """Who it says it is from: the name, else the address."""
    name, address = parseaddr(words(message, "From"))
    return name or address


def sent_at(message: Message) -> datetime | None:
    """When it says it was sent; None where it does not, or in a way that nobody reads."""
    try:
        at = parsedate_to_datetime(words(message, "Date"))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
