"""`schakel bounces`: read back what mail servers could not deliver."""

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from django.conf import settings
from django.core.management.base import CommandParser
from django.utils import timezone

from schakel.commands.base import SchakelCommand
from schakel.post import bounces, doors
from schakel.sharing.incoming import letterbox


class Command(SchakelCommand):
    """Reads a mailbox, or keeps the LMTP door open."""

    help = "read bounces from a mailbox (mbox, maildir, folder of .eml, one message), or take mail by LMTP"

    def add_arguments(self, parser: CommandParser) -> None:
        """Either a mailbox or the door."""
        either = parser.add_mutually_exclusive_group(required=True)
        either.add_argument("mailbox", nargs="?", type=Path, help="the mailbox, file or folder")
        either.add_argument("--serve", action="store_true", help=f"take them by LMTP on port {settings.LMTP_PORT}")

    def run(self, **options: Any) -> dict[str, Any] | None:
        """Read and count, or serve until told to stop."""
        if not options["serve"]:
            return dict(bounces.read(options["mailbox"], at=timezone.now()))
        serve(
            lambda: doors.serve_lmtp(taker=letterbox.word_for),
            say=lambda door: self.stdout.write(f"Taking bounces, and items by mail, by LMTP on {door}, until Ctrl-C"),
        )
        return None


def serve(start: Callable[[], Controller], *, say: Callable[[str], object]) -> None:
    """Keep a door open until Ctrl-C or a service manager's stop."""
    ends = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)  # Before the door's thread begins, which would die of them.
    door = start()
    say(f"{door.hostname}:{door.port}")
    signal.sigwait(ends)
    door.stop()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ends)
