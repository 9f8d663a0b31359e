"""A row as the source sent it, read from the report's own bytes again when somebody wants to see it.

Few rows are ever looked at, so the store does not keep the text of all of them beside what was understood of it.
"""

import polars as pl

from schakel.intake import formats, store
from schakel.intake.models import Report
from schakel.intake.steps.parse import options_of

LARGEST = 256 << 20
"""Bytes: what is larger takes too long to read for a page that somebody waits for."""
_NAMED = ["line", "address", "host", "url", "email", "asn", "port"]


def with_source_rows(rows: pl.DataFrame, report: Report) -> pl.DataFrame:
    """Observations of the report with `source_row`: the text each came from, null where it can no longer be read.

    Files in an archive each begin at line 1, so a row is known again by its line and what it names.
    """
    found = _read_again(rows.select(_NAMED).unique(), report)
    return rows.join(found, on=_NAMED, how="left", nulls_equal=True, maintain_order="left")


def _read_again(wanted: pl.DataFrame, report: Report) -> pl.DataFrame:
    found = [pl.DataFrame(schema=wanted.schema | {"source_row": pl.String()})]
    left = wanted.height
    if not left or report.size_bytes > LARGEST or not store.raw(report).exists():
        return found[0]
    with store.raw(report).open("rb") as stream:
        for batch in formats.read(stream, name=report.name, options=options_of(report)):
            some = batch.observations.select(*_NAMED, "source_row").join(
                wanted, on=_NAMED, how="semi", nulls_equal=True
            )
            found.append(some.unique(_NAMED, keep="first"))
            left -= found[-1].height
            if left <= 0:
                break
    return pl.concat(found).unique(_NAMED, keep="first")
