"""Doors that mail comes in by: LMTP for what the mail server returns to us, and a sink that keeps what we send."""

import asyncio
import hashlib
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from schakel.post import bounces

LARGEST = 32 * 1024 * 1024
HERE = "127.0.0.1"


Taker = Callable[[bytes, str], str | None]
"""Somebody else who takes mail in, with its recipient: gives a word for it, or None where it is not theirs."""


class MailDoor:
    """Takes mail from our own mail server (RFC 2033): for whoever knows its recipient, else as returned to us."""

    def __init__(self, taker: Taker | None = None) -> None:
        self._taker = taker

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's
        """Answer for each recipient, as LMTP wants it."""
        replies = [await asyncio.to_thread(_take_in, envelope.content, to, self._taker) for to in envelope.rcpt_tos]
        return "\r\n".join(replies)


def _take_in(content: bytes, recipient: str, taker: Taker | None) -> str:
    """A reply of LMTP; a 4xx makes the mail server keep the message and come again."""
    try:
        if taker and (word := taker(content, recipient)):
            return f"250 2.0.0 {word}"
        fate = bounces.take_in(content, at=timezone.now(), recipient=recipient)
    except (DatabaseError, InterfaceError):
        return "451 4.3.0 The database is away, come again"
    finally:
        connection.close()  # The thread that had it may never come back.
    return "450 4.2.0 Too early, come again" if fate == bounces.Fate.EARLY else f"250 2.0.0 {fate}"


class _BounceController(Controller):
    def factory(self) -> SMTP:
        return LMTP(self.handler, **self.SMTP_kwargs)


def serve_lmtp(*, port: int | None = None, host: str = HERE, taker: Taker | None = None) -> Controller:
    """Open the LMTP door in a thread of its own; `stop()` closes it. `taker` is asked first, for each recipient.

    Raises OSError when the port is taken.
    """
    door = _BounceController(
        MailDoor(taker),
        hostname=host,
        port=settings.LMTP_PORT if port is None else port,
        data_size_limit=LARGEST,
        decode_data=False,
        enable_SMTPUTF8=True,
    )
    door.start()
    return door


class Sink:
    """Writes each message as an .eml file, whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(sum(1 for _ in folder.glob("*.eml")) + 1)

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's
        """Keep it, with its envelope on top as a mail server would write it (RFC 5321, 4.4)."""
        to = b"".join(f"Delivered-To: {recipient}\r\n".encode() for recipient in envelope.rcpt_tos)
        content = f"Return-Path: <{envelope.mail_from}>\r\n".encode() + to + envelope.content
        name = f"{next(self._numbers):06}-{hashlib.sha256(content).hexdigest()[:8]}"
        await asyncio.to_thread(self._keep, name, content)
        return "250 2.0.0 kept"

    def _keep(self, name: str, content: bytes) -> None:
        unfinished = self._folder / f".{name}"
        unfinished.write_bytes(content)
        unfinished.replace(self._folder / f"{name}.eml")


def start_sink(folder: Path, port: int | None = None, *, host: str = HERE) -> Controller:
    """Take mail on `port` and write it into `folder`, in a thread of its own; `stop()` ends it.

    Raises OSError when the port is taken.
    """
    folder.mkdir(parents=True, exist_ok=True)
    door = Controller(
        Sink(folder),
        hostname=host,
        port=settings.SINK_PORT if port is None else port,
        data_size_limit=LARGEST,
        decode_data=False,
        enable_SMTPUTF8=True,
    )
    door.start()
    return door
