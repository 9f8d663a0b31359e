"""`schakel import`: the registry, and what is known of weaknesses, from files."""  # noqa: N999 - the word people type

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from schakel.collaboration import load as initiatives
from schakel.commands.base import Progress, SchakelCommand
from schakel.intake import weakness_load
from schakel.policy.access import SYSTEM
from schakel.registry import actions
from schakel.registry.load import PLANS

SHOWN_LINES = 20
LONGEST_SHOWN = 60


class Command(SchakelCommand):
    """Takes in a file; the same file again changes nothing."""

    help = "bring the registry up to date with a file: CSV, XLSX or Parquet"

    def add_arguments(self, parser: CommandParser) -> None:
        """What it holds, and where it is."""
        parser.add_argument("kind", choices=[*PLANS, "weaknesses", "initiatives"], help="what the file holds")
        parser.add_argument(
            "file",
            type=Path,
            nargs="?",
            metavar="FILE",
            help="weaknesses: the KEV catalogue or EPSS scores; initiatives: our own list where none is given",
        )
        parser.add_argument("--bad", type=Path, metavar="FILE", help="write all rows not taken in to this CSV file")

    def run(self, **options: Any) -> dict[str, Any]:
        """Import, and show what came of it."""
        if options["kind"] == "initiatives":
            return initiatives.import_file(path=options["file"], bad=options["bad"], by=SYSTEM, at=timezone.now())
        if options["file"] is None:
            raise CommandError(f"name the file that holds the {options['kind']}.", returncode=2)
        progress = Progress(f"{options['kind']} from {options['file'].name}")
        given = {"path": options["file"], "bad": options["bad"], "by": SYSTEM, "at": timezone.now()}
        try:
            if options["kind"] == "weaknesses":
                return weakness_load.import_file(**given, progress=progress)
            return actions.import_file(**given, kind=options["kind"], progress=progress).figures()
        finally:
            progress.end()

    def words(self, figures: dict[str, Any]) -> str:
        """The first rows that were not taken, then the counts."""
        rows = figures["bad_rows"][:SHOWN_LINES]
        more = figures["bad"] - len(rows)
        lines = [_words(row) for row in rows] + [f"and {more:,} more, see --bad" for _ in range(more > 0)]
        lines += figures.get("warnings", [])
        lines += [f"{gone:,} weaknesses withdrawn" for gone in (figures.get("withdrawn", 0),) if gone]
        counts = (
            f"{figures['rows']:,} rows = {figures['added']:,} added + {figures['changed']:,} changed"
            f" + {figures['unchanged']:,} unchanged + {figures['bad']:,} bad"
        )
        return "\n".join([*lines, counts, f"{figures['seconds']:,} seconds, {figures['rows_per_second']:,} rows/s"])


def _words(row: dict[str, Any]) -> str:
    place = f"line {row['line']}" + (f", {row['column']}" if row["column"] else "")
    value = f" “{row['value'][:LONGEST_SHOWN]}”" if row["value"] else ""
    return f"{place}{value}: {row['words']}"
