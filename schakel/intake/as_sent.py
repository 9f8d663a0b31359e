"""A row as the source sent it, read from the report's own bytes again when somebody wants to see it.

Few rows are ever looked at, so the store does not keep the text of all of them beside what was understood of it.
"""

import polars as pl

from schakel.intake import formats, store
from schakel.intake.models import Report
from schakel.intake.steps.parse import options_of

LARGEST, MOST = 256 << 20, 1_000_000
"""Bytes and rows: what is larger takes too long to read for a page that somebody waits for."""
_NAMED = ["line", "address", "host", "url", "email", "asn", "port"]


def with_source_rows(rows: pl.DataFrame, report: Report) -> pl.DataFrame:
    """Observations of the report with `source_row`: what was sent, each field with its name in the file.

    Null where it can no longer be read. Files in an archive each begin at line 1, so a row is known again by its line
    and what it names.
    """
    found = _read_again(rows.select(_NAMED).unique(), report)
    return rows.join(found, on=_NAMED, how="left", nulls_equal=True, maintain_order="left")


def _read_again(wanted: pl.DataFrame, report: Report) -> pl.DataFrame:
    found = [pl.DataFrame(schema=wanted.schema | {"source_row": pl.String()})]
    is_too_large = report.size_bytes > LARGEST or report.rows_count > MOST
    if wanted.is_empty() or is_too_large or not store.raw(report).exists():
        return found[0]
    with store.raw(report).open("rb") as stream:
        for batch in formats.read(stream, name=report.name, options=options_of(report)):
            rows = batch.observations.select(*_NAMED, "source_row")
            some = rows.join(wanted, on=_NAMED, how="semi", nulls_equal=True).unique(_NAMED, keep="first")
            found.append(some.with_columns(_named(some["source_row"], batch.layout)))
            wanted = wanted.join(some, on=_NAMED, how="anti", nulls_equal=True)
            if wanted.is_empty():
                break
    return pl.concat(found)


def _named(texts: pl.Series, layout: formats.Layout | None) -> pl.Series:
    """`name: value` of each filled field; a line of a plain list stays as it is."""
    fields = [formats.source_fields(text, layout) for text in texts]
    told = ["; ".join(value if name == "line" else f"{name}: {value}" for name, value in row.items()) for row in fields]
    return pl.Series("source_row", told, dtype=pl.String)
