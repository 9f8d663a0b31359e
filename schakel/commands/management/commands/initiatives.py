"""`schakel initiatives`: the register of initiatives, as lists and figures."""

from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.utils import timezone

from schakel.collaboration import initiatives, register
from schakel.collaboration.models import DECIDED_BY_HAND, Initiative, InitiativeState
from schakel.commands.base import SchakelCommand
from schakel.kit.refusals import Refused
from schakel.policy.access import SYSTEM
from schakel.registry.files.lists import slugs


class Unknown(Refused):
    """There is nothing of that name."""

    wording = "There is no initiative of this name."


class Command(SchakelCommand):
    """Lists and shows initiatives, gives their figures, keeps a decision or a check."""

    help = "list or show initiatives, give figures, keep a decision or a check"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The act, and what it is about."""
        parser.add_argument("act", choices=["list", "show", "figures", "decide", "check"])
        parser.add_argument("name", nargs="?", default="", help="the name in addresses, such as cyclotron")
        states = [register.RUNNING, register.EVERY, *InitiativeState.values]
        parser.add_argument("--state", default="", choices=["", *states], help="which (list), or what is decided")
        parser.add_argument("--function", default="", choices=["", *slugs("functions")], help="only of this function")
        parser.add_argument("--not-central", action="store_true", help="only what is no part of the central programme")
        parser.add_argument("--stale", action="store_true", help="only what nobody checked for a year")
        parser.add_argument("--reason", default="", help="why it is decided so")

    def run(self, **options: Any) -> dict[str, Any]:
        """Do the act."""
        acts: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "list": _list,
            "show": _show,
            "figures": _figures,
            "decide": _decide,
            "check": _check,
        }
        return acts[options["act"]](options)

    def words(self, figures: dict[str, Any]) -> str:
        """A line per initiative, or a line per figure."""
        if "initiatives" in figures and isinstance(figures["initiatives"], list):
            return "\n".join(f"{row['initiative']}: {row['name']} ({row['state']})" for row in figures["initiatives"])
        return super().words(figures)


def _list(options: dict[str, Any]) -> dict[str, Any]:
    question = register.Question(
        state=options["state"] or register.RUNNING,
        function=options["function"],
        is_not_central=options["not_central"],
        is_stale=options["stale"],
    )
    at = timezone.now()
    told = register.facts(question, by=SYSTEM, at=at, on=timezone.localdate(at), form="command")
    return {"initiatives": list(told)}


def _show(options: dict[str, Any]) -> dict[str, Any]:
    row = _named(options["name"])
    told = register.facts(
        register.Question(state=register.EVERY, slug=row.slug),
        by=SYSTEM,
        at=timezone.now(),
        on=timezone.localdate(),
        form="command",
    )
    return next(told)


def _figures(_options: dict[str, Any]) -> dict[str, Any]:
    return asdict(register.figures(SYSTEM, on=timezone.localdate()))


def _decide(options: dict[str, Any]) -> dict[str, Any]:
    row = _named(options["name"])
    state = options["state"] if options["state"] in DECIDED_BY_HAND else ""
    initiatives.decide(initiative=row, state=state, reason=options["reason"], by=SYSTEM, at=timezone.now())
    return {"initiative": row.slug, "state": row.state}


def _check(options: dict[str, Any]) -> dict[str, Any]:
    row = _named(options["name"])
    initiatives.check(initiative=row, by=SYSTEM, at=timezone.now())
    return {"initiative": row.slug, "checked_on": row.checked_on}


def _named(slug: str) -> Initiative:
    if (row := Initiative.objects.filter(slug=slug).first()) is None:
        raise Unknown
    return row
