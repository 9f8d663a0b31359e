"""Third step: observations find their holders, through the kernel."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import numpy as np
import polars as pl
from django.db import transaction

from schakel.intake import store, weaknesses
from schakel.intake.models import REPORT_MOVES, Report, ReportState
from schakel.journal.actions import record
from schakel.kit.copying import Schema
from schakel.kit.progress import Progress
from schakel.kit.states import move
from schakel.matching import Index
from schakel.notices import index as registry_index
from schakel.notices.sightings import CARRIED, LOOKED_AT, held, sightings
from schakel.policy import sharing
from schakel.policy.access import Actor

_LINE: Schema = {
    "row": pl.UInt32,
    "organisation": pl.Int64,
    "asset": pl.Int64,
    "basis": pl.String,
    "rank": pl.UInt16,
    "role": pl.String,
}
_NO_LINES = pl.DataFrame(schema=_LINE | {"is_found": pl.Boolean})
_NO_ROWS = pl.DataFrame(schema=_LINE | {"operator": pl.Int64} | LOOKED_AT | CARRIED)


def match(report: Report, *, by: Actor, at: datetime, progress: Progress) -> None:
    """Write each row's holders, and the sightings that come of them. Safe to repeat."""
    started = time.monotonic()
    revision = registry_index.revision()  # Read first: what changes meanwhile is looked at again.
    lines, seen, warned = _look_up(report, registry_index.current(), progress)
    with ThreadPoolExecutor(max_workers=1) as beside:
        written = beside.submit(store.write, lines, report, "matches")
        found = weaknesses.raised(sightings(seen))
        store.write(found, report, "sightings")
        written.result()
    matched = seen["row"].n_unique()
    unmatched = report.rows_count - report.quarantined_count - matched
    figures = report.figures | {"warned": warned, "sightings": found.height, "revision": revision}
    figures["seconds"] |= {"match": round(time.monotonic() - started, 3)}
    with transaction.atomic():
        counts = {"matched_count": matched, "unmatched_count": unmatched, "figures": figures}
        move(report, ReportState.MATCHED, moves=REPORT_MOVES, **counts)
        record("notices.report.matched", by=by, at=at, on=report, matched=matched, unmatched=unmatched, warned=warned)


def _look_up(report: Report, index: Index, progress: Progress) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """All lines of holders; the lines that make findings, with their rows; how many rows a warning list held back."""
    with_operators = sharing.operator_refusal(report.terms) is None
    lines, seen, warned, offset = [_NO_LINES], [_NO_ROWS], 0, 0
    if report.rows_count > report.quarantined_count:
        for rows in store.batches(report, "observations", columns=list(LOOKED_AT | CARRIED)):
            found = index.match(rows)
            frame = found.frame()
            best = held(frame, with_operators=with_operators)
            seen.append(_shift(best.hstack(rows[best["row"]]), offset))
            lines.append(_shift(frame.with_columns(_is_found(frame["row"], best["row"], rows.height)), offset))
            warned += found.warned.height
            offset += rows.height
            progress(offset, "rows matched")
    return pl.concat(lines, how="diagonal_relaxed"), pl.concat(seen, how="diagonal_relaxed"), warned


def _is_found(rows: pl.Series, best: pl.Series, height: int) -> pl.Series:
    """Per line whether its row makes a finding: one that only an operator holds may not."""
    found = np.zeros(height, np.bool_)
    found[best.to_numpy()] = True
    return pl.Series("is_found", found[rows.to_numpy()])


def _shift(frame: pl.DataFrame, offset: int) -> pl.DataFrame:
    """Row numbers of a batch as row numbers of the report."""
    return frame.with_columns(pl.col("row") + pl.lit(offset, pl.UInt32))
