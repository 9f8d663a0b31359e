"""`schakel sink`: a mail server that only keeps what it gets, for demonstrations and trials."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from schakel.commands.base import SchakelCommand
from schakel.commands.management.commands.bounces import serve
from schakel.post import doors


class Command(SchakelCommand):
    """Keeps mail as files."""

    help = "take all mail on a port of this machine and write it into a folder"
    needs_database = False

    def add_arguments(self, parser: CommandParser) -> None:
        """Where."""
        parser.add_argument("--port", type=int, default=settings.SINK_PORT)
        parser.add_argument("--folder", type=Path, default=settings.DATA_DIR / "sink")

    def run(self, **options: Any) -> None:
        """Serve until told to stop."""
        folder: Path = options["folder"]
        serve(
            lambda: doors.start_sink(folder, options["port"]),
            say=lambda door: self.stdout.write(f"Taking mail on {door} into {folder}, until Ctrl-C"),
        )
