"""Telling the database's planner what we know and it cannot: how large a batch is."""

from django.db import connection
from django.db.backends.utils import CursorWrapper

MANY = 20_000


def expect(rows: int) -> None:
    """For the rest of the transaction: a large batch meets whole tables, so no row-by-row look-ups.

    Fresh temporary tables and tables that have just grown have no statistics, and the planner then believes that a
    look-up per row is cheap. For a small batch it is.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = " + ("off" if rows > MANY else "on"))


def know(cursor: CursorWrapper, table: str, rows: int) -> None:
    """Let the planner know a small table that was just filled. Of a large one it needs to know no more than that."""
    if rows <= MANY:
        cursor.execute(f"ANALYZE {table}")


def expect_many() -> None:
    """For the rest of the transaction: even a batch that looks small meets no rows one by one."""
    expect(MANY + 1)
