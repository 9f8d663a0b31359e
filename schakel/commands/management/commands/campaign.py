"""`schakel campaign`: start, end and look at campaigns, and say in which phase the network is."""

from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.utils import timezone

from schakel.commands.base import SchakelCommand
from schakel.intake.kinds import KINDS
from schakel.kit.refusals import Invalid, Refused
from schakel.notices import campaigns, effect
from schakel.notices.models import Campaign, Phase
from schakel.policy.access import SYSTEM


class Unknown(Refused):
    """There is nothing of that name."""

    wording = "There is no campaign of this name."


class Command(SchakelCommand):
    """Starts, ends, lists and shows campaigns; sets the network's phase."""

    help = "start, end, list or show campaigns; set the phase of the network"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The act, what it is about, and what a new campaign needs."""
        parser.add_argument("act", choices=["list", "show", "start", "end", "phase"])
        parser.add_argument("name", nargs="?", default="", help="title (start), name (show, end) or phase (phase)")
        parser.add_argument("--weakness", default="", help="the weakness it is about, such as a CVE number")
        parser.add_argument("--kind", default="", choices=["", *KINDS], help="the kind of finding it is about")
        parser.add_argument("--tlp", default="amber", help="who may know of it (default amber)")
        parser.add_argument("--advisory-url", default="", help="where the advisory stands")
        parser.add_argument("--advisory", default="", help="the advisory's words")
        parser.add_argument("--reason", default="", help="why the phase changes")

    def run(self, **options: Any) -> dict[str, Any]:
        """Do the act."""
        acts: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "list": _list,
            "show": _show,
            "start": _start,
            "end": _end,
            "phase": _phase,
        }
        return acts[options["act"]](options)

    def words(self, figures: dict[str, Any]) -> str:
        """A line per campaign, or a line per figure."""
        if "campaigns" in figures:
            return "\n".join(f"{row['name']}: {row['title']} ({row['open']} open)" for row in figures["campaigns"])
        return super().words(figures)


def _list(_options: dict[str, Any]) -> dict[str, Any]:
    found = list(Campaign.objects.visible_to(SYSTEM).order_by("-started_at"))
    still_open = effect.open_counts(found, to=SYSTEM)
    rows = [
        {"name": one.slug, "title": one.title, "open": still_open[one.pk], "ended_at": one.ended_at} for one in found
    ]
    return {"campaigns": rows}


def _show(options: dict[str, Any]) -> dict[str, Any]:
    campaign = _named(options["name"])
    total = effect.effect(campaign, to=SYSTEM, at=timezone.now()).total
    return {
        "campaign": campaign.slug,
        "title": campaign.title,
        **{k: v for k, v in asdict(total).items() if k != "name"},
    }


def _start(options: dict[str, Any]) -> dict[str, Any]:
    given = {name: options[name] for name in ("weakness", "kind", "tlp", "advisory_url", "advisory")}
    campaign = campaigns.start_campaign(title=options["name"], by=SYSTEM, at=timezone.now(), **given)
    return {"campaign": campaign.slug}


def _end(options: dict[str, Any]) -> dict[str, Any]:
    campaign = _named(options["name"])
    campaigns.end_campaign(campaign=campaign, by=SYSTEM, at=timezone.now())
    return {"campaign": campaign.slug, "ended_at": campaign.ended_at}


def _phase(options: dict[str, Any]) -> dict[str, Any]:
    if options["name"] not in Phase.values:
        raise Invalid(f"the phase is one of {', '.join(Phase.values)}.")
    row = campaigns.set_phase(phase=Phase(options["name"]), by=SYSTEM, at=timezone.now(), reason=options["reason"])
    return {"phase": row.phase, "from_at": row.from_at}


def _named(slug: str) -> Campaign:
    if (campaign := Campaign.objects.filter(slug=slug).first()) is None:
        raise Unknown
    return campaign
