"""`schakel send`: ready notices go to their channels."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from schakel.commands.base import Progress, SchakelCommand
from schakel.notices.steps.compose import close_all_windows
from schakel.notices.steps.hand_over import hand_over
from schakel.policy.access import SYSTEM
from schakel.post import steps


class Command(SchakelCommand):
    """Hands ready notices over and delivers what is due."""

    help = "hand ready notices to their channels, and deliver"

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether to wait for windows."""
        parser.add_argument(
            "--now", action="store_true", help="do not wait for windows to close: send all that gathers"
        )

    def run(self, **options: Any) -> dict[str, Any]:
        """Hand over, then deliver until nothing is due."""
        if options["now"]:
            close_all_windows()
        progress, handed = Progress("notices"), 0
        for batch in hand_over(by=SYSTEM, at=timezone.now()):
            handed += batch
            progress(handed, "handed over")
        progress.end()
        return {"handed_over": handed, **steps.deliver_all(by=SYSTEM)}
