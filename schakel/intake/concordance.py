"""In which rows of a report an address, a name or a number stands, so that a year need not be read to find a few.

Beside the observations lies a file per kind of key, sorted by key; of these only the parts are read that can hold what
is sought. They are made when a report is first looked at again, or by a job before that.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from schakel.intake import store
from schakel.intake.models import Report
from schakel.matching import subjects
from schakel.matching.kernel import I64
from schakel.matching.subjects import Keys, Sought

COLUMNS = ("address", "host", "email", "asn")
PART = 1 << 15
"""Keys that are read at once: so small that a search for few reads little, so large that one for many is quick."""
NAME = "concordance-{}"


def rows(report: Report, sought: Sought) -> I64:
    """The numbers of the rows that hold what is sought, sorted. The concordance is made where it is missing."""
    if not is_made(report):
        make(report)
    found = [_found(_place(report, kind), ranges) for kind, ranges in sought.items()]
    return np.unique(np.concatenate([np.empty(0, np.int64), *found]))


def is_made(report: Report) -> bool:
    """Whether the report has its concordance."""
    return all(_place(report, kind).exists() for kind in subjects.KINDS)


def make(report: Report) -> None:
    """Write the concordance of a report that has observations. Safe to repeat."""
    parts: dict[str, list[Keys]] = {kind: [] for kind in subjects.KINDS}
    offset = 0
    for batch in store.batches(report, "observations", columns=COLUMNS):
        for kind, keys in subjects.keys_of(batch).items():
            parts[kind].append(Keys(keys.keys, keys.rows + offset))
        offset += batch.height
    for kind, found in parts.items():
        _write(found, _place(report, kind))


def _place(report: Report, kind: str) -> Path:
    return store.folder(report) / f"{NAME.format(kind)}.parquet"


def _write(parts: list[Keys], place: Path) -> None:
    keys = np.concatenate([np.empty(0, np.uint64), *(part.keys for part in parts)])
    numbers = np.concatenate([np.empty(0, np.int64), *(part.rows for part in parts)])
    order = np.argsort(keys, kind="stable")
    table = pa.table({"key": keys[order], "row": numbers[order].astype(np.uint32)})
    beside = place.with_suffix(".part")
    pq.write_table(
        table,
        beside,
        row_group_size=PART,
        compression="none",
        use_dictionary=False,
        write_statistics=["key"],
        column_encoding={"key": "DELTA_BINARY_PACKED", "row": "DELTA_BINARY_PACKED"},
    )
    beside.replace(place)


def _found(place: Path, ranges: subjects.Ranges) -> I64:
    """The rows of the keys within the ranges; parts without any are passed over by their statistics."""
    with pq.ParquetFile(place) as file:
        parts = [at for at in range(file.num_row_groups) if _may_hold(file.metadata.row_group(at), ranges)]
        if not parts:
            return np.empty(0, np.int64)
        table = file.read_row_groups(parts)
    keys, numbers = (table[name].to_numpy() for name in ("key", "row"))
    found: I64 = numbers[ranges.places(keys)].astype(np.int64)
    return found


def _may_hold(part: pq.RowGroupMetaData, ranges: subjects.Ranges) -> bool:
    statistics = part.column(0).statistics
    return part.num_rows > 0 and ranges.touches(statistics.min, statistics.max)


def observations(report: Report, numbers: I64, *, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """These rows of the report, with their number as `row`; only the parts of the file that hold them are read.

    Without `columns`, all of them.
    """
    with pq.ParquetFile(store.folder(report) / "observations.parquet") as file:
        sizes = [file.metadata.row_group(at).num_rows for at in range(file.num_row_groups)]
        begins = np.concatenate([[0], np.cumsum(sizes)])
        at = np.searchsorted(begins, numbers, side="right") - 1
        parts = np.unique(at)
        table = file.read_row_groups(parts.tolist(), columns=None if columns is None else list(columns))
    shift = np.zeros(len(sizes) + 1, np.int64)
    shift[parts] = begins[parts] - np.concatenate([[0], np.cumsum(np.array(sizes)[parts])[:-1]])[: len(parts)]
    frame = pl.DataFrame(table.take(pa.array(numbers - shift[at])))
    return frame.insert_column(0, pl.Series("row", numbers, dtype=pl.UInt32))
