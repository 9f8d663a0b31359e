"""`schakel coverage`: who can be reached, for one function, as a whole or told apart."""

import time
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.utils import timezone

from schakel.commands.base import Progress, SchakelCommand
from schakel.kit.refusals import Invalid
from schakel.oversight.coverage import exports, reading, refreshing
from schakel.oversight.coverage.dimensions import REGION, SECTION, SECTOR, SIZE, STATUS, functions
from schakel.oversight.coverage.tables import WHOLE
from schakel.policy.access import SYSTEM

BY = {"sector": SECTOR, "section": SECTION, "region": REGION, "size": SIZE, "nis2": STATUS}
"""The words of the command for the dimensions of coverage."""


class Command(SchakelCommand):
    """Counts coverage anew, as far as anything changed, and prints it."""

    help = "count which organisations can be reached, on paper and as measured"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Function, table, day, and whether to read everything anew."""
        parser.add_argument("--function", default="notification", choices=functions(), help="default notification")
        parser.add_argument("--by", choices=BY, help="tell apart by this")
        parser.add_argument("--on", type=date.fromisoformat, help="as the registry stands for that day; default today")
        parser.add_argument("--fresh", action="store_true", help="read everything anew, not only what changed")

    def run(self, **options: Any) -> dict[str, Any]:
        """Count and show."""
        at, progress, started = timezone.now(), Progress("coverage"), time.monotonic()
        if options["on"] and options["on"] > timezone.localdate(at):
            raise Invalid("--on: this day has not come yet.")
        counted = refreshing.refresh(by=SYSTEM, at=at, on=options["on"], is_whole=options["fresh"], progress=progress)
        progress.end()
        table = (BY[options["by"]],) if options["by"] else WHOLE
        found = reading.cells(counted, function=options["function"], tables=[WHOLE, table])
        whole = exports.plain(WHOLE, (found[WHOLE] or [reading.NOBODY])[0])
        rows = {"by": options["by"], "rows": [exports.plain(table, cell) for cell in found[table]]}
        return {
            "on": counted.on,
            "counted_at": counted.counted_at,
            "function": options["function"],
            "partners": counted.partners_count,
            "memberships": counted.memberships_count,
            "estimates": counted.estimates_count,
            **whole,
            **(rows if options["by"] else {}),
            "seconds": round(time.monotonic() - started, 2),
        }

    def words(self, figures: dict[str, Any]) -> str:
        """The whole in a sentence, then a line per row."""
        known = figures["population"]
        lines = [
            f"{figures['on']}, {figures['function']}: {_reached(figures)} of {known:,} organisations can be reached"
        ]
        if "told" in figures:
            steps = [f"{figures[step]:,} {step}" for step in ("told", "opened", "answered")]
            lines.append("in the past year: " + ", ".join(steps))
        for row in figures.get("rows", []):
            name = next(iter(row.values())) or "unknown"
            lines.append(f"{_reached(row):>20} of {row['population']:>10,}  {name}")
        return "\n".join(lines)


def _reached(counts: dict[str, Any]) -> str:
    """A number, or a band where estimates make it one."""
    low, high = counts["low"], counts["high"]
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"
