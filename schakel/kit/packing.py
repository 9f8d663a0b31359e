"""Millions of numbers out of PostgreSQL as a few thousand rows: the server packs them, numpy unpacks them.

A query gathers numbers with `string_agg(int8send(…), '')`; asked in binary, they come as the bytes that they are.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import psycopg
from django.db import connection
from numpy.typing import NDArray


def packed(query: str, parameters: Sequence[object] | Mapping[str, object] = ()) -> list[tuple[Any, ...]]:
    """The rows of `query`, in binary: packed columns are bytes, or None where nothing was gathered."""
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:  # Django's own cursor asks for text.
        return cursor.execute(query.encode(), parameters or None, binary=True).fetchall()


def numbers(column: bytes | None) -> NDArray[np.int64]:
    """The numbers of one packed column."""
    return np.frombuffer(column or b"", ">i8").astype(np.int64)
