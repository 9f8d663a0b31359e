"""`schakel search`: the index by which shared items are found is made anew."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from schakel.commands.base import Progress, SchakelCommand
from schakel.policy.access import SYSTEM
from schakel.sharing.items import reindexing


class Command(SchakelCommand):
    """Makes the index of shared items anew from their versions that are out."""

    help = "make the index of shared items anew, after an upgrade that changes how words are read"

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do."""
        parser.add_argument("act", choices=["rebuild"], help="what to do")

    def run(self, **_options: Any) -> dict[str, Any]:
        """Rebuild."""
        progress = Progress("search")
        count = reindexing.rebuild(by=SYSTEM, at=timezone.now(), progress=progress)
        progress.end()
        return {"items": count}
