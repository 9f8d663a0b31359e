"""What all commands share: a ready database, refusals as exit 1, figures as text or JSON, progress that moves."""

import argparse
import json
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import override

from schakel.commands import database
from schakel.kit.refusals import Refused

HIDDEN = {
    "settings", "pythonpath", "traceback", "no_color", "force_color", "skip_checks", "version", "verbosity",
}  # fmt: skip


class SchakelCommand(BaseCommand):
    """A command of ours. Subclasses implement `run` and return its figures, or None."""

    requires_system_checks: list[str] = []
    needs_database = True
    stealth_options = ("json",)

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Add --json, and hide what Django adds and nobody of ours needs."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        for action in parser._actions:  # noqa: SLF001 - argparse has no public way to hide an option
            if action.dest in {
                "settings",
                "pythonpath",
                "traceback",
                "no_color",
                "force_color",
                "skip_checks",
                "version",
            }:
                action.help = argparse.SUPPRESS
        parser.add_argument("--json", action="store_true", help="print the result as JSON, for machines")
        return parser

    def handle(self, **options: Any) -> None:
        """Run, print, and translate refusals."""
        if self.needs_database:
            database.ready()
        try:
            with override("en"):  # The shell speaks English, lazy texts in what is shown too.
                figures = self.run(**options)
                if figures is not None:
                    self.show(figures, as_json=options["json"])
        except Refused as refused:
            with override("en"):
                self.refuse(str(refused), as_json=options["json"])

    def run(self, **options: Any) -> dict[str, Any] | None:
        """Do the work."""
        raise NotImplementedError

    def show(self, figures: dict[str, Any], *, as_json: bool) -> None:
        """Print the figures."""
        self.stdout.write(json.dumps(figures, default=str) if as_json else self.words(figures))
        self.stdout.flush()  # Who waits for the result need not wait for the embedded server to stop.

    def words(self, figures: dict[str, Any]) -> str:
        """The figures for people: a line each."""
        return "\n".join(f"{name}: {value}" for name, value in figures.items())

    def refuse(self, reason: str, *, as_json: bool) -> None:
        """Say why not, and end with 1."""
        if as_json:
            self.stdout.write(json.dumps({"refused": reason}))
        else:
            self.stderr.write(f"Refused: {reason}")
        sys.exit(1)


class Progress:
    """A line on the terminal that moves while work goes on; silent where nobody watches."""

    def __init__(self, label: str) -> None:
        self._label, self._shown_at, self._started_at = label, 0.0, time.monotonic()

    def __call__(self, done: int, words: str = "") -> None:
        """Say how many are done; written five times a second at most."""
        now = time.monotonic()
        if sys.stderr.isatty() and now - self._shown_at > 0.2:  # noqa: PLR2004
            self._shown_at = now
            rate = done / max(now - self._started_at, 0.001)
            sys.stderr.write(f"\r\x1b[K{self._label}: {done:,} {words} ({rate:,.0f}/s)")
            sys.stderr.flush()

    def end(self) -> None:
        """Clear the line."""
        if self._shown_at:
            sys.stderr.write("\r\x1b[K")
