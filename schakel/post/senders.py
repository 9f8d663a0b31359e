"""Who is sending now: a living sender holds an advisory lock in its database session, a dead one cannot.

PostgreSQL lets go of the lock when the session ends, however it ends: no heartbeat to write, no clock to trust. A
sender that loses its session while it lives (the database restarts) takes the lock again and goes on. In between it
looks dead, which is why `steps.recover` gives an attempt that had begun its time before it calls it lost.
"""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

from django.db import DatabaseError, InterfaceError, OperationalError, connection

LOCK = 0x5C4A504F  # The first half of the lock's key; the second is the sender's number.
PAUSES = (0.2, 0.5, 1, 2, 4, 8, 15, 30)  # Seconds to wait for the database: a restart takes less than the sum.
Result = TypeVar("Result")


@contextmanager
def sender() -> Iterator[int]:
    """Be a sender for a block; gives its number."""
    number = secrets.randbelow(2**31)
    _hold(number)
    try:
        yield number
    finally:
        with suppress(DatabaseError, InterfaceError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, number])


def alive() -> set[int]:
    """The numbers of the senders that live, anywhere."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = %s"
            " AND objsubid = 2 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [LOCK],
        )
        return {number for (number,) in cursor.fetchall()}


def steadily(write: Callable[[], Result], *, sender: int) -> Result:
    """Do `write`, again when the database went away meanwhile; it must be safe to repeat.

    Raises OperationalError when the database stays away for a minute.
    """
    for pause in PAUSES:
        try:
            if connection.connection is None:
                _hold(sender)
            return write()
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block:  # Our caller's transaction is lost, and not ours to repeat.
                raise
            connection.close()
            time.sleep(pause)
    return write()


def _hold(number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK, number])
