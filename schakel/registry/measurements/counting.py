"""What a measurement counts up to: who there is, by facet, and what nobody has looked at."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from schakel.registry.files.lists import facts, slugs
from schakel.registry.measurements import sql
from schakel.registry.models import Facet, MeasuredCount, Measurement, MeasurementState


@dataclass(frozen=True, slots=True)
class Pair:
    """How many prospects, and how many partners."""

    prospects: int = 0
    partners: int = 0

    @property
    def total(self) -> int:
        """Both together."""
        return self.prospects + self.partners


@dataclass(frozen=True, slots=True)
class Counts:
    """What one measurement, or the register now, counts up to."""

    pairs: Mapping[tuple[Facet, str, str], Pair]

    def of(self, facet: Facet, word: str = "", other: str = "") -> Pair:
        """The count of one word; none is a count of nought."""
        return self.pairs.get((facet, word, other), Pair())

    @property
    def all(self) -> Pair:
        """Everybody."""
        return self.of(Facet.ALL)

    def words(self, facet: Facet) -> list[str]:
        """The words that were counted under a facet, without the unknown."""
        return sorted({word for found, word, other in self.pairs if found == facet and word and not other})


@dataclass(frozen=True, slots=True)
class Region:
    """One region: its count is None where nobody looked and nothing was found, and a least where nobody looked."""

    code: str
    count: Pair | None
    is_least: bool


def counts_of(measurement: Measurement) -> Counts:
    """What a closed measurement kept, or for one that runs what the register holds now. One query."""
    if measurement.state == MeasurementState.RUNNING:
        return counts_now(timezone.localdate())
    kept = MeasuredCount.objects.filter(measurement=measurement)
    return in_pairs(kept.values_list("facet", "word", "other", "standing", "count"))


def counts_now(on: date) -> Counts:
    """What the register holds, as of a day. One query."""
    with connection.cursor() as cursor:
        cursor.execute(sql.counts(sql.REGISTER), {"on": on, "zone": settings.TIME_ZONE})
        return in_pairs(cursor.fetchall())


def in_pairs(rows: Iterable[tuple[Any, ...]]) -> Counts:
    """Rows of facet, word, other word, standing and count, put together."""
    found: dict[tuple[Facet, str, str], dict[str, int]] = {}
    for facet, word, other, standing, count in rows:
        found.setdefault((Facet(facet), word, other), {})[standing] = count
    return Counts({place: Pair(by.get("prospect", 0), by.get("partner", 0)) for place, by in found.items()})


def regions(counts: Counts, looked_at: list[str]) -> list[Region]:
    """Every region of the Kingdom. Where nobody looked, nothing found is unknown and not nought."""
    found = {code: counts.of(Facet.REGION, code) for code in slugs("regions")}
    return [
        Region(
            code, pair if code in looked_at or pair.total else None, is_least=code not in looked_at and pair.total > 0
        )
        for code, pair in found.items()
    ]


def is_newer(sector: str) -> bool:
    """Whether the present directive was the first to name a sector."""
    return bool(facts("sectors")[sector]["since"] == max(facts("sectors")[one]["since"] for one in slugs("sectors")))
