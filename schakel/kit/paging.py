"""Pages by key: the next page starts after the last row of this one, however far it is and whatever was added."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)
SIZE = 50
LARGEST_KEY = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows, and the key after which the next page starts; None on the last page."""

    rows: list[Row]
    next_after: int | None


def key_of(text: str | None) -> int | None:
    """The key that an address carries, or None where it carries none that can be one."""
    if not text or not (text.isascii() and text.isdigit()) or len(text) > len(str(LARGEST_KEY)):
        return None
    return min(int(text), LARGEST_KEY)


def page(
    rows: models.QuerySet[Row], *, after: int | None = None, size: int = SIZE, is_oldest_first: bool = False
) -> Page[Row]:
    """One page of `rows` by primary key, newest first unless told otherwise. One query."""
    if after is not None:
        rows = rows.filter(pk__gt=after) if is_oldest_first else rows.filter(pk__lt=after)
    found = list(rows.order_by("pk" if is_oldest_first else "-pk")[: size + 1])
    shown = found[:size]
    return Page(rows=shown, next_after=shown[-1].pk if len(found) > size else None)
