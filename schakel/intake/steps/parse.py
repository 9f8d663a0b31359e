"""Second step: a report's bytes become observations; what cannot be read is quarantined with line and reason."""

import time
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from schakel.intake import formats, store
from schakel.intake.models import REPORT_MOVES, Report, ReportState
from schakel.journal.actions import record
from schakel.kit.progress import Progress
from schakel.kit.refusals import Refused
from schakel.kit.states import move
from schakel.policy.access import Actor


class Unreadable(Refused):
    """The report as a whole cannot be read; the reason stands behind the words."""

    wording = "This report cannot be read:"


def parse(report: Report, *, by: Actor, at: datetime, progress: Progress) -> None:
    """Read every row into the store. Raises Unreadable; safe to repeat."""
    started = time.monotonic()
    try:
        read = _read(report, options_of(report), progress)
    except formats.FormatRefused as refused:
        _refuse(report, str(refused), by=by, at=at)
        raise Unreadable(str(refused)) from refused
    figures = report.figures | {"notes": read.notes}
    figures["seconds"] = {"parse": round(time.monotonic() - started, 3)}
    with transaction.atomic():
        counts = {"rows_count": read.good + read.bad, "quarantined_count": read.bad}
        move(report, ReportState.PARSED, moves=REPORT_MOVES, observed_at=read.latest or at, figures=figures, **counts)
        record("intake.report.parsed", by=by, at=at, on=report, rows=read.good + read.bad, quarantined=read.bad)


def options_of(report: Report) -> formats.ReadOptions:
    """How the report is to be read, as was said when it came in."""
    said = report.figures.get("reading", {})
    return formats.ReadOptions(
        received_at=report.received_at,
        type=report.series.type,
        default_kind=said.get("kind"),
        mapping=said.get("mapping"),
    )


@dataclass(slots=True)
class _Read:
    """What was read so far."""

    good: int = 0
    bad: int = 0
    latest: datetime | None = None
    notes: list[str] = field(default_factory=list)

    def add(self, batch: formats.Batch) -> None:
        self.good += batch.observations.height
        self.bad += batch.quarantined.height
        newest = batch.observations["observed_at"].max()
        if isinstance(newest, datetime) and (self.latest is None or newest > self.latest):
            self.latest = newest
        self.notes += [note for note in batch.notes if note not in self.notes]


def _read(report: Report, options: formats.ReadOptions, progress: Progress) -> _Read:
    """Stream the batches into two files."""
    read = _Read()
    with (
        store.raw(report).open("rb") as stream,
        store.Sheet(report, "observations") as good,
        store.Sheet(report, "quarantined") as bad,
    ):
        for batch in formats.read(stream, name=report.name, options=options):
            good.add(batch.observations.drop("source_row"))  # See as_sent.py.
            bad.add(batch.quarantined)
            read.add(batch)
            progress(read.good + read.bad, "rows read")
    return read


@transaction.atomic
def _refuse(report: Report, reason: str, *, by: Actor, at: datetime) -> None:
    figures = report.figures | {"refused": reason}
    move(report, ReportState.REFUSED, moves=REPORT_MOVES, figures=figures)
    record("intake.report.refused", by=by, at=at, on=report, reason=reason)
