"""`schakel explain notice ID`: the whole chain, from the row in a report to the answer."""

import textwrap
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.utils import timezone

from schakel.commands.base import SchakelCommand
from schakel.kit.refusals import Refused
from schakel.notices import queries, wording
from schakel.notices.chain import Explanation, Given, Leg, Sent
from schakel.notices.models import Answer, Notice, Severity
from schakel.policy.access import SYSTEM

NO_LIMIT = 10**9


class Unknown(Refused):
    """There is nothing of that number."""

    wording = "There is no notice with this number."


class Command(SchakelCommand):
    """Prints why a notice went this way."""

    help = "print the whole chain of a notice: report, finding, way, message, answer"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to explain, and how much of it."""
        parser.add_argument("what", choices=["notice"], help="the kind of thing to explain")
        parser.add_argument("id", type=int, help="its number")
        parser.add_argument("--all", action="store_true", help=f"all parts, not only the first {queries.LEGS}")

    def run(self, **options: Any) -> dict[str, Any]:
        """Find the notice and put its chain together."""
        found = Notice.objects.select_related("partner", "organisation", "delivery").filter(pk=options["id"])
        if (notice := found.first()) is None:
            raise Unknown
        chain = queries.explain(notice, to=SYSTEM, legs=NO_LIMIT if options["all"] else queries.LEGS)
        return asdict(chain) if options["json"] else {"lines": list(_lines(chain))}

    def words(self, figures: dict[str, Any]) -> str:
        """The chain as text, a step per block."""
        return "\n".join(figures["lines"])


def _lines(chain: Explanation) -> Iterator[str]:
    yield f"Notice {chain.notice_id}: {chain.kind}, {chain.state}, {chain.tlp}, to {chain.recipient} ({chain.via})"
    yield f"  made {_at(chain.made_at)}, sent {_at(chain.sent_at)}, opened {_at(chain.opened_at)}"
    for leg in chain.legs:
        yield from _leg(leg)
    if chain.next_after is not None:
        yield f"... {chain.legs_count - len(chain.legs)} more parts; --all shows them"
    yield from _sent(chain.delivery) if chain.delivery else iter(["Message: none yet"])
    for given in chain.answers:
        yield from _given(given)


def _leg(leg: Leg) -> Iterator[str]:
    yield f"Report {leg.report_id}: {leg.report} from {leg.source}, received {_at(leg.received_at)}"
    for row in leg.rows:
        place = " ".join(filter(None, [row.address, row.host]))
        yield f"  line {row.line}: {place}, seen {_at(row.observed_at)}"
        yield f"    held by {row.asset_name or 'an asset that has gone'} ({wording.basis(row.basis)})"
        yield textwrap.indent(textwrap.shorten(row.source_row, 400), "    as sent: ")
    yield f"Organisation {leg.organisation_id}: {leg.organisation}"
    for told in leg.findings:
        severity = Severity(told.severity).name.lower()
        yield f"  finding {told.id}: {told.asset} {told.weakness} ({severity}), {told.state}, last {_at(told.seen_at)}"
    yield f"Way ({leg.occasion}, basis {leg.basis}):"
    for way in leg.candidates:
        verdict = f"no, {wording.refusal(way.refusal)}" if way.refusal else "passes"
        yield f"  {'>' if way.is_chosen else ' '} {way.via} {way.name}: {verdict}"


def _sent(sent: Sent) -> Iterator[str]:
    yield f"Message {sent.message_id} by {sent.channel} to {sent.address}: {sent.state} {sent.failure}".rstrip()
    yield f"  {sent.subject}"
    for attempt in sent.attempts:
        result = {True: "done", False: "failed", None: "no outcome yet"}[attempt.is_success]
        yield f"  attempt {_at(attempt.started_at)}: {result} {attempt.reply}".rstrip()


def _given(given: Given) -> Iterator[str]:
    due = f" by {given.due_on}" if given.due_on else ""
    yield f"Answer {_at(given.at)} ({given.given_by}): {Answer(given.answer).value}{due}, {given.findings_count} moved"
    if given.words:
        yield textwrap.indent(given.words, "  > ")


def _at(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else "not yet"
