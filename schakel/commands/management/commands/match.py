"""`schakel match`: listed here with the others; the shell's door goes to `commands.matching` without a detour."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from schakel.commands import matching


class Command(BaseCommand):
    """Hands over."""

    help = matching.HELP
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The same as at the shell's door."""
        matching.add_arguments(parser)

    def handle(self, **options: Any) -> None:
        """Run with what was given."""
        given = [str(options["report"]), "--assets", str(options["assets"]), "--out", str(options["out"])]
        sys.exit(matching.main([*given, "--engine", options["engine"]]))
