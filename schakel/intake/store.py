"""Where observations lie: columns in Parquet files, a folder per report; never rows in a table.

A report's folder holds `raw` (the bytes as sent), `observations.parquet`, `quarantined.parquet`, and, once matched,
`matches.parquet` (a line per holder) and `sightings.parquet` (a line per finding it holds). Files appear whole or
not at all: they are written beside their place and moved into it.
"""

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Self

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from schakel.intake.models import Report

ROW_GROUP = 50_000
REPEATED = ("observed_at", "kind", "severity", "protocol", "country", "weakness", "asn", "port", "basis", "role")
"""Columns of few different values; a dictionary of any other only costs."""
SOUGHT = ("row", "organisation", "line")
"""Columns by which parts of a file are passed over."""
CLIMBING = ("row", "line")
"""Columns whose numbers go up: the steps take less than the numbers."""


def folder(report: Report) -> Path:
    """The report's folder; made where it is missing."""
    place = Path(settings.STORE) / "reports" / f"{report.received_at:%Y/%m}" / str(report.pk)
    place.mkdir(parents=True, exist_ok=True)
    return place


def raw(report: Report) -> Path:
    """The bytes as they were sent."""
    return folder(report) / "raw"


class Sheet:
    """A file of the report being written: frames of one schema go in, and the file appears when the block ends well."""

    def __init__(self, report: Report, name: str) -> None:
        self._place = folder(report) / f"{name}.parquet"
        self._beside = self._place.with_suffix(".part")
        self._writer: pq.ParquetWriter | None = None
        self.rows = 0

    def add(self, frame: pl.DataFrame) -> None:
        """Append the rows of `frame`."""
        table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._beside, table.schema, **_encodings(table))
        self._writer.write_table(table, row_group_size=ROW_GROUP)
        self.rows += frame.height

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._writer is None:
            return
        self._writer.close()
        if kind is None:
            self._beside.replace(self._place)
        else:
            self._beside.unlink()


def _encodings(table: pa.Table) -> dict[str, Any]:
    """How the columns are best written: what is quick to write and read again, and small."""
    longs = [name for name in table.column_names if pa.types.is_int64(table.schema.field(name).type)]
    climbing = _among(table, CLIMBING)
    return {
        "compression": {name: "none" if name in climbing else "lz4" for name in table.column_names},
        "column_encoding": dict.fromkeys(climbing, "DELTA_BINARY_PACKED") | dict.fromkeys(longs, "BYTE_STREAM_SPLIT"),
        "use_dictionary": _among(table, REPEATED),
        "write_statistics": _among(table, SOUGHT),
    }


def _among(table: pa.Table, names: Sequence[str]) -> list[str]:
    return [name for name in table.column_names if name in names]


def write(frame: pl.DataFrame, report: Report, name: str) -> None:
    """Write `frame` as the file `name`; an existing one is replaced."""
    with Sheet(report, name) as sheet:
        sheet.add(frame)


def scan(report: Report, name: str) -> pl.LazyFrame:
    """The file `name` of the report, read lazily."""
    return pl.scan_parquet(folder(report) / f"{name}.parquet")


def has(report: Report, name: str) -> bool:
    """Whether the report has a file `name`."""
    return (folder(report) / f"{name}.parquet").exists()


def batches(report: Report, name: str, *, columns: Sequence[str], size: int = 250_000) -> Iterable[pl.DataFrame]:
    """The file's columns in order, in frames of at most `size` rows."""
    rows = scan(report, name).select(columns)
    height = pq.read_metadata(folder(report) / f"{name}.parquet").num_rows
    for at in range(0, height, size):
        yield rows.slice(at, size).collect()


def quarantined(report: Report, *, limit: int = 100, offset: int = 0) -> pl.DataFrame:
    """Rows that could not be read: line, column, value, reason, words, raw."""
    if not has(report, "quarantined"):
        return pl.DataFrame()
    return scan(report, "quarantined").slice(offset, limit).collect()


def unmatched(report: Report, *, limit: int = 100, offset: int = 0) -> pl.DataFrame:
    """Rows that nobody in the registry holds, or that a warning list keeps from matching."""
    if not has(report, "matches"):
        return pl.DataFrame()
    matched = scan(report, "matches").filter("is_found").select("row").unique()
    rows = scan(report, "observations").with_row_index("row")
    return rows.join(matched, on="row", how="anti", maintain_order="left").slice(offset, limit).collect()


def matched_rows(
    report: Report, *, organisation_ids: Sequence[int], kinds: Sequence[str], limit: int = 200
) -> pl.DataFrame:
    """The rows that concern these organisations: observation columns, and organisation, asset, basis, rank.

    What somebody holds within their network is that holder's concern, and not theirs.
    """
    if not has(report, "matches"):
        return pl.DataFrame()
    lines = scan(report, "matches")
    held = lines.filter(pl.col("organisation").is_in(list(organisation_ids)), "is_found")
    nearest = lines.join(held, on="row", how="semi").group_by("row").agg(pl.col("rank").min())
    held = held.join(nearest, on=["row", "rank"], how="semi")
    seen = scan(report, "observations").with_row_index("row").filter(pl.col("kind").is_in(list(kinds)))
    return held.join(seen, on="row").sort("row", "rank").head(limit).drop("is_found").collect()


def remove(report: Report) -> None:
    """Delete everything the store holds of the report."""
    shutil.rmtree(folder(report))
