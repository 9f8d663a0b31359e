"""By what names each stored row may make a finding, as numbers: so a year is asked without being read.

Beside the observations lies a file with a line per row: when it was seen, how a finding of it is named where its
holder was recognised by an address or number, how where by a name, and a mark of all that says whose finding it is. A
job makes it; to look for a few rows of a report that lacks it, reading those is quicker.
"""

import zlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schakel.intake import store
from schakel.intake.models import Report
from schakel.matching import marks
from schakel.matching.kernel import I64, U64
from schakel.notices.sightings import ENDURING, KEYED, normal_form

LINE = np.dtype([("seen", "<i8"), ("plain", "<u8"), ("by_name", "<u8"), ("whole", "<u8")])
FORM = zlib.crc32(repr((1, sorted(ENDURING))).encode())
"""What is kept depends on how findings are named; marks of another form count as not made."""
NAME = f"marks-{FORM:08x}.lines"
NEVER = np.iinfo(np.int64).max
Lines = NDArray[np.void]


def names(keys: pl.DataFrame) -> U64:
    """How findings with these keys are named, whoever holds them."""
    return marks.of([keys["kind"], keys["asset"], keys["weakness"]])


def of(report: Report, rows: I64) -> Lines:
    """The lines of these rows of a report whose marks are made."""
    if not len(rows):
        return np.empty(0, LINE)
    return np.asarray(np.memmap(_place(report), LINE, "r")[rows])


def is_made(report: Report) -> bool:
    """Whether the report has its marks, in the form of today."""
    return _place(report).exists()


def make(report: Report) -> None:
    """Write the marks of a report that has observations. Safe to repeat."""
    place = _place(report)
    beside = place.with_suffix(".part")
    with beside.open("wb") as file:
        for lines in _lines(store.batches(report, "observations", columns=KEYED)):
            lines.tofile(file)
    beside.replace(place)


def _place(report: Report) -> Path:
    return store.folder(report) / NAME


def _lines(batches: Iterable[pl.DataFrame]) -> Iterable[Lines]:
    for rows in batches:
        lines = np.empty(rows.height, LINE)
        named = rows.select("kind", pl.col("weakness").fill_null(""), *(_form(by_name=one) for one in (False, True)))
        for field in ("plain", "by_name"):
            lines[field] = marks.of([named["kind"], named[field], named["weakness"]])
        who = [rows[name] for name in ("address", "host", "email", "asn")]
        lines["whole"] = marks.of([*who, *(pl.Series(lines[field]) for field in ("plain", "by_name"))])
        lines["seen"] = rows["observed_at"].to_physical().fill_null(NEVER).to_numpy()
        yield lines


def _form(*, by_name: bool) -> pl.Expr:
    return normal_form(pl.lit(by_name)).fill_null("").alias("by_name" if by_name else "plain")
