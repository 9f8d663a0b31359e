"""`schakel generate`: a fictional country as files."""

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from schakel.commands.base import Progress, SchakelCommand
from schakel.kit.refusals import Invalid
from schakel.registry.generate import generate


class Command(SchakelCommand):
    """Writes the registry's tables, a baseline of who could join, and a day of reports."""

    help = "write a fictional country as files, the same for the same seed"
    needs_database = False

    def add_arguments(self, parser: CommandParser) -> None:
        """Size, seed and place."""
        parser.add_argument("--organisations", type=int, required=True, metavar="N", help="how many organisations")
        parser.add_argument("--seed", type=int, default=1, metavar="S", help="another seed gives another country")
        parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder to write to")
        for name, whose in (("memberships", "partners"), ("prospect-memberships", "prospects")):
            parser.add_argument(
                f"--{name}", type=float, default=2.0, metavar="M",
                help=f"in about how many constituencies of {whose} an organisation is; 2 when nothing is said",
            )  # fmt: skip
        parser.add_argument("--xlsx", action="store_true", help="write the baseline as a workbook too")
        parser.add_argument("--day", type=date.fromisoformat, help="day of the reports, such as 2026-11-20; else today")

    def run(self, **options: Any) -> dict[str, Any]:
        """Write the files."""
        progress = Progress("organisations")
        try:
            return generate(
                organisations=options["organisations"],
                seed=options["seed"],
                out=options["out"],
                day=options["day"] or timezone.localdate(),
                memberships=options["memberships"],
                prospect_memberships=options["prospect_memberships"],
                with_workbook=options["xlsx"],
                progress=lambda done, _all: progress(done),
            )
        except ValueError as problem:
            raise Invalid(str(problem)) from problem
        except OSError as problem:
            raise Invalid(f"{problem.filename}: {problem.strerror}") from problem
        finally:
            progress.end()

    def words(self, figures: dict[str, Any]) -> str:
        """A line per file."""
        counts = {f"{name}.csv": count for name, count in figures.items() if type(count) is int}
        counts |= {f"reports/{name}": count for name, count in figures["reports"].items()}
        lines = [f"{count:>12,} rows  {name}" for name, count in counts.items()]
        return "\n".join([*lines, f"written to {figures['folder']} in {figures['seconds']} seconds"])
