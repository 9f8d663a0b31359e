"""When to try again: soon at first, then ever later, and after a day and a half a person looks."""

import hashlib
from datetime import datetime, timedelta

PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
    timedelta(hours=24),
)
ATTEMPTS_LIMIT = len(PAUSES) + 1
SPREAD = 0.2  # Up to a fifth is added, so that what failed together does not come back together.


def next_due(*, delivery_id: int, attempts_count: int, at: datetime) -> datetime | None:
    """When a delivery that failed `attempts_count` times is due again, or None when it had all its chances.

    The same delivery and count give the same moment.
    """
    if attempts_count >= ATTEMPTS_LIMIT:
        return None
    digest = hashlib.sha256(f"{delivery_id}/{attempts_count}".encode()).digest()
    share = int.from_bytes(digest[:4], "big") / 2**32
    return at + PAUSES[attempts_count - 1] * (1 + SPREAD * share)
