"""Parquet files, a few rows at a time. A record's number takes the place of its line."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from schakel.intake.formats.flows import CHUNK, Flow
from schakel.intake.formats.shapes import FormatRefused

MAGIC: Final = b"PAR1"
_ROWS_AT_ONCE: Final = 50_000
_IN_MEMORY: Final = 32 << 20


@contextmanager
def opened(flow: Flow) -> Iterator[Any]:
    """The file, copied to disk where it is large, for its index stands at its end. Raises FormatRefused."""
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as copy:
        while piece := flow.read(CHUNK):
            copy.write(piece)
        copy.seek(0)
        if flow.broken:
            raise FormatRefused("bad-parquet", "The Parquet file is not whole, so its index is missing.")
        with _refusing():
            file = pq.ParquetFile(copy)
        yield file


def names(file: Any) -> list[str]:
    """The columns of the file."""
    return [str(name) for name in file.schema_arrow.names]


def frames(file: Any) -> Iterator[pl.DataFrame]:
    """The records as text columns `c0`, `c1`, … beside `line` and, as a JSON object, `source_row`."""
    line = 1
    batches = file.iter_batches(batch_size=_ROWS_AT_ONCE)
    while True:
        with _refusing():
            batch = next(batches, None)
            if batch is None:
                return
            frame = _texts(pa.Table.from_batches([batch]), line)
        yield frame
        line += batch.num_rows


def _texts(table: Any, line: int) -> pl.DataFrame:
    columns = [_text(pl.Series(pl.from_arrow(column))) for column in table.columns]
    shown = pl.DataFrame([column.alias(name) for column, name in zip(columns, _distinct(table), strict=True)])
    frame = pl.DataFrame([column.alias(f"c{index}") for index, column in enumerate(columns)])
    rows = shown.select(pl.struct(pl.all()).struct.json_encode()).to_series()
    lines = pl.int_range(line, line + table.num_rows, dtype=pl.UInt32, eager=True)
    return frame.with_columns(lines.alias("line"), rows.alias("source_row"))


def _distinct(table: Any) -> list[str]:
    """The names of the columns; a repeated one carries its number."""
    seen = table.column_names
    return [name if seen.index(name) == index else f"{name} {index + 1}" for index, name in enumerate(seen)]


def _text(column: pl.Series) -> pl.Series:
    """The values as text. Moments keep their zone; what is nested or binary has no text of its own."""
    if isinstance(column.dtype, pl.Datetime):
        zone = "%:z" if column.dtype.time_zone else ""
        return column.dt.to_string(f"%Y-%m-%d %H:%M:%S%.6f{zone}")
    if column.dtype.is_float():
        whole = column.cast(pl.Int64, strict=False)
        is_whole = (whole.cast(pl.Float64) == column.cast(pl.Float64)).fill_null(value=False)
        return column.cast(pl.String).zip_with(~is_whole, whole.cast(pl.String))
    if column.dtype.is_nested() or column.dtype in {pl.Binary, pl.Object}:
        return pl.repeat(None, len(column), dtype=pl.String, eager=True)
    return column.cast(pl.String).str.replace_all("\x00", "\ufffd", literal=True)


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError, pl.exceptions.PolarsError) as wrong:
        raise FormatRefused("bad-parquet", "The Parquet file is damaged or of a kind that cannot be read.") from wrong
