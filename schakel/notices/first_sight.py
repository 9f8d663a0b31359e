"""When something was first seen: asked of every report of a year, without matching any of them again.

A report's marks (`notices.marks`) say which rows are named as a finding that is looked for. Whose such a row is, is
found out once for all rows that are alike, in whichever report they stand. Where the marks are missing, the rows of the
addresses and names in question are read.
"""

from dataclasses import dataclass
from threading import Lock

import numpy as np
import polars as pl

from schakel.intake import concordance
from schakel.intake.models import Report
from schakel.matching.kernel import I64, NOBODY, U64, Bool
from schakel.notices import marks
from schakel.notices.rereading import Glass, subjects_of
from schakel.notices.sightings import KEYS
from schakel.policy import sharing


@dataclass(frozen=True, slots=True)
class Sights:
    """Which of the keys were seen, by their numbers, and when (microseconds since 1970, UTC)."""

    keys: I64
    moments: I64


@dataclass(frozen=True, slots=True)
class _Known:
    """Of rows by their mark, sorted, which key each makes; a row that makes none has NOBODY."""

    marks: U64
    keys: I64

    def pairs(self, asked: U64) -> tuple[I64, I64]:
        """For each mark that is known: its place among those asked, and its key. A mark may make several keys."""
        first = np.searchsorted(self.marks, asked)
        counts = np.searchsorted(self.marks, asked, side="right") - first
        places = np.repeat(np.arange(len(asked)), counts)
        within = np.arange(len(places)) - np.repeat(np.cumsum(counts) - counts, counts)
        keys = self.keys[np.repeat(first, counts) + within]
        return places[keys != NOBODY], keys[keys != NOBODY]

    def misses(self, asked: U64) -> Bool:
        """Which marks are not known."""
        return ~_among(asked, self.marks)

    def and_then(self, found: U64, keys: I64) -> "_Known":
        """With more."""
        both, with_keys = np.concatenate([self.marks, found]), np.concatenate([self.keys, keys])
        order = np.argsort(both, kind="stable")
        return _Known(both[order], with_keys[order])


class FirstSight:
    """When each of the sightings (KEYS and `first_at`) was first seen. `look` may be called by several threads."""

    def __init__(self, glass: Glass, fresh: pl.DataFrame) -> None:
        first = fresh.group_by(KEYS, maintain_order=True).agg(pl.col("first_at").min())
        self._glass, self._keys = glass, first.select(KEYS).with_row_index("key")
        self._earliest = first["first_at"].to_physical().to_numpy().copy()
        self._names = np.unique(marks.names(first))
        self._sought = subjects_of(first["asset"])
        nothing = _Known(np.empty(0, np.uint64), np.empty(0, np.int64))
        self._known, self._learning = {True: nothing, False: nothing}, Lock()

    def look(self, report: Report) -> Sights:
        """What of it stands in the report."""
        rows = concordance.rows(report, self._sought)
        return self._by_marks(report, rows) if marks.is_made(report) else self._by_reading(report, rows)

    def _by_reading(self, report: Report, rows: I64) -> Sights:
        seen = self._glass.keyed(report, rows).join(self._keys, on=KEYS)
        return Sights(*(seen[name].to_physical().cast(pl.Int64).to_numpy() for name in ("key", "observed_at")))

    def _by_marks(self, report: Report, rows: I64) -> Sights:
        lines = marks.of(report, rows)
        is_named = _among(lines["plain"], self._names) | _among(lines["by_name"], self._names)
        rows, lines = rows[is_named], lines[is_named]
        places, keys = self._knowing(report, rows, lines["whole"]).pairs(lines["whole"])
        return Sights(keys, lines["seen"][places])

    def add(self, sights: Sights) -> None:
        """Take in what stood in a report."""
        np.minimum.at(self._earliest, sights.keys, sights.moments)

    def of_each(self, fresh: pl.DataFrame) -> pl.DataFrame:
        """The sightings, each first seen when it was first seen in any report."""
        moments = pl.Series("first_at", self._earliest).cast(fresh.schema["first_at"])
        earliest = self._keys.drop("key").with_columns(moments)
        rows = fresh.drop("first_at").join(earliest, on=KEYS, how="left", maintain_order="left")
        return rows.select(fresh.columns)

    def _knowing(self, report: Report, rows: I64, asked: U64) -> _Known:
        """What is known of such rows, once whose they are was found out of those that are new."""
        with_operators = sharing.operator_refusal(report.terms) is None
        with self._learning:
            known = self._known[with_operators]
            is_new = known.misses(asked)
            if is_new.any():
                known = known.and_then(*self._learned(report, rows[is_new], asked[is_new]))
                self._known[with_operators] = known
        return known

    def _learned(self, report: Report, rows: I64, asked: U64) -> tuple[U64, I64]:
        """Marks, and the keys that their rows make."""
        distinct, at = np.unique(asked, return_index=True)
        of_row = pl.DataFrame({"row": rows[at], "mark": distinct}, schema_overrides={"row": pl.UInt32})
        made = self._glass.keyed(report, np.sort(rows[at])).join(self._keys, on=KEYS)
        found = of_row.join(made.select("row", "key"), on="row", how="left")
        return found["mark"].to_numpy(), found["key"].cast(pl.Int64).fill_null(NOBODY).to_numpy()


def _among(asked: U64, known: U64) -> Bool:
    """Which of those asked stand among the known ones, which are sorted."""
    if not len(known):
        return np.zeros(len(asked), np.bool_)
    found: Bool = known[np.minimum(np.searchsorted(known, asked), len(known) - 1)] == asked
    return found
