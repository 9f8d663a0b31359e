"""`schakel balance`: what partners bring and take, for the coordinator."""

from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.utils import timezone

from schakel.collaboration import balance, reminders
from schakel.commands.base import SchakelCommand
from schakel.kit.refusals import Refused
from schakel.policy.access import SYSTEM
from schakel.registry.models import Partner

ASKED = {"list": "", "forgotten": "forgotten", "silent": "nothing", "due": "review"}


class Unknown(Refused):
    """There is nothing of that name."""

    wording = "There is no partner with this key."


class Command(SchakelCommand):
    """Lists partners by name, shows one, gives figures, reminds."""

    help = "list partners by what is due, show what one brings and takes, give figures, remind"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The act, and whom it is about."""
        parser.add_argument("act", choices=[*ASKED, "show", "figures", "remind"])
        parser.add_argument("partner", nargs="?", default="", help="the key of a partner (show)")
        parser.add_argument("--year", type=int, default=0, help="which year (show); this one where none is given")

    def run(self, **options: Any) -> dict[str, Any]:
        """Do the act."""
        if options["act"] in ASKED:
            return _list(ASKED[options["act"]])
        acts: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "show": _show,
            "figures": _figures,
            "remind": _remind,
        }
        return acts[options["act"]](options)

    def words(self, figures: dict[str, Any]) -> str:
        """A line per partner, or a line per figure."""
        if isinstance(figures.get("partners"), list):
            return "\n".join(f"{row['partner']}: {row['name']}" for row in figures["partners"])
        return super().words(figures)


def _list(asked: str) -> dict[str, Any]:
    rows = balance.overview(asked, to=SYSTEM, on=timezone.localdate()).order_by("sorted_name", "pk")
    names = ("has_contributed", "has_stated", "has_review_due", "recognitions_count", "thanked_on")
    told = [{"partner": one.key, "name": one.name} | {name: getattr(one, name) for name in names} for one in rows]
    return {"partners": told}


def _show(options: dict[str, Any]) -> dict[str, Any]:
    partner = Partner.objects.filter(key=options["partner"]).first()
    if partner is None:
        raise Unknown
    found = balance.of(partner, year=options["year"] or timezone.localdate().year, to=SYSTEM)
    return {
        "partner": partner.key,
        "year": found.year,
        "totals": [{"kind": kind, "unit": unit, "amount": amount} for kind, unit, amount in found.totals],
        "brings": {one.slug: count for one, count in found.brings},
        "takes": {one.slug: count for one, count in found.takes},
        "recognitions": len(found.recognitions),
    }


def _figures(_options: dict[str, Any]) -> dict[str, Any]:
    return asdict(balance.figures(SYSTEM, on=timezone.localdate()))


def _remind(_options: dict[str, Any]) -> dict[str, Any]:
    return {"reminded": reminders.remind(by=SYSTEM, at=timezone.now())}
