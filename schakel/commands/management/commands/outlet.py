"""`schakel outlet`: the machines of partners that shared items are put on."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from schakel.commands.base import SchakelCommand
from schakel.kit.refusals import Refused
from schakel.policy.access import SYSTEM
from schakel.policy.sharing import Tlp
from schakel.post.models import OutletKind
from schakel.registry.models import Partner
from schakel.sharing.models import Outlet
from schakel.sharing.outlets import actions


class Unknown(Refused):
    """There is no such partner or outlet."""

    wording = "There is none with this name or number:"


class Command(SchakelCommand):
    """Lists outlets, adds one, or ends one."""

    help = "list, add or end the MISP servers and Mattermost rooms of partners that get shared items"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The act, and what it is about."""
        parser.add_argument("act", choices=["list", "add", "end"])
        parser.add_argument("number", nargs="?", type=int, help="of the outlet (end)")
        parser.add_argument("--partner", default="", help="key of the partner (add)")
        parser.add_argument("--kind", choices=OutletKind.values, default=OutletKind.MISP.value)
        parser.add_argument("--name", default="", help="what the partner calls it (add)")
        parser.add_argument("--address", default="", help="of the server, or of the incoming webhook (add)")
        parser.add_argument("--room", default="", help="channel of Mattermost, to post by its REST API (add)")
        parser.add_argument(
            "--ceiling", default="green", choices=[tlp.value for tlp in Tlp], help="the strictest label"
        )
        parser.add_argument("--no-key", action="store_true", help="do not read a key from standard input (add)")

    def run(self, **options: Any) -> dict[str, Any]:
        """Do the act. The key is read from standard input, so that no list of processes shows it."""
        if options["act"] == "add":
            return {"added": _row(_added(options))}
        if options["act"] == "end":
            outlet = Outlet.objects.filter(pk=options["number"]).first()
            if outlet is None:
                raise Unknown(options["number"])
            actions.end(outlet=outlet, by=SYSTEM, at=timezone.now())
            return {"ended": outlet.pk}
        outlets = Outlet.objects.filter(ended_at=None).select_related("partner").order_by("partner__name", "pk")
        return {"outlets": [_row(outlet) for outlet in outlets]}

    def words(self, figures: dict[str, Any]) -> str:
        """A line for each."""
        rows = figures.get("outlets") or [figures[name] for name in ("added",) if name in figures]
        lines = ["{number} {partner}: {kind} {name}, at most TLP:{ceiling}".format(**row) for row in rows]
        return "\n".join(lines) or (f"Outlet {figures['ended']} has ended." if "ended" in figures else "None.")


def _added(options: dict[str, Any]) -> Outlet:
    partner = Partner.objects.filter(key=options["partner"]).first()
    if partner is None:
        raise Unknown(options["partner"])
    given = {name: options[name] for name in ("kind", "name", "address", "room", "ceiling")}
    secret = "" if options["no_key"] else sys.stdin.readline().strip()
    return actions.add(partner=partner, secret=secret, by=SYSTEM, at=timezone.now(), **given)


def _row(outlet: Outlet) -> dict[str, Any]:
    fields = {name: getattr(outlet, name) for name in ("kind", "name", "ceiling")}
    return {"number": outlet.pk, "partner": str(outlet.partner), **fields}
