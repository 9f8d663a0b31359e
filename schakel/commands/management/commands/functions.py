"""`schakel functions`: the functions of the network, their plans, and what is chosen from year to year."""

from argparse import ArgumentParser
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from schakel.commands.base import SchakelCommand
from schakel.governance.beginning import begin
from schakel.governance.functions import functions
from schakel.governance.models import EVERY, PARTS, Dependency, SelectionRound
from schakel.governance.overview import Standing, standings
from schakel.kit.refusals import Invalid
from schakel.policy.access import SYSTEM


class Command(SchakelCommand):
    """Lists or shows the functions, or writes down what the plan says where nothing is written yet."""

    help = "list or show the functions; `begin` writes down what the plan says of them where nothing is written yet"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The act, and the function to show."""
        parser.add_argument("act", nargs="?", default="list", choices=["list", "show", "begin"])
        slugs = [one.slug for one in functions()]
        parser.add_argument("function", nargs="?", choices=slugs, help="which function (show)")

    def run(self, **options: Any) -> dict[str, Any]:
        """Do the act."""
        if options["act"] == "begin":
            return dict(begin(by=SYSTEM, at=timezone.now()))
        found = standings(SYSTEM, day=timezone.localdate())
        if options["act"] == "show":
            return _in_full(next((one for one in found if one.function.slug == options["function"]), None))
        return {"functions": [_told(one) for one in found]}

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


def _in_full(one: Standing | None) -> dict[str, Any]:
    """A function with its plan, its flows and its years. Raises Invalid where none is named."""
    if one is None:
        raise Invalid(_("there is no function of this name."))
    slug = one.function.slug
    flows = Dependency.objects.visible_to(SYSTEM).running()
    rounds = SelectionRound.objects.visible_to(SYSTEM).filter(function=slug).order_by("-year")
    return {
        **_told(one),
        "plan": {name: getattr(one.canvas, name) for name in PARTS} if one.canvas else None,
        "gives": [f"{flow.key} {flow.to_function}" for flow in flows.filter(from_function=slug)],
        "gets": [
            f"{flow.key} {flow.from_function}"
            for flow in flows.filter(to_function__in=[slug, EVERY]).exclude(from_function=slug)
        ],
        "rounds": [{"year": one.year, "state": one.state, "places": one.places_count} for one in rounds],
    }
