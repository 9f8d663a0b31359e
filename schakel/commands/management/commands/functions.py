"""`schakel functions`: the functions of the network, and what the plan says of them."""

from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from schakel.commands.base import SchakelCommand
from schakel.governance.beginning import begin
from schakel.governance.overview import Standing, standings
from schakel.policy.access import SYSTEM


class Command(SchakelCommand):
    """Lists the functions, or writes down what the plan says where nothing is written yet."""

    help = "list the functions; `begin` writes down what the plan says of them where nothing is written yet"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The act."""
        parser.add_argument("act", nargs="?", default="list", choices=["list", "begin"])

    def run(self, **options: Any) -> dict[str, Any]:
        """Do the act."""
        if options["act"] == "begin":
            return dict(begin(by=SYSTEM, at=timezone.now()))
        return {"functions": [_told(one) for one in standings(SYSTEM, day=timezone.localdate())]}

    def words(self, figures: dict[str, Any]) -> str:
        """A line per function."""
        if "functions" not in figures:
            return super().words(figures)
        lines = (
            f"{one['function']}: {one['partners']} partners, plan {one['version'] or 'none'}"
            for one in figures["functions"]
        )
        return "\n".join(lines)


def _told(one: Standing) -> dict[str, Any]:
    canvas = one.canvas
    return {
        "function": one.function.slug,
        "partners": one.partners_count,
        "version": canvas.version if canvas else None,
        "lead": canvas.lead.name if canvas and canvas.lead else None,
        "coordinator": canvas.coordinator if canvas else "",
        "questions": one.questions_count,
    }
