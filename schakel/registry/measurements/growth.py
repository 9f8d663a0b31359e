"""How the network grew: partners month by month, and what each round counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from schakel.registry.measurements import sql
from schakel.registry.measurements.counting import Counts, in_pairs
from schakel.registry.models import Facet, MeasuredCount, Measurement, MeasurementState

MOST_POINTS = 60


@dataclass(frozen=True, slots=True)
class Point:
    """How many partners there were on one day, by word."""

    on: date
    counts: Mapping[str, int]


def growth(facet: Facet, *, since: date, until: date) -> list[Point]:
    """How many partners there were, month by month from a day on, by the words of a facet as they are now. One query.

    A partner counts from its day of joining, or from its first signed agreement; one without either is left out.
    """
    days = _months(since, until)
    with connection.cursor() as cursor:
        cursor.execute(sql.GROWTH, {"facet": str(facet), "days": days, "zone": settings.TIME_ZONE})
        rows = cursor.fetchall()
    found: dict[date, dict[str, int]] = {day: {} for day in days}
    for day, word, count in rows:
        found[day][word] = count
    return [Point(day, counts) for day, counts in found.items()]


def _months(since: date, until: date) -> list[date]:
    """The first day, the first of every month after it, and the last; in wider steps where that is much."""
    firsts = (
        date(month // 12, month % 12 + 1, 1)
        for month in range(since.year * 12 + since.month, until.year * 12 + until.month)
    )
    between = [day for day in firsts if since < day < until]
    step = len(between) // MOST_POINTS + 1
    return [since, *between[::step], until] if until > since else [since]


def baseline_day(at: datetime) -> date:
    """The day since which growth is told: that of the first closed round, or a year ago."""
    first = Measurement.objects.exclude(state=MeasurementState.RUNNING).order_by("year").first()
    today = timezone.localdate(at)
    return first.measured_on if first and first.measured_on else today.replace(year=today.year - 1, day=1)


def over_rounds(rounds: list[Measurement], facet: Facet) -> list[tuple[Measurement, Counts]]:
    """What each closed round counted under one facet, oldest first. One query."""
    kept = MeasuredCount.objects.filter(measurement__in=rounds, facet__in=[facet, Facet.ALL], other="")
    rows: dict[int, list[tuple[Any, ...]]] = {one.pk: [] for one in rounds}
    for measurement_id, *row in kept.values_list("measurement_id", "facet", "word", "other", "standing", "count"):
        rows[measurement_id].append(tuple(row))
    return [(one, in_pairs(rows[one.pk])) for one in sorted(rounds, key=lambda one: one.year)]
