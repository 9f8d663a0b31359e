"""`schakel partners`: the register of partners, prospects, signals and duplicates, in lists."""

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from schakel.commands.base import SchakelCommand
from schakel.kit.refusals import Invalid, Refused
from schakel.policy.access import SYSTEM
from schakel.registry.files.lists import slugs
from schakel.registry.models import (
    Activity,
    Commitment,
    Likeness,
    LikenessState,
    Partner,
    PartnerStanding,
    Prospect,
    Signal,
)
from schakel.registry.partners import estimates, prospects, register
from schakel.registry.successions import duplicates


class Unknown(Refused):
    """There is nobody of that key."""

    wording = "There is no partner and no prospect of this key."


class Command(SchakelCommand):
    """Lists who takes part, who could, whom to look at, and who stands there twice."""

    help = "list partners, prospects, signals or duplicates; show one partner"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to list, and by what to narrow it."""
        parser.add_argument("what", choices=[*ACTS], help="what to list; `show` needs a key")
        parser.add_argument("key", nargs="?", default="", help="the key of the partner or prospect (show)")
        parser.add_argument("--function", default="", choices=["", *slugs("functions")], help="take part in it (list)")
        parser.add_argument("--category", default="", help="core, ecosystem, connection (list, prospects)")
        parser.add_argument("--stale", action="store_true", help="only those not spoken with for long (prospects)")

    def run(self, **options: Any) -> dict[str, Any]:
        """Do the listing."""
        return ACTS[options["what"]](options)

    def words(self, figures: dict[str, Any]) -> str:
        """A line per row."""
        rows = next((value for value in figures.values() if isinstance(value, list)), None)
        if rows is None or "key" in figures:
            return super().words(figures)
        lines = ["  ".join(str(value) for value in row.values() if value not in ("", None, [])) for row in rows]
        return "\n".join([*lines, f"{len(rows):,} rows"])


def _list(options: dict[str, Any]) -> dict[str, Any]:
    rows = Partner.objects.visible_to(SYSTEM).filter(standing=PartnerStanding.PARTNER)
    if options["function"]:
        rows = register.in_function(rows, options["function"], on=timezone.localdate())
    if options["category"]:
        rows = rows.filter(category=options["category"])
    columns = ("key", "name", "type", "category", "functions", "sectors", "regions", "joined_on")
    size = register.size(to=SYSTEM)
    return {
        "partners": list(rows.order_by("name", "pk").values(*columns)),
        "close": size.close,
        "ceiling": size.ceiling,
    }


def _prospects(options: dict[str, Any]) -> dict[str, Any]:
    rows = Prospect.objects.visible_to(SYSTEM)
    if options["category"]:
        rows = rows.filter(category=options["category"])
    if options["stale"]:
        rows = prospects.stale(rows, on=timezone.localdate())
    columns = ("key", "name", "type", "category", "origin", "contacted_on")
    found = [
        {name: getattr(row, name) for name in columns} | {"complete": 100 * row.known // prospects.ASKED}  # type: ignore[attr-defined]
        for row in prospects.by_name(rows)
    ]
    return {"prospects": found}


def _show(options: dict[str, Any]) -> dict[str, Any]:
    if not options["key"]:
        raise Invalid("say whom: the key of a partner or prospect.")
    kinds: tuple[Any, Any] = (Partner.objects.visible_to(SYSTEM), Prospect.objects.visible_to(SYSTEM))
    partner = next((row for rows in kinds if (row := rows.filter(key=options["key"]).first())), None)
    if partner is None:
        raise Unknown
    columns = ("key", "name", "type", "standing", "category", "functions", "sectors", "regions", "website", "about")
    commitments = Commitment.objects.visible_to(SYSTEM).filter(partner=partner).order_by("from_on")
    activities = Activity.objects.visible_to(SYSTEM).filter(partner=partner).order_by("title")
    reach = estimates.by_relation(partner, on=timezone.localdate())
    return {name: getattr(partner, name) for name in columns} | {
        "commitments": list(commitments.values("function", "role", "from_on", "until_on", "effort")),
        "activities": list(activities.values("title", "side")),
        "reach": [{"relation": row.relation, "listed": row.listed, "counted": row.counted} for row in reach],
        "estimates": list(partner.estimates.order_by(*estimates.CELL).values(*estimates.CELL, "count", "counted_on")),
    }


def _signals(_options: dict[str, Any]) -> dict[str, Any]:
    rows = Signal.objects.visible_to(SYSTEM).waiting().order_by("about_on", "pk")
    return {"signals": list(rows.values("kind", "partner__key", "about_on"))}


def _duplicates(_options: dict[str, Any]) -> dict[str, Any]:
    """Looks first, so that the list is of now."""
    at = timezone.now()
    duplicates.find_partners(by=SYSTEM, at=at)
    while duplicates.find_organisations(by=SYSTEM, at=at):
        pass
    pairs = Likeness.objects.visible_to(SYSTEM).filter(state=LikenessState.OPEN).order_by("-score", "pk")
    sides = ("partner", "other_partner", "organisation", "other_organisation")
    bodies = [(pair, *duplicates.bodies_of(pair)) for pair in pairs.select_related(*sides)]
    return {
        "duplicates": [
            {"one": one.key, "other": other.key, "score": pair.score, "grounds": pair.grounds}
            for pair, one, other in bodies
        ]
    }


ACTS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "list": _list,
    "prospects": _prospects,
    "show": _show,
    "signals": _signals,
    "duplicates": _duplicates,
}
