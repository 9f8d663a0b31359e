"""What of a report has to be held against the database: what differs from the report before it in its series.

Of the report with which a complete series was last compared, every sighting has its finding, and nothing of it is
missed. What the next report repeats changes nothing then, unless somebody moved the finding meanwhile.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from schakel.intake import store
from schakel.intake.models import Report, Series
from schakel.kit.copying import copy_out
from schakel.notices.sightings import KEYS

MOVED = """
SELECT DISTINCT f.organisation_id, f.kind, f.asset, f.weakness
FROM notices_change c JOIN notices_finding f ON f.id = c.finding_id
WHERE c.at >= %s
"""
KEY_SCHEMA = {"organisation": pl.Int64, "kind": pl.String, "asset": pl.String, "weakness": pl.String}
DAY = timedelta(days=1)
"""By how much a move may bear an earlier moment than its transaction ended, and far more than that."""


@dataclass(frozen=True, slots=True)
class Difference:
    """`seen`: the sightings to look at. `gone`: the keys of what may have gone; None where anything may have."""

    seen: pl.DataFrame
    gone: pl.DataFrame | None


def difference(seen: pl.DataFrame, series: Series) -> Difference:
    """The sightings of a report (KEYS, `severity`, …) held against the report that the series was compared with."""
    before = series.compared
    if before is None or not series.is_complete or not store.has(before, "sightings"):
        return Difference(seen, None)
    stood = _stood(before)
    since = _since(before, stood)
    stood = _with_again(stood, series, since).with_row_index("at")
    held = seen.join(stood.drop("last_at"), on=KEYS, how="left", maintain_order="left")
    is_new = pl.col("stood_at").is_null() | (pl.col("severity") > pl.col("stood_at"))
    gone = _others(stood, held["at"]).select(KEYS)
    moved = copy_out(MOVED, [since], schema=KEY_SCHEMA)
    if moved.height:
        held = held.join(moved.with_columns(is_moved=True), on=KEYS, how="left", maintain_order="left")
        is_new |= pl.col("is_moved").is_not_null()
        gone = pl.concat([gone, moved.join(seen, on=KEYS, how="anti")]).unique()
    return Difference(held.filter(is_new).select(seen.columns), gone)


def _stood(report: Report) -> pl.DataFrame:
    return store.scan(report, "sightings").select(*KEYS, "last_at", stood_at="severity").collect()


def _with_again(stood: pl.DataFrame, series: Series, since: datetime) -> pl.DataFrame:
    """Also what of the series was looked at again since: it has its findings too, and they may be gone by now."""
    again = Report.objects.filter(series=series, again_of__isnull=False, received_at__gte=since)
    more = [_stood(report) for report in again if store.has(report, "sightings")]
    return pl.concat([stood, *more]).unique(KEYS, keep="first", maintain_order=True) if more else stood


def _others(rows: pl.DataFrame, places: pl.Series) -> pl.DataFrame:
    """The rows that stand at none of these places."""
    is_other = np.ones(rows.height, np.bool_)
    is_other[places.drop_nulls().to_numpy()] = False
    return rows.filter(is_other)


def _since(before: Report, stood: pl.DataFrame) -> datetime:
    """From when on a move may not have been known to the comparison, or matters to a later sighting."""
    tracked_at = datetime.fromisoformat(before.figures["tracked_at"])
    first = stood["last_at"].min()
    return (min(first, tracked_at) if isinstance(first, datetime) else tracked_at) - DAY
