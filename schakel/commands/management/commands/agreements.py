"""`schakel agreements`: what runs, what is missing, what ends soon, what was not kept; and the law behind it."""

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from schakel.commands.base import SchakelCommand
from schakel.policy.access import SYSTEM
from schakel.registry import law
from schakel.registry.agreements import renewing
from schakel.registry.models import Agreement, AgreementQuerySet, Application


class Command(SchakelCommand):
    """Lists agreements, partners without one, applications that wait, and legal bases."""

    help = "list agreements, partners without one, applications that wait, or legal bases"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to list."""
        parser.add_argument("what", choices=[*ACTS], nargs="?", default="list", help="what to list")

    def run(self, **options: Any) -> dict[str, Any]:
        """Do the listing."""
        return ACTS[options["what"]]()

    def words(self, figures: dict[str, Any]) -> str:
        """A line per row."""
        rows = next(iter(figures.values()))
        lines = ["  ".join(str(value) for value in row.values() if value not in ("", None, [])) for row in rows]
        return "\n".join([*lines, f"{len(rows):,} rows"])


def _rows(found: AgreementQuerySet) -> list[dict[str, Any]]:
    return [
        {
            "id": one.pk, "partner": one.partner.key, "role": one.role, "functions": one.functions, "state": one.state,
            "from": one.from_on, "until": one.until_on,
        }
        for one in found.select_related("partner").order_by("partner__key", "from_on", "pk")
    ]  # fmt: skip


def _list() -> dict[str, Any]:
    return {"agreements": _rows(Agreement.objects.visible_to(SYSTEM))}


def _ending() -> dict[str, Any]:
    found = Agreement.objects.visible_to(SYSTEM).filter(renewing.ending_soon(timezone.localdate()))
    return {"agreements": _rows(found)}


def _broken() -> dict[str, Any]:
    return {"agreements": _rows(renewing.not_kept(SYSTEM))}


def _missing() -> dict[str, Any]:
    found = renewing.without_agreement(SYSTEM, day=timezone.localdate()).order_by("key")
    return {"partners": [{"key": one.key, "name": one.name, "standing": one.standing} for one in found]}


def _applications() -> dict[str, Any]:
    found = Application.objects.visible_to(SYSTEM).waiting().order_by("received_at")
    rows = [{"id": one.pk, "name": one.name, "state": one.state, "received_at": one.received_at} for one in found]
    return {"applications": rows}


def _bases() -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "bases": [
            {
                "slug": one.rule.slug, "title": one.title["en"], "from": one.rule.from_on, "until": one.rule.until_on,
                "in_force": one.rule.in_force(today), "certain": one.origin.is_certain,
            }
            for one in law.bases().values()
        ]
    }  # fmt: skip


ACTS: dict[str, Callable[[], dict[str, Any]]] = {
    "list": _list,
    "missing": _missing,
    "ending": _ending,
    "broken": _broken,
    "applications": _applications,
    "bases": _bases,
}
