"""Second step: a report's bytes become observations; what cannot be read is quarantined with line and reason."""

import time
from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from schakel.intake import formats, store
from schakel.intake.models import REPORT_MOVES, Report, ReportState
from schakel.journal.actions import record
from schakel.kit.refusals import Refused
from schakel.kit.states import move
from schakel.policy.access import Actor

Progress = Callable[[int, str], None]


class Unreadable(Refused):
    """The report as a whole cannot be read; the reason stands behind the words."""

    wording = "This report cannot be read:"


def parse(report: Report, *, by: Actor, at: datetime, progress: Progress, options: formats.ReadOptions) -> None:
    """Read every row into the store. Raises Unreadable; safe to repeat."""
    started = time.monotonic()
    try:
        rows, latest = _read(report, options, progress)
    except formats.FormatRefused as refused:
        _refuse(report, str(refused), by=by, at=at)
        raise Unreadable(str(refused)) from refused
    with transaction.atomic():
        figures = report.figures | {"seconds": {"parse": round(time.monotonic() - started, 3)}}
        counts = {"rows_count": sum(rows), "quarantined_count": rows[1]}
        move(report, ReportState.PARSED, moves=REPORT_MOVES, observed_at=latest or at, figures=figures, **counts)
        record("intake.report.parsed", by=by, at=at, on=report, rows=sum(rows), quarantined=rows[1])


def _read(report: Report, options: formats.ReadOptions, progress: Progress) -> tuple[tuple[int, int], datetime | None]:
    """Stream the batches into two files; returns (good, bad) and the latest observation."""
    latest: datetime | None = None
    with (
        store.raw(report).open("rb") as stream,
        store.Sheet(report, "observations") as good,
        store.Sheet(report, "quarantined") as bad,
    ):
        for batch in formats.read(stream, name=report.name, options=options):
            good.add(batch.observations)
            bad.add(batch.quarantined)
            newest = batch.observations["observed_at"].max()
            latest = max(filter(None, (latest, newest)), default=None)  # type: ignore[type-var]
            progress(good.rows + bad.rows, "rows read")
    return (good.rows, bad.rows), latest


@transaction.atomic
def _refuse(report: Report, reason: str, *, by: Actor, at: datetime) -> None:
    figures = report.figures | {"refused": reason}
    move(report, ReportState.REFUSED, moves=REPORT_MOVES, figures=figures)
    record("intake.report.refused", by=by, at=at, on=report, reason=reason)
