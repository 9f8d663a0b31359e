"""Sealed and signed mail (RFC 3156): the message within its envelopes."""

import email
import re
from email.message import Message
from typing import Final

from django.utils.translation import gettext as _

from schakel.sharing.formats.base import Unreadable
from schakel.sharing.formats.mail.keys import Keys

MOST_LAYERS: Final = 3
"""Signed within sealed is two; nobody seals more often."""
_BEGIN, _END = b"-----BEGIN PGP MESSAGE-----", b"-----END PGP MESSAGE-----"


def opened(source: bytes, keys: Keys) -> tuple[Message, tuple[str, ...]]:
    """The message within its envelopes, and what is to be noted of seal and signature.

    Raises Unreadable, code `signature`.
    """
    notes: list[str] = []
    message = envelope = email.message_from_bytes(source)
    for _layer in range(MOST_LAYERS):
        kind = (message.get_content_type(), str(message.get_param("protocol") or "").lower())
        if kind == ("multipart/encrypted", "application/pgp-encrypted"):
            source, found = keys.unsealed(_part(message, 1))
            notes += found
        elif kind == ("multipart/signed", "application/pgp-signature"):
            signature = _part(message, 1)
            source = _signed(source, str(message.get_boundary()))
            notes.append(keys.judged(source, signature))
        else:
            break
        message = email.message_from_bytes(source)
    _address(message, envelope)
    return message, tuple(dict.fromkeys(notes))


def unsealed_text(content: bytes, keys: Keys) -> tuple[bytes, list[str]]:
    """A text with the first armoured part opened in its place. Raises Unreadable."""
    begin = content.find(_BEGIN)
    end = content.find(_END, begin)
    if begin < 0 or end < 0:
        return content, []
    end += len(_END)
    text, notes = keys.unsealed(content[begin:end])
    return content[:begin] + text + content[end:], notes


def _address(message: Message, envelope: Message) -> None:
    """What stands on the envelope holds where the message within does not say it itself."""
    for name in ("From", "Subject", "Date", "Message-ID"):
        if name not in message and name in envelope:
            message[name] = envelope[name]


def content_of(part: object) -> bytes:
    """What a leaf of a message holds, decoded; nothing where it is none."""
    payload = part.get_payload(decode=True) if isinstance(part, Message) else None
    return payload if isinstance(payload, bytes) else b""


def _part(message: Message, number: int) -> bytes:
    parts = message.get_payload()
    if not isinstance(parts, list) or len(parts) <= number:
        raise Unreadable(_("the sealed or signed message lacks one of its two parts"), code="signature")
    return content_of(parts[number])


def _signed(source: bytes, boundary: str) -> bytes:
    """The first part byte for byte, with the line ends that signatures are made over (RFC 3156, section 5)."""
    line = re.escape(b"--" + boundary.encode(errors="replace"))
    edges = [found.span() for found in re.finditer(rb"(?:\A|\r?\n)" + line + rb"[ \t]*(?:\r?\n|\Z)", source)]
    if len(edges) < 2:  # noqa: PLR2004 - one before and one after it
        raise Unreadable(_("the sealed or signed message lacks one of its two parts"), code="signature")
    return re.sub(rb"\r?\n", b"\r\n", source[edges[0][1] : edges[1][0]])
