"""`schakel serve`: all in one, for a laptop: database, web, worker and a sink that catches the mail."""

import subprocess
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandParser

from schakel.commands.base import SchakelCommand


class Command(SchakelCommand):
    """Runs the parts beside each other until stopped; when one ends, all end."""

    help = "run everything on one machine, with a sink that catches the mail"

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to listen, and whether mail really goes out."""
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on")
        parser.add_argument("--no-sink", action="store_true", help="send mail to SCHAKEL_SMTP_URL, catch none")

    def run(self, **options: Any) -> None:
        """Start the parts, serve the site in this process, and stop the parts with it."""
        parts = [_part("worker")]
        if not options["no_sink"]:
            parts.append(_part("sink"))
        self.stdout.write(
            f"{settings.PLATFORM_NAME} is at http://{options['host']}:{options['port']} (Ctrl-C stops it)."
        )
        self.stdout.flush()
        try:
            call_command("web", host=options["host"], port=options["port"])
        finally:
            for part in parts:
                part.terminate()
            for part in parts:
                _ended(part)


def _ended(part: subprocess.Popen[bytes]) -> None:
    """Wait for a part, not for ever: what it was at is safe in the database."""
    try:
        part.wait(timeout=20)
    except subprocess.TimeoutExpired:
        part.kill()


def _part(*command: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "schakel.commands.main", *command])  # noqa: S603
