"""`schakel deliver`: the outgoing post once, without a worker."""

from typing import Any

from django.core.management.base import CommandParser

from schakel.commands.base import SchakelCommand
from schakel.post import steps


class Command(SchakelCommand):
    """Delivers what is due."""

    help = "send what is due by mail and webhook, and take up what a killed sender left behind"

    def add_arguments(self, parser: CommandParser) -> None:
        """How long."""
        parser.add_argument("--seconds", type=float, help="stop after so many seconds (default: when nothing is due)")

    def run(self, **options: Any) -> dict[str, Any]:
        """Deliver."""
        return steps.deliver_all(seconds=options["seconds"])
