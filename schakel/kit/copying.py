"""Whole frames into PostgreSQL by COPY: batches, not loops."""

import io
from collections.abc import Sequence

import polars as pl
from django.db import connection
from psycopg import sql


def copy_in(frame: pl.DataFrame, *, table: str, columns: Sequence[str] | None = None) -> int:
    """Add the rows of `frame` to `table`; returns how many. Column names are those of the frame.

    Empty strings stay empty strings; nulls become NULL.
    """
    names = list(columns or frame.columns)
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv, NULL '\\N')").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:  # type: ignore[attr-defined]
        for part in frame.select(names).iter_slices(100_000):
            buffer = io.BytesIO()
            part.write_csv(buffer, include_header=False, null_value="\\N", quote_style="non_numeric")
            copy.write(buffer.getbuffer())
    return frame.height


def copy_out(query: str, parameters: Sequence[object] = (), *, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    """The rows of `query` as a frame of that schema, far faster than row by row."""
    buffer = io.BytesIO()
    with connection.cursor() as cursor:
        bound = connection.ops.compose_sql(query, parameters) if parameters else query
        with cursor.copy(f"COPY ({bound}) TO STDOUT (FORMAT csv, NULL '\\N')") as copy:  # type: ignore[attr-defined]
            for block in copy:
                buffer.write(block)
    buffer.seek(0)
    if not buffer.getbuffer().nbytes:
        return pl.DataFrame(schema=schema)
    return pl.read_csv(buffer, has_header=False, schema=schema, null_values="\\N", missing_utf8_is_empty_string=True)
