"""The way of a report from bytes to notices: each step in turn, from wherever it stands. Safe to repeat."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from schakel.intake.formats import ReadOptions
from schakel.intake.models import Report, ReportState
from schakel.intake.steps.parse import parse
from schakel.notices.steps.compose import compose
from schakel.notices.steps.match import match
from schakel.notices.steps.route import route
from schakel.notices.steps.track import track
from schakel.policy.access import Actor

Progress = Callable[[int, str], None]
UNFINISHED = (
    ReportState.RECEIVED,
    ReportState.PARSED,
    ReportState.MATCHED,
    ReportState.TRACKED,
    ReportState.ROUTED,
)


def advance(
    report: Report, *, by: Actor, at: datetime, progress: Progress, options: ReadOptions | None = None
) -> Iterator[str]:
    """Take the report through the steps it has not had, naming each as it is done.

    Stops early where a step has nothing to do yet (an embargo). Raises Refused where the report cannot be read.
    """
    reading = options or ReadOptions(received_at=report.received_at)
    steps: dict[str, Callable[[], object]] = {
        ReportState.RECEIVED: lambda: parse(report, by=by, at=at, progress=progress, options=reading),
        ReportState.PARSED: lambda: match(report, by=by, at=at, progress=progress),
        ReportState.MATCHED: lambda: track(report, by=by, at=at),
        ReportState.TRACKED: lambda: route(report, by=by, at=at),
        ReportState.ROUTED: lambda: compose(report, by=by, at=at),
    }
    while report.state in steps:
        before = report.state
        steps[report.state]()
        if report.state == before:
            return
        yield report.state


def resume(*, by: Actor, at: datetime) -> int:
    """Finish reports that a killed process or an embargo left on their way. Returns how many moved."""
    moved = 0
    for report in Report.objects.filter(state__in=UNFINISHED).select_related("series__source").order_by("pk"):
        moved += bool(list(advance(report, by=by, at=at, progress=lambda _done, _words: None)))
    return moved


def figures_of(report: Report, *, is_new: bool) -> dict[str, Any]:
    """What happened to the report, in the words of the command's contract."""
    findings = {name: report.figures.get("findings", {}).get(name, 0) for name in ("new", "continued", "reopened")}
    routes = dict(report.figures.get("routes", {}))
    return {
        "report": report.pk,
        "name": report.name,
        "is_new": is_new,
        "state": report.state,
        "rows": report.rows_count,
        "quarantined": report.quarantined_count,
        "unmatched": report.unmatched_count,
        "matched": report.matched_count,
        "findings": findings,
        "routes": {"by": routes},
        "withheld": routes.get("withheld", 0),
        "notices": report.figures.get("notices", 0),
        "seconds": report.figures.get("seconds", {}),
    }
