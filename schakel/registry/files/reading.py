"""One door for every kind of table file: what it is shows in its first bytes, never in its name."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from schakel.kit import sheets
from schakel.registry.files import csv_text, other_sources
from schakel.registry.files.check import BAD_SCHEMA, Checked, Seen, check
from schakel.registry.files.records import Broken, Records
from schakel.registry.files.refusals import WORDS, FileRefused
from schakel.registry.files.tables import TABLES, Table

ROWS_PER_BATCH = 100_000


def read_table(
    path: Path,
    kind: str,
    *,
    rows_per_batch: int = ROWS_PER_BATCH,
    table: Table | None = None,
    most_bytes: int = sheets.MOST_BYTES,
) -> Iterator[Checked]:
    """The rows of a file of one kind (a key of TABLES, or with a `table` of its own), checked, in batches.

    `path`: CSV (comma, semicolon or tab; UTF-8, UTF-16 with a mark, or cp1252; gzipped or not), XLSX or Parquet.
    Reading a workbook takes at most `most_bytes` of memory. Raises FileRefused, possibly after some batches when a gzip
    archive turns out to be cut short.
    """
    table, seen = table or TABLES[kind], Seen()
    with path.open("rb") as file:
        head = file.read(8)
        file.seek(0)
        if head.startswith(b"\xd0\xcf\x11\xe0"):
            raise FileRefused("old-workbook", "This is a workbook in the old .xls form; save it as .xlsx.")
        if head.startswith(b"PK\x03\x04"):
            sources = other_sources.read_xlsx(path, kind, table, rows_per_batch, most_bytes)
        elif head.startswith(b"PAR1"):
            sources = other_sources.read_parquet(path, table, rows_per_batch)
        else:
            sources = csv_text.read(file, table, rows_per_batch)
        for records in sources:
            yield _checked(records, table, seen)


def unpacks(path: Path) -> bool:
    """Whether a file is of a form in which a few bytes can stand for very many: gzip or Parquet."""
    with path.open("rb") as file:
        return file.read(4).startswith((b"\x1f\x8b", b"PAR1"))


def _checked(records: Records, table: Table, seen: Seen) -> Checked:
    good, bad = check(records.frame, table, seen)
    if records.broken:
        bad = pl.concat([bad, _broken(records.broken)]).sort("line")
    return Checked(good, bad, len(good) + len(bad), tuple(records.frame.columns[1:]))


def _broken(broken: list[Broken]) -> pl.DataFrame:
    rows = [(record.line, None, record.raw[:200], record.reason, WORDS[record.reason]) for record in broken]
    return pl.DataFrame(rows, schema=BAD_SCHEMA, orient="row")
