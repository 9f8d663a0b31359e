"""In which rows of a report an address, a name or a number stands, so that a year need not be read to find a few.

Beside the observations lies a file per kind of key: the keys, sorted, and then their rows, as plain numbers. It is not
read but looked into, so that a search costs what it finds. It is made when a report is first looked at again, or by a
job before that.
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
NAME = "concordance-{}"
_ROW = np.dtype(np.uint32)


def rows(report: Report, sought: Sought) -> I64:
    """The numbers of the rows that hold what is sought, sorted. The concordance is made where it is missing."""
    if not is_made(report):
        make(report)
    found = [_found(report, kind, ranges) for kind, ranges in sought.items()]
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
            parts[kind].append(Keys(keys.keys.astype(subjects.KINDS[kind]), keys.rows + offset))
        offset += batch.height
    for kind, found in parts.items():
        _write(found, _place(report, kind))


def _place(report: Report, kind: str) -> Path:
    return store.folder(report) / f"{NAME.format(kind)}.keys"


def _write(parts: list[Keys], place: Path) -> None:
    keys = np.concatenate([np.empty(0, np.uint32), *(part.keys for part in parts)])
    found = Keys(keys, np.concatenate([np.empty(0, np.int64), *(part.rows for part in parts)])).sorted()
    beside = place.with_suffix(".part")
    with beside.open("wb") as file:
        found.keys.tofile(file)
        found.rows.astype(_ROW).tofile(file)
    beside.replace(place)


def _found(report: Report, kind: str, ranges: subjects.Ranges) -> I64:
    """The rows of the keys within the ranges; of the file only those parts are read in which they are looked for."""
    place, form = _place(report, kind), np.dtype(subjects.KINDS[kind])
    count = place.stat().st_size // (form.itemsize + _ROW.itemsize)
    if not count:
        return np.empty(0, np.int64)
    keys = np.memmap(place, form, "r", shape=(count,))
    numbers = np.memmap(place, _ROW, "r", offset=count * form.itemsize, shape=(count,))
    found: I64 = numbers[ranges.places(keys)].astype(np.int64)
    return found


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
