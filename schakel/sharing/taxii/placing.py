"""Rows for programs to fetch, in an order in which none can be missed.

Who holds the place in the queue of writers keeps it until it commits, and its rows become visible before the next one
gets places. So no row ever appears before one that somebody has already read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

QUEUE: Final = 2_026_112_204
"""The number of the lock under which places are given out; any that nothing else uses."""
_TAKE: Final = """
SELECT setval('sharing_served_place', greatest(
    (SELECT last_value FROM sharing_served_place) + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
) + %s - 1)
"""
_COPY: Final = """
COPY sharing_servedobject (sequence, item_id, audience_id, key, type, version, is_revoked, is_alone, content) FROM STDIN
"""
_SEVERAL: Final = """
UPDATE sharing_servedobject SET is_alone = false WHERE is_alone AND key IN (
    SELECT key FROM sharing_servedobject WHERE key IN (SELECT key FROM sharing_servedobject WHERE sequence >= %s)
    GROUP BY key HAVING count(*) > 1
)
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One object to be fetched. `item` None: what says nothing by itself."""

    item: int | None
    audience: int
    key: str
    type: str
    version: datetime | None
    is_revoked: bool
    content: str


def place(rows: Sequence[Row]) -> None:
    """Add the rows, in their order, behind all others. Inside a transaction, as late in it as can be."""
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [QUEUE])
        cursor.execute(_TAKE, [len(rows)])
        first = cursor.fetchone()[0] - len(rows) + 1
        with cursor.copy(_COPY) as copy:
            for at, row in enumerate(rows, start=first):
                who = (at, row.item, row.audience)
                copy.write_row((*who, row.key, row.type, row.version, row.is_revoked, True, row.content))
        cursor.execute(_SEVERAL, [first])
