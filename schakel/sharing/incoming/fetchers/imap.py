"""A mailbox on a server (IMAP4rev1, RFC 3501), by numbers that last: nothing is fetched twice, nothing is missed."""

import imaplib
import re
import socket
import ssl
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from django.conf import settings

from schakel.kit import lines
from schakel.sharing.formats.base import MAXIMUM_BYTES
from schakel.sharing.incoming.fetching import Fetched, Unreachable
from schakel.sharing.models import ItemSource

SECONDS = 30
PORT, PLAIN_PORT = 993, 143
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class ImapFetcher:
    """Mails of one folder: `imaps://user@host/folder`, the password in the source's file."""

    def fetch(self, source: ItemSource, *, at: datetime) -> Iterator[Fetched]:  # noqa: ARG002 - mails bear their own
        """The mails that came after the last one, oldest first. Raises Unreachable."""
        try:
            box = _opened(urlsplit(source.address), _secret(source))
            try:
                yield from _new(box, source.position)
            finally:
                box.logout()
        except (imaplib.IMAP4.error, OSError, ssl.SSLError, lines.NotPublic, ValueError) as failure:
            raise Unreachable(str(failure) or type(failure).__name__) from failure


def _secret(source: ItemSource) -> str:
    return Path(source.secret_file).read_text(encoding="utf-8").strip() if source.secret_file else ""


def _opened(place: SplitResult, password: str) -> imaplib.IMAP4:
    allowed = {"imaps", "imap"} if settings.SOURCES_PRIVATE else {"imaps"}
    if place.scheme not in allowed or not place.hostname:
        raise Unreachable("an address of a mailbox reads imaps://user@host/folder.")
    box = _Guarded(place.hostname, place.port, is_plain=place.scheme == "imap")
    try:
        box.login(unquote(place.username or ""), password)
        answer, said = box.select(f'"{unquote(place.path.strip("/")) or "INBOX"}"', readonly=True)
    except BaseException:
        box.shutdown()
        raise
    if answer != "OK":
        box.logout()
        raise Unreachable(said[0].decode(errors="replace") if said and said[0] else "no such folder.")
    return box


def _new(box: imaplib.IMAP4, position: dict[str, Any]) -> Iterator[Fetched]:
    validity = int((box.response("UIDVALIDITY")[1] or [b"0"])[0] or 0)
    last = int(position.get("uid", 0)) if position.get("validity") == validity else 0
    found = box.uid("SEARCH", "UID", f"{last + 1}:*")[1]
    numbers = sorted({int(number) for number in (found[0] or b"").split()})
    for number in numbers:
        if number > last:  # "n:*" always means the last one too (RFC 3501, section 6.4.8).
            yield Fetched(content=_mail(box, number), name=f"{number}", position={"validity": validity, "uid": number})


def _mail(box: imaplib.IMAP4, number: int) -> bytes:
    said = box.uid("FETCH", str(number), "(RFC822.SIZE)")[1]
    size = _SIZE.search(said[0] or b"") if said and isinstance(said[0], bytes) else None
    if size and int(size[1]) > MAXIMUM_BYTES:
        return b""  # Held back as of no format; reading it would take the memory of this machine.
    parts = box.uid("FETCH", str(number), "(BODY.PEEK[])")[1]
    return next((part[1] for part in parts if isinstance(part, tuple)), b"")


class _Guarded(imaplib.IMAP4):
    """A line to an address that has been judged, encrypted for the name that was asked for."""

    def __init__(self, host: str, port: int | None, *, is_plain: bool) -> None:
        self._is_plain = is_plain
        super().__init__(host, port or (PLAIN_PORT if is_plain else PORT), timeout=SECONDS)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        line = lines.connect(self.host, self.port, seconds=timeout or SECONDS, may_be_private=settings.SOURCES_PRIVATE)
        if self._is_plain:
            return line
        return lines.tls_context().wrap_socket(line, server_hostname=self.host)
