"""The stored reports of a year, looked at for what changed: what is open at whom, and what is no longer theirs."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import polars as pl
from django.db import transaction

from schakel.intake import concordance, weaknesses
from schakel.intake.models import Report
from schakel.kit.progress import Progress
from schakel.notices import keys
from schakel.notices.first_sight import FirstSight, Sights
from schakel.notices.models import UNSOLVED
from schakel.notices.rereading import Glass, Reading, subjects_of
from schakel.notices.sightings import KEYS

AT_ONCE = 2
"""Reports read at the same time: enough to keep two cores busy, few enough to stay small."""
AHEAD = 4
"""Reports of which the reading may wait for whoever takes it: what is read is held in memory."""
REOPENS = ("presumed-fixed", "fixed")
Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Outcome:
    """`fresh`: sightings (with the number of their `report`) that have no open finding; `lost`: keys of findings.

    `run_by`: keys of open findings with the `operator` of today, where that is another than they know.
    `readings` are those of the reports that tell what is still open; `concerned` counts the rows that anybody holds or
    held by what changed, in all reports.
    """

    readings: dict[int, Reading]
    fresh: pl.DataFrame
    lost: pl.DataFrame
    run_by: pl.DataFrame
    concerned: int


def look(glass: Glass, *, telling: Sequence[Report], others: Sequence[Report], progress: Progress) -> Outcome:
    """Look at every report: those `telling` what is still open, and the `others` for when that was first seen."""
    watched = _Watch(progress)
    readings = {report.pk: reading for report, reading in watched.each(glass.read, telling)}
    concerned = sum(reading.rows_count for reading in readings.values())
    if not readings:
        return Outcome({}, _NOTHING, _NOTHING, _NOTHING, 0)
    seen = pl.concat([one.seen.with_columns(report=pl.lit(pk, pl.Int64)) for pk, one in readings.items()])
    possible = pl.concat([one.possible for one in readings.values()])
    with transaction.atomic():
        known = keys.standing(pl.concat([seen.select(KEYS), possible.select(KEYS)]).unique())
    lost = _lost(known, seen=seen, possible=possible)
    if lost.height:
        lost = _groundless(lost, _elsewhere(glass, lost, telling, watched))
    fresh = _fresh(seen, known)
    first = FirstSight(glass, fresh)
    for _report, (sights, count) in watched.each(lambda report: _older(report, glass, first), others):
        first.add(sights)
        concerned += count
    return Outcome(readings, weaknesses.raised(first.of_each(fresh)), lost, _run_by(seen, known), concerned)


_NOTHING = pl.DataFrame(schema=dict.fromkeys(KEYS, pl.String))


def _fresh(seen: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """The sightings that open a finding: they have none, or one that they reopen."""
    state = pl.col("state")
    is_fresh = state.is_null() | (state == "no-longer-theirs")
    is_fresh |= state.is_in(REOPENS) & (pl.col("last_at") > pl.col("closed_at"))
    rows = seen.join(known, on=KEYS, how="left", maintain_order="left")
    return rows.filter(is_fresh).drop("state", "run_by", "closed_at")


def _lost(known: pl.DataFrame, *, seen: pl.DataFrame, possible: pl.DataFrame) -> pl.DataFrame:
    """The open findings that these rows can have made, and whose newest sight is no longer theirs."""
    unsolved = known.filter(pl.col("state").is_in([state.value for state in UNSOLVED])).select(KEYS)
    newest = possible.group_by(KEYS).agg(pl.col("last_at").max())
    return _groundless(unsolved.join(newest, on=KEYS), seen)


def _run_by(seen: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Where the newest sight of an open finding lies in the network of another than the finding knows."""
    newest = seen.sort("last_at", "report", descending=True).unique(KEYS, keep="first", maintain_order=True)
    open_ones = known.filter(pl.col("state").is_in([state.value for state in UNSOLVED]))
    both = newest.join(open_ones, on=KEYS)
    return both.filter(pl.col("operator").ne_missing(pl.col("run_by"))).select(*KEYS, "operator")


def _groundless(rows: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    """The rows (KEYS and `last_at`) that were not seen as late as that."""
    theirs = seen.group_by(KEYS).agg(seen_at=pl.col("last_at").max())
    is_theirs = (pl.col("seen_at") >= pl.col("last_at")).fill_null(value=False)
    return rows.join(theirs, on=KEYS, how="left").filter(~is_theirs).drop("seen_at")


def _elsewhere(glass: Glass, lost: pl.DataFrame, telling: Sequence[Report], watched: "_Watch") -> pl.DataFrame:
    """Sightings of the same addresses and names in rows that no change concerns: they may be ground enough."""
    sought = subjects_of(lost["asset"])
    return pl.concat([seen for _report, seen in watched.each(lambda report: glass.seen(report, sought), telling)])


def _older(report: Report, glass: Glass, first: FirstSight) -> tuple[Sights, int]:
    """What of an older report is asked: what of the fresh sightings stands in it, and how many rows are concerned."""
    return first.look(report), len(concordance.rows(report, glass.sought))


class _Watch:
    """Reads reports, some at once, and tells how many rows were looked at."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._done = progress, 0

    def each(self, read: Callable[[Report], Read], reports: Sequence[Report]) -> Iterator[tuple[Report, Read]]:
        """What `read` says of each report, in their order."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            coming = deque(pool.submit(read, report) for report in reports[:AHEAD])
            for at, report in enumerate(reports):
                found = coming.popleft().result()
                coming.extend(pool.submit(read, later) for later in reports[at + AHEAD : at + AHEAD + 1])
                self._done += report.rows_count - report.quarantined_count
                self._progress(self._done, "rows looked at")
                yield report, found
