"""`schakel rematch`: stored observations are matched again for what changed in the registry."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from schakel.commands.base import Progress, SchakelCommand
from schakel.kit.refusals import Refused
from schakel.notices.rematching import rematch
from schakel.policy.access import SYSTEM


class Busy(Refused):
    """Another run has not ended yet."""

    wording = "Another process matches again at this moment; its page shows how far it is."


class Command(SchakelCommand):
    """Looks at the stored reports of the past year for what changed, tells what is open, closes what is not theirs."""

    help = "match the stored observations of the past year again for what changed in the registry"

    def add_arguments(self, parser: CommandParser) -> None:
        """From where on."""
        span = parser.add_mutually_exclusive_group()
        span.add_argument("--since", type=int, metavar="REVISION", help="for what changed after it; else the last run")
        span.add_argument("--all", action="store_true", help="for the whole registry, as if all of it were new")

    def run(self, **options: Any) -> dict[str, Any]:
        """One run. Raises Busy."""
        progress = Progress("rematch")
        since = -1 if options["all"] else options["since"]
        done = rematch(by=SYSTEM, at=timezone.now(), since=since, progress=progress)
        progress.end()
        if done is None:
            raise Busy
        counts = {name: value for name, value in done.counts.items() if name != "stragglers"}
        return {"run": done.pk, "since": done.assets_from, "until": done.assets_until} | counts
