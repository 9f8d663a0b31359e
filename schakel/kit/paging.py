"""Pages by key: the next page starts after the last row of this one, however far it is and whatever was added."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from django.db import models
from django.db.models import Q

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


@dataclass(frozen=True, slots=True)
class Ordered(Generic[Row]):
    """Some rows in an order of their own, and the place after which the next page starts; empty on the last page."""

    rows: list[Row]
    next_place: str


def ordered_page(
    rows: models.QuerySet[Row], *, by: Sequence[str], place: str | None = None, size: int = SIZE
) -> Ordered[Row]:
    """One page of `rows` in ascending order of the columns `by` and then of the primary key. One query.

    `place` is what an earlier page gave as its next; one that cannot be read is the start.
    """
    columns = [*by, "pk"]
    try:
        behind = rows.filter(_behind(columns, _values(place, columns)))
    except ValueError:  # A text where the column holds numbers: no place that we gave.
        behind = rows
    found = list(behind.order_by(*columns)[: size + 1])
    shown = found[:size]
    last = [_value(shown[-1], column) for column in columns] if len(found) > size else []
    return Ordered(rows=shown, next_place=place_of(last) if last else "")


def place_of(values: Sequence[object]) -> str:
    """The values as an address carries them; `values_of` reads them."""
    return urlsafe_b64encode(json.dumps(values).encode()).decode()


def latest_page(rows: models.QuerySet[Row], *, by: str, place: str | None = None, size: int = SIZE) -> Ordered[Row]:
    """One page of `rows`, latest moment in the column `by` first, then the largest key. One query.

    `place` is what an earlier page gave as its next; one that cannot be read is the start.
    """
    at, key = _moment(place)
    if at is not None:
        rows = rows.filter(Q(**{f"{by}__lt": at}) | Q(**{by: at}, pk__lt=key), **{f"{by}__lte": at})
    found = list(rows.order_by(f"-{by}", "-pk")[: size + 1])
    shown = found[:size]
    last = [getattr(shown[-1], by).isoformat(), shown[-1].pk] if len(found) > size else []
    return Ordered(rows=shown, next_place=urlsafe_b64encode(json.dumps(last).encode()).decode() if last else "")


def _moment(place: str | None) -> tuple[datetime | None, int]:
    match values_of(place):
        case [str(words), int(key)]:
            try:
                at = datetime.fromisoformat(words)
            except ValueError:
                return None, 0
            return (at if at.tzinfo else None), key
    return None, 0


def _value(row: object, column: str) -> object:
    """A column of a row, through relations too."""
    for name in column.split("__"):
        row = getattr(row, name)
    return row


def values_of(place: str | None) -> list[str | int]:
    """The values that a place in an address holds; none where it cannot be read, or holds what no database keeps."""
    try:
        values = json.loads(urlsafe_b64decode(place or ""))
    except (ValueError, RecursionError):  # Brackets within brackets, by the thousand.
        return []
    return values if isinstance(values, list) and all(map(_is_plain, values)) else []


def _values(place: str | None, columns: Sequence[str]) -> list[str | int]:
    values = values_of(place)
    return values if len(values) == len(columns) and isinstance(values[-1], int) else []


def _is_plain(value: object) -> bool:
    if isinstance(value, str):
        return "\x00" not in value and value.encode(errors="replace").decode() == value  # Half a pair is no text.
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_KEY


def _behind(columns: Sequence[str], values: Sequence[str | int]) -> Q:
    """The rows after a place: those beyond it in the first column, or level there and beyond in the next.

    None before it in the first column: that says nothing new, but tells the database where in an index to begin.
    """
    behind = Q()
    level: dict[str, str | int] = {}
    for column, value in zip(columns, values, strict=False):
        behind |= Q(**level, **{f"{column}__gt": value})
        level[column] = value
    return Q(**{f"{columns[0]}__gte": values[0]}) & behind if values else behind
