"""The way of a report from bytes to notices: each step in turn, from wherever it stands. Safe to repeat."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection

from schakel.intake.models import Report, ReportState
from schakel.intake.steps.parse import parse
from schakel.kit.progress import Progress, unwatched
from schakel.notices.steps.compose import compose
from schakel.notices.steps.match import match
from schakel.notices.steps.route import route
from schakel.notices.steps.track import track
from schakel.policy.access import Actor

UNFINISHED = (
    ReportState.RECEIVED,
    ReportState.PARSED,
    ReportState.MATCHED,
    ReportState.TRACKED,
    ReportState.ROUTED,
)
LOCK = 0x5C4A4B32  # With the report's number: who works on a report holds it, and loses it by dying.


def advance(
    report: Report, *, by: Actor, at: datetime, progress: Progress = unwatched, until: ReportState | None = None
) -> Iterator[str]:
    """Take the report through the steps it has not had, naming each as it is done; no further than `until`.

    Stops early where a step has nothing to do yet (an embargo), or where somebody else is at it. Raises Refused where
    the report cannot be read.
    """
    with _held(report) as is_ours:
        if not is_ours:
            return
        report.refresh_from_db()
        steps = _steps(report, by, at, _shown(report, progress))
        while report.state in steps and report.state != until:
            before = report.state
            steps[report.state]()
            if report.state == before:
                return
            yield report.state


def _steps(report: Report, by: Actor, at: datetime, progress: Progress) -> dict[str, Callable[[], object]]:
    """What is done to a report in each state."""
    return {
        ReportState.RECEIVED: lambda: parse(report, by=by, at=at, progress=progress),
        ReportState.PARSED: lambda: match(report, by=by, at=at, progress=progress),
        ReportState.MATCHED: lambda: track(report, by=by, at=at),
        ReportState.TRACKED: lambda: route(report, by=by, at=at),
        ReportState.ROUTED: lambda: compose(report, by=by, at=at),
    }


def resume(*, by: Actor, at: datetime) -> int:
    """Finish reports that a killed worker or an embargo left on their way. Returns how many moved."""
    unfinished = Report.objects.filter(state__in=UNFINISHED).select_related("series__source").order_by("pk")
    return sum(bool(list(advance(report, by=by, at=at))) for report in unfinished)


@contextmanager
def _held(report: Report) -> Iterator[bool]:
    """Hold the report's lock for the block; false when another process has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, report.pk])
        is_ours = bool(cursor.fetchone()[0])
        try:
            yield is_ours
        finally:
            if is_ours:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, report.pk])


def _shown(report: Report, progress: Progress) -> Progress:
    """Progress that the report's own page can show too: written once a second at most."""
    last = time.monotonic()

    def show(done: int, words: str) -> None:
        nonlocal last
        progress(done, words)
        if time.monotonic() - last > 1:
            last = time.monotonic()
            figures = report.figures | {"progress": {"done": done, "words": words}}
            Report.objects.filter(pk=report.pk).update(figures=figures)

    return show


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
