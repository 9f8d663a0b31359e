"""Third step: observations find their holders, through the kernel."""

import time
from collections.abc import Callable
from datetime import datetime

import polars as pl
from django.db import transaction

from schakel.intake import store, weaknesses
from schakel.intake.models import REPORT_MOVES, Report, ReportState
from schakel.journal.actions import record
from schakel.kit.states import move
from schakel.matching import Index
from schakel.notices import index as registry_index
from schakel.notices.sightings import held, sightings
from schakel.policy import sharing
from schakel.policy.access import Actor

Progress = Callable[[int, str], None]
LOOKED_AT = ["address", "host", "email", "asn", "observed_at", "url"]
CARRIED = ["kind", "port", "protocol", "severity", "weakness", "detail"]


def match(report: Report, *, by: Actor, at: datetime, progress: Progress) -> None:
    """Write each row's holders, and the sightings that come of them. Safe to repeat."""
    started = time.monotonic()
    lines, seen, warned = _look_up(report, registry_index.current(), progress)
    store.write(lines.sort("organisation", "row"), report, "matches")
    found = weaknesses.raised(sightings(seen))
    store.write(found, report, "sightings")
    matched = seen["row"].n_unique()
    unmatched = report.rows_count - report.quarantined_count - matched
    figures = report.figures | {"warned": warned, "sightings": found.height}
    figures["seconds"] |= {"match": round(time.monotonic() - started, 3)}
    with transaction.atomic():
        counts = {"matched_count": matched, "unmatched_count": unmatched, "figures": figures}
        move(report, ReportState.MATCHED, moves=REPORT_MOVES, **counts)
        record("notices.report.matched", by=by, at=at, on=report, matched=matched, unmatched=unmatched, warned=warned)


def _look_up(report: Report, index: Index, progress: Progress) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """All lines of holders; the lines that make findings, with their rows; how many rows a warning list held back."""
    with_operators = sharing.operator_refusal(report.terms) is None
    lines, seen, warned, offset = [_no_lines()], [_no_rows()], 0, 0
    if report.rows_count > report.quarantined_count:
        for rows in store.batches(report, "observations", columns=LOOKED_AT + CARRIED):
            found = index.match(rows)
            frame = _shift(found.frame(), offset)
            seen.append(
                held(frame, with_operators=with_operators).join(_shift(rows.with_row_index("row"), offset), on="row")
            )
            lines.append(frame.join(seen[-1].select("row", "kind").unique(), on="row", how="left"))
            warned += found.warned.height
            offset += rows.height
            progress(offset, "rows matched")
    return pl.concat(lines, how="diagonal_relaxed"), pl.concat(seen, how="diagonal_relaxed"), warned


def _shift(frame: pl.DataFrame, offset: int) -> pl.DataFrame:
    """Row numbers of a batch as row numbers of the report."""
    return frame.with_columns((pl.col("row").cast(pl.UInt32) + offset).alias("row"))


def _no_lines() -> pl.DataFrame:
    return pl.DataFrame(
        schema={
            "row": pl.UInt32,
            "organisation": pl.Int64,
            "asset": pl.Int64,
            "basis": pl.String,
            "rank": pl.UInt16,
            "role": pl.String,
            "kind": pl.String,
        }
    )


def _no_rows() -> pl.DataFrame:
    names = dict.fromkeys(["address", "host", "email", "url", "protocol", "severity", "weakness", "detail"], pl.String)
    numbers = {"asn": pl.UInt32, "port": pl.UInt16, "operator": pl.Int64}
    times = {"observed_at": pl.Datetime("us", "UTC")}
    return (
        _no_lines()
        .clear()
        .with_columns(pl.lit(None, dtype=of).alias(name) for name, of in (names | numbers | times).items())
    )
