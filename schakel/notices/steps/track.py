"""Fourth step: sightings meet the findings that stand. Only what changed is written.

Of a complete series a finding that stays costs nothing: that it is not missed says that it was in the latest report.
"""

import time
from datetime import datetime
from typing import Any

import polars as pl
from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from schakel.intake import store
from schakel.intake.models import REPORT_MOVES, Report, ReportState, Series
from schakel.journal.actions import record
from schakel.kit import planning
from schakel.kit.copying import copy_in
from schakel.kit.states import move
from schakel.notices.sightings import KEYS
from schakel.notices.standing import Difference, difference
from schakel.notices.steps import track_sql
from schakel.policy.access import Actor

LOCK = 0x5C4A4B36  # Whoever compares holds it: two reports that see the same thing at once would both make it new.


def track(report: Report, *, by: Actor, at: datetime) -> dict[str, int]:
    """Make, reopen, refresh and miss findings. Returns counts; one transaction, so it is done or not done."""
    started = time.monotonic()
    seen = store.scan(report, "sightings").collect()
    with transaction.atomic():
        wait_for_our_turn()
        series = Series.objects.select_for_update(no_key=True).get(pk=report.series_id)
        counts = _compare(seen, report, series, at)
        figures = report.figures | {"findings": counts, "tracked_at": at.isoformat()}
        figures["seconds"] |= {"track": round(time.monotonic() - started, 3)}
        move(report, ReportState.TRACKED, moves=REPORT_MOVES, figures=figures)
        record("notices.findings.tracked", by=by, at=at, on=report, **counts)
    return counts


def wait_for_our_turn() -> None:
    """Until the transaction ends, nobody else compares findings with sightings, or moves them in crowds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _compare(seen: pl.DataFrame, report: Report, series: Series, at: datetime) -> dict[str, int]:
    is_again = report.again_of_id is not None  # Some rows of a report say nothing of what is not among them.
    differs = Difference(seen, None) if is_again else difference(seen, series)
    observed_at = report.observed_at or at
    is_newer = series.latest_at is None or observed_at.date() > series.latest_at.date()
    values: dict[str, Any] = {
        "report": report.pk,
        "series": series.pk,
        "tlp": report.tlp,
        "at": at,
        "observed_at": observed_at,
        "is_complete": series.is_complete,
        "latest_at": series.latest_at or observed_at,
        "presumed_after": settings.PRESUMED_FIXED_AFTER,
    }
    with connection.cursor() as cursor:
        planning.expect(differs.seen.height)
        cursor.execute(track_sql.MAKE)
        copy_in(_as_table(differs.seen), table="sighting")
        planning.know(cursor, "sighting", differs.seen.height)
        cursor.execute(track_sql.JUDGE, values)
        counts = {}
        for name, statement in track_sql.STEPS.items():
            cursor.execute(statement, values)
            counts[name] = cursor.rowcount
        counts["continued"] = seen.height - counts["new"] - counts["reopened"]
        is_whole = series.is_complete and is_newer and not is_again
        counts["presumed_fixed"] = _miss(cursor, values, differs.gone) if is_whole else 0
        cursor.execute(track_sql.DROP)
    if not is_again:
        latest_at = observed_at if is_newer or observed_at > series.latest_at else series.latest_at  # type: ignore[operator]
        Series.objects.filter(pk=series.pk).update(latest_at=latest_at, compared=report if is_whole else None)
    return {name: counts[name] for name in ("new", "continued", "reopened", "presumed_fixed")}


def _as_table(seen: pl.DataFrame) -> pl.DataFrame:
    """The sightings as the table `sighting` wants them; sorted, so that new findings go in order into every index."""
    moments = (pl.col(f"{end}_at").dt.epoch("us").alias(f"{end}_us") for end in ("first", "last"))
    return seen.sort(KEYS).with_columns(moments).drop("first_at", "last_at")


def _miss(cursor: CursorWrapper, values: dict[str, Any], gone: pl.DataFrame | None) -> int:
    """Count what is not in the report as missed, and presume fixed what was missed often enough; returns how many."""
    if gone is None:
        cursor.execute(track_sql.ALL_MAY_BE_GONE, values)
    else:
        cursor.execute(track_sql.MAKE_GONE)
        copy_in(gone, table="gone_key")
        planning.know(cursor, "gone_key", gone.height)
        cursor.execute(track_sql.THESE_MAY_BE_GONE, values)
    for statement in track_sql.MISS:
        cursor.execute(statement, values)
    return int(cursor.rowcount)
