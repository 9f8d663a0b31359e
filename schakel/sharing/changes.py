"""The log of changes that machines follow: nothing is lost or given twice, whatever is written at the same time.

Rows get their numbers in another order than their transactions commit, so a reader must not go beyond one that may
still come. Whoever writes draws a number first, locks that, and only then draws the number of the row: a row that is
not there yet either has a lock below it, or a number above the last one that was drawn when the reader began to look.
Transactions that write no change hold nobody up.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from schakel.registry.models import Partner
from schakel.sharing.models import ItemChange, SharedItem

LOCK = 0x5C4A4348  # The first half of the locks' key; the second is the number that was drawn.
KEYS = 2**31  # So many bits of a number fit into a lock.


def note(item: SharedItem, *, at: datetime, passed_by: Partner | None = None) -> None:
    """Write, in the caller's transaction, that the item has to be looked at again. Two queries."""
    audience = None if passed_by is not None else item.audience_id
    _announce()
    ItemChange.objects.create(item=item, audience_id=audience, passed_by=passed_by, at=at)


def note_all(items: Sequence[SharedItem], *, at: datetime) -> None:
    """The same for several. Two queries."""
    _announce()
    ItemChange.objects.bulk_create(ItemChange(item=item, audience_id=item.audience_id, at=at) for item in items)


def settled() -> int:
    """The last number up to which every row that will ever be there is there for the next query to see."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM sharing_itemchange_id_seq")  # First: see above.
        last = int(cursor.fetchone()[0])
        cursor.execute(
            "SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = %s"
            " AND objsubid = 2 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND pid <> pg_backend_pid()",
            [LOCK],
        )
        held: list[int] = [last - (last - number) % KEYS for (number,) in cursor.fetchall()]
    return min(last, *(number - 1 for number in held)) if held else last


def _announce() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('sharing_itemchange_id_seq') %% %s", [KEYS])
        number = cursor.fetchone()[0]
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s::bigint::int)", [LOCK, number])
