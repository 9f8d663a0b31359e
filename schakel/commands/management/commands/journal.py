"""`schakel journal verify` and `schakel journal show`: proving the journal, and reading it."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from schakel.commands.base import SchakelCommand
from schakel.journal import actions, queries
from schakel.kit.refusals import Refused
from schakel.policy.access import SYSTEM

SHOWN = 50


class Broken(Refused):
    """The journal does not prove itself."""

    wording = "The journal does not hold."


class Command(SchakelCommand):
    """Verifies or shows the journal."""

    help = "prove the journal's chain, or show its last events"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Verify, or show with filters."""
        parser.add_argument("act", choices=["verify", "show"], help="verify walks the chain; show prints events")
        parser.add_argument("--tag", default="", help="show events of this tag, or of all tags that start so")
        parser.add_argument("--subject", default="", help="show events on this thing, such as notices.notice:12")
        parser.add_argument("--capacity", default="", help="show what was done in this capacity, such as coordinator")
        parser.add_argument("--before", type=int, help="show events before this number")
        parser.add_argument("--limit", type=int, default=SHOWN, help=f"how many to show (default {SHOWN})")

    def run(self, **options: Any) -> dict[str, Any]:
        """Do either."""
        if options["act"] == "verify":
            return _verified()
        wanted = {name: options[name] for name in ("tag", "subject", "capacity", "before", "limit")}
        return {"events": [asdict(entry) for entry in queries.last(to=SYSTEM, **wanted)]}

    def words(self, figures: dict[str, Any]) -> str:
        """A line per event, or the head."""
        if "events" not in figures:
            return f"The journal holds: {figures['number']} events, head {figures['hash']}"
        return "\n".join(map(_line, figures["events"]))


def _verified() -> dict[str, Any]:
    """Number and hash of the head. Raises Broken with each place that does not hold."""
    if places := [f"Event {flaw.number} {flaw.words}." for flaw in actions.flaws()]:
        raise Broken(*places)
    number, digest = actions.head()
    return {"number": number, "hash": digest}


def _line(event: dict[str, Any]) -> str:
    facts = json.dumps(event["facts"], ensure_ascii=False, sort_keys=True)
    subject = f"{event['subject']} " if event["subject"] else ""
    return f"{event['number']:>8}  {event['at']:%Y-%m-%d %H:%M:%S}  {event['actor']}  {event['tag']} {subject}{facts}"
