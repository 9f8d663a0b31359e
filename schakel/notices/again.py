"""Reports of which something is looked at again: which still tell what is, and the part that goes its way anew."""

import time
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import polars as pl
from django.conf import settings
from django.db import transaction

from schakel.intake import concordance, store
from schakel.intake.models import Report, ReportState
from schakel.notices import marks
from schakel.notices.models import Rematch
from schakel.notices.rereading import Reading
from schakel.notices.sightings import KEYS

MATCHED = (ReportState.MATCHED, ReportState.TRACKED, ReportState.ROUTED, ReportState.COMPOSED)
"""Reports that were matched with some index; the others will be with the newest."""


def stored(*, at: datetime) -> list[Report]:
    """The reports of the past year (SCHAKEL_REMATCH_DAYS) that were matched and whose rows are kept, newest first."""
    since = at - timedelta(days=settings.REMATCH_DAYS)
    found = Report.objects.filter(again_of=None, state__in=MATCHED, observed_at__gte=since)
    newest = found.select_related("series__source").order_by("-observed_at", "-pk")
    return [report for report in newest if store.has(report, "observations")]


def prepare(*, at: datetime, seconds: float) -> int:
    """Make the concordances and marks that newer reports lack, for as long as that; returns of how many."""
    started, made = time.monotonic(), 0
    for report in stored(at=at):
        if time.monotonic() - started > seconds:
            break
        lacking = [part for part in (concordance, marks) if not part.is_made(report)]
        for part in lacking:
            part.make(report)
        made += bool(lacking)
    return made


def telling(reports: list[Report], *, at: datetime) -> list[Report]:
    """Those that tell what is still open: of a complete series those of its latest day, of others the recent ones."""
    since = at - timedelta(days=settings.REMATCH_OPEN_DAYS)
    recent = [report for report in reports if _seen_on(report) >= since]
    latest: dict[int, datetime] = {}
    for report in recent:
        latest[report.series_id] = max(_seen_on(report), latest.get(report.series_id, _seen_on(report)))
    return [
        report
        for report in recent
        if not report.series.is_complete or _seen_on(report).date() == latest[report.series_id].date()
    ]


def _seen_on(report: Report) -> datetime:
    return report.observed_at or report.received_at


def newest(fresh: pl.DataFrame, reports: Iterable[Report]) -> Iterator[tuple[Report, pl.DataFrame]]:
    """Per report the fresh sightings (with `report`) that its series saw in it last."""
    by_key = {report.pk: report for report in reports}
    series = {pk: report.series_id for pk, report in by_key.items()}
    rows = fresh.with_columns(series=pl.col("report").replace_strict(series, return_dtype=pl.Int64))
    last = rows.sort("last_at", "report", descending=True).unique([*KEYS, "series"], keep="first", maintain_order=True)
    for part in last.partition_by("report", maintain_order=True):
        yield by_key[part["report"][0]], part.drop("report", "series")


@transaction.atomic
def part_of(report: Report, *, seen: pl.DataFrame, reading: Reading, run: Rematch, at: datetime) -> Report:
    """The part of `report` in which `seen` stands, as a report of its own: matched, and ready to be tracked."""
    numbers = reading.keyed.join(seen, on=KEYS, how="semi").select("row").unique().sort("row")
    lines = reading.lines.join(numbers.with_row_index("place"), on="row", how="inner", maintain_order="left")
    again = Report.objects.create(
        series=report.series,
        again_of=report,
        name=report.name,
        digest=f"{report.digest}/{run.pk}",
        format=report.format,
        tlp=report.tlp,
        embargo_until=report.embargo_until,
        state=ReportState.MATCHED,
        received_at=at,
        observed_at=report.observed_at,
        rows_count=numbers.height,
        matched_count=numbers.height,
        figures={"sightings": seen.height, "seconds": {}, "rematch": run.pk},
    )
    rows = concordance.observations(report, numbers["row"].cast(pl.Int64).to_numpy())
    store.write(rows.drop("row"), again, "observations")
    store.write(lines.with_columns(row="place", is_found=pl.lit(value=True)).drop("place"), again, "matches")
    store.write(seen, again, "sightings")
    return again
