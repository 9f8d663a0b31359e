"""Places as times: what was added when, to the microsecond, as TAXII writes it."""

from datetime import UTC, datetime, timedelta
from typing import Final

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
STEP: Final = timedelta(microseconds=1)


def place_of(at: datetime) -> int:
    """The place of that time."""
    return (at - EPOCH) // STEP


def written(place: int) -> str:
    """The time of a place: RFC 3339, UTC, six decimals (TAXII 2.1, section 2)."""
    return f"{EPOCH + place * STEP:%Y-%m-%dT%H:%M:%S.%f}Z"
