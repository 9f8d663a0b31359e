"""Whole frames into and out of PostgreSQL by COPY: batches, not loops."""

import io
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import polars as pl
from django.db import connection
from psycopg import sql

Schema = dict[str, Any]
Parameters = Sequence[object] | Mapping[str, object]
ROWS_AT_ONCE = 100_000


def copy_in(frame: pl.DataFrame, *, table: str) -> int:
    """Add the rows of `frame` to `table`; returns how many. Column names are those of the frame.

    Empty strings stay empty strings; nulls become NULL.
    """
    columns = sql.SQL(", ").join(map(sql.Identifier, frame.columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv, NULL '\\N')").format(sql.Identifier(table), columns)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for part in frame.iter_slices(ROWS_AT_ONCE):
            buffer = io.BytesIO()
            part.write_csv(buffer, include_header=False, null_value="\\N", quote_style="non_numeric")
            copy.write(buffer.getbuffer())
    return frame.height


def copy_rows(rows: Iterable[Sequence[object]], *, table: str, columns: Sequence[str]) -> None:
    """Add plain rows to `table` as they come, in the memory of one; several times faster than statements."""
    named = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), named)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def copy_out(query: str, parameters: Parameters = (), *, schema: Schema) -> pl.DataFrame:
    """The rows of `query` as a frame of that schema, far faster than row by row.

    Both sides write NULL as nothing and an empty string as two quotes, so the two stay apart.
    """
    return next(_parts(query, parameters, schema, sys.maxsize), pl.DataFrame(schema=schema))


def copy_out_in_parts(query: str, parameters: Parameters = (), *, schema: Schema) -> Iterator[pl.DataFrame]:
    """The same in frames of 100,000 rows at most, so that memory stays bounded; none where there are no rows."""
    return _parts(query, parameters, schema, ROWS_AT_ONCE)


def _parts(query: str, parameters: Parameters, schema: Schema, rows: int) -> Iterator[pl.DataFrame]:
    buffer, held = io.BytesIO(), 0
    with connection.cursor() as cursor:
        bound = connection.ops.compose_sql(query, parameters) if parameters else query  # type: ignore[attr-defined]
        with cursor.copy(f"COPY ({bound}) TO STDOUT (FORMAT csv)") as copy:
            for row in copy:  # One row each, as the server sends them.
                buffer.write(row)
                held += 1
                if held == rows:
                    yield pl.read_csv(buffer.getvalue(), has_header=False, schema=schema)
                    buffer, held = io.BytesIO(), 0
    if held:
        yield pl.read_csv(buffer.getvalue(), has_header=False, schema=schema)
