"""XLSX and Parquet as text columns, so that one way of checking holds for every kind of file.

The line of a row is its place as a spreadsheet shows it: the header is line 1.
"""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyarrow as pa
from pyarrow import parquet

from schakel.kit import sheets
from schakel.registry.files.headers import columns_of
from schakel.registry.files.records import Broken, Records
from schakel.registry.files.refusals import FileRefused
from schakel.registry.files.tables import Table

TOO_LARGE = "The workbook is too large to be read. Take away what is not the table, or save it as CSV."


def read_xlsx(path: Path, kind: str, table: Table, limit: int, most_bytes: int) -> Iterator[Records]:
    """The rows of the sheet named like the kind, or of the first sheet. Raises FileRefused."""
    sheet = _sheet(path, kind, most_bytes)
    if sheet.is_empty():
        raise FileRefused("empty", "The sheet has no header.")
    columns = columns_of(_header(sheet), table)
    named, others = sheet.columns[: len(columns)], sheet.columns[len(columns) :]
    rows = sheet.select(pl.exclude(others)).rename(dict(zip(named, columns, strict=True)))
    rows = rows.with_row_index("line", offset=1).with_columns(pl.col("line").cast(pl.UInt32)).slice(1)
    is_too_wide = sheet.slice(1).select(pl.any_horizontal(pl.lit(value=False), pl.col(others).is_not_null()))
    wide = rows.filter(is_too_wide.to_series())
    broken = [Broken(line, "column-count", "; ".join(filter(None, cells))) for line, *cells in wide.iter_rows()]
    return Records(rows.filter(~is_too_wide.to_series()), broken).pieces(limit)


def _header(sheet: pl.DataFrame) -> list[str]:
    header = [name or "" for name in sheet.row(0)]
    while header and not header[-1].strip():
        header.pop()
    return header


def _sheet(path: Path, kind: str, most_bytes: int) -> pl.DataFrame:
    try:
        return sheets.read(path, kind, most_bytes=most_bytes)
    except sheets.Broken as error:
        raise FileRefused("broken-workbook", "The workbook cannot be read; save it again as .xlsx.") from error
    except sheets.TooLarge as error:
        raise FileRefused("too-large", TOO_LARGE) from error


def read_parquet(path: Path, table: Table, limit: int) -> Iterator[Records]:
    """The rows of a Parquet file, in batches. Raises FileRefused."""
    try:
        file = parquet.ParquetFile(path)
    except pa.ArrowException as error:
        raise FileRefused("broken-parquet", "The Parquet file is damaged or cut short.") from error
    columns = columns_of(file.schema_arrow.names, table)
    return _batches(file, columns, limit)


def _batches(file: parquet.ParquetFile, columns: list[str], limit: int) -> Iterator[Records]:
    line = 2
    for batch in file.iter_batches(batch_size=limit):
        frame = pl.DataFrame(pl.from_arrow(batch)).rename(dict(zip(batch.schema.names, columns, strict=True)))
        numbered = as_text(frame).with_row_index("line", offset=line)
        yield Records(numbered.with_columns(pl.col("line").cast(pl.UInt32)))
        line += len(frame)


def as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Every column as the text that a CSV file would hold. Raises FileRefused for bytes and nested columns."""
    return frame.select(_text(name, dtype).alias(name) for name, dtype in frame.schema.items())


def _text(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if dtype == pl.Boolean:
        return pl.when(column).then(pl.lit("yes")).when(~column).then(pl.lit("no"))
    if dtype.is_float():
        return column.cast(pl.String).str.strip_suffix(".0")
    if dtype == pl.List(pl.String):
        return column.list.join("; ")
    if dtype.is_nested() or dtype == pl.Binary:
        raise FileRefused("column-type", f"The column “{name}” holds {dtype}; write it as text.", name=name)
    return column.cast(pl.String)
