"""What the network learns from partners that left (build plan, section 7.1): gathered per function and year."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models.functions import ExtractYear

from schakel.policy.access import Actor
from schakel.registry.models import Departure, DepartureQuerySet


@dataclass(frozen=True, slots=True)
class Year:
    """How many left in a year, how many of them by their own wish, and from which functions."""

    year: int
    count: int
    own_wish_count: int
    by_function: Counter[str]


def narrowed(rows: DepartureQuerySet, *, function: str = "", year: int | None = None) -> DepartureQuerySet:
    """Those who left from a function, in a year of the place's own calendar."""
    if function:
        rows = rows.filter(functions__contains=[function])
    return rows.filter(left_at__year=year) if year else rows


def years(*, to: Actor) -> list[Year]:
    """Departures per year, newest first, as far as the actor sees them. One query.

    Who took part in several functions left each of them, so these add up to more than left.
    """
    seen = Departure.objects.visible_to(to).annotate(year=ExtractYear("left_at")).order_by("-year", "pk")
    found: dict[int, list[tuple[bool, list[str]]]] = {}
    for year, is_own_wish, functions in seen.values_list("year", "is_own_wish", "functions"):
        found.setdefault(year, []).append((is_own_wish, functions))
    return [_year(year, left) for year, left in found.items()]


def _year(year: int, left: Iterable[tuple[bool, list[str]]]) -> Year:
    rows = list(left)
    wished = sum(is_own_wish for is_own_wish, _functions in rows)
    return Year(year, len(rows), wished, Counter(one for _own, functions in rows for one in functions))
