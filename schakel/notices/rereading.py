"""A stored report, looked at again for what changed: which of its rows are concerned, and who holds them now.

A small index of what changed says which rows are concerned; the whole index says who holds them, at the moment of
looking: what is still open is the business of who holds it now. So the holders are those that matching the whole report
would give at that moment, and all other rows keep theirs.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from schakel.intake import concordance
from schakel.intake.models import Report
from schakel.matching import Index, subjects
from schakel.matching.kernel import I64
from schakel.matching.subjects import Sought
from schakel.notices.changes import LIFTED, Changed
from schakel.notices.sightings import CARRIED, COLUMNS, KEYED, KEYS, held, normal_form, sightings
from schakel.policy import sharing

KEY = (pl.col("organisation"), pl.col("kind"), normal_form().alias("asset"), pl.col("weakness").fill_null(""))
"""What names a finding, from a row and its holder."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What is concerned of one report: `rows_count` rows. `lines` are all holders of each, by the row's number.

    `seen` are the sightings that come of them, `keyed` says which row makes which. `possible` are the keys of every
    finding that they can ever have made, with their last moment: of all who hold a row now, or held it by what changed.
    """

    rows_count: int
    lines: pl.DataFrame
    keyed: pl.DataFrame
    seen: pl.DataFrame
    possible: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Glass:
    """What a year of reports is looked at through: the whole index, and a small one of what changed."""

    whole: Index
    changed: Index
    sought: Sought
    at: datetime

    @classmethod
    def of(cls, changed: Changed, whole: Index, *, at: datetime) -> "Glass":
        """For these changes, at that moment."""
        return cls(whole, changed.index(), changed.sought(), at)

    def read(self, report: Report) -> Reading:
        """The rows that anybody holds or held by what changed, with their holders."""
        rows = self._rows(report, self.sought)
        rows = rows[self.changed.match(rows).frame()["row"].unique(maintain_order=True)]
        lines = self._lines(rows)
        best = _best(rows, lines, report)
        return Reading(
            rows_count=rows.height,
            lines=lines.with_columns(row=rows["row"].gather(lines["row"])),
            keyed=best.select("row", *KEY),
            seen=sightings(best),
            possible=_possible(rows, [lines, self.changed.match(rows).frame()]),
        )

    def seen(self, report: Report, sought: Sought) -> pl.DataFrame:
        """The sightings, as the whole registry has it, of the rows that hold what is sought; not how grave they are."""
        rows = self._rows(report, sought, columns=KEYED)
        unread = [pl.lit(None, dtype=kind).alias(name) for name, kind in CARRIED.items() if name not in KEYED]
        rows = rows.with_columns(unread)
        return sightings(_best(rows, self._lines(rows), report))

    def keyed(self, report: Report, numbers: I64) -> pl.DataFrame:
        """Which findings these rows make, as the whole registry has it: KEYS, `row` and `observed_at`."""
        rows = concordance.observations(report, numbers, columns=KEYED)
        return _best(rows, self._lines(rows), report).select("row", "observed_at", *KEY)

    def _lines(self, rows: pl.DataFrame) -> pl.DataFrame:
        return self.whole.match(rows.with_columns(observed_at=pl.lit(self.at))).frame()

    @staticmethod
    def _rows(report: Report, sought: Sought, *, columns: list[str] = COLUMNS) -> pl.DataFrame:
        return concordance.observations(report, concordance.rows(report, sought), columns=columns)


def subjects_of(assets: Iterable[str]) -> Sought:
    """Where the rows lie of findings with these names: what stands before a blank is an address, a name or a number."""
    named = pl.Series("named", [asset.partition(" ")[0] for asset in assets], dtype=pl.String)
    number = named.str.extract(r"^(?i:as)(\d+)$").cast(pl.UInt32, strict=False)
    return subjects.sought_by(pl.DataFrame({"address": named, "host": named, "asn": number}))


def _best(rows: pl.DataFrame, lines: pl.DataFrame, report: Report) -> pl.DataFrame:
    """The lines that make findings, each with its row, by the row's number in the report."""
    best = held(lines, with_operators=sharing.operator_refusal(report.terms) is None)
    return best.drop("row").hstack(rows[best["row"]])


def _possible(rows: pl.DataFrame, lines: list[pl.DataFrame]) -> pl.DataFrame:
    both = pl.concat([part.select("row", "organisation", "basis") for part in lines]).unique()
    both = both.filter(pl.col("organisation") != LIFTED)
    keys = both.drop("row").hstack(rows[both["row"]]).select(*KEY, last_at="observed_at")
    return keys.group_by(KEYS).agg(pl.col("last_at").max())
