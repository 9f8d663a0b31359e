"""Reading the kept figures of coverage: what pages, the API, the commands and the exports show."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from schakel.oversight.coverage.measuring import STEPS
from schakel.oversight.coverage.tables import WHOLE, Table, name
from schakel.oversight.models import Coverage, CoverageTable
from schakel.policy.access import Actor
from schakel.registry.models import Measurement


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its values, and how many organisations.

    `population` are known to the registry, of which `held` may not be told by anybody: they objected, or the function
    has not begun in their region. `listed` are on the list of a partner in agreement; between `low` and `high` can be
    reached when counts without a list are held to be true as well. Told, opened and answered are None where the
    function is not measured.
    """

    values: tuple[str, ...]
    population: int
    held: int
    listed: int
    low: int
    high: int
    told: int | None = None
    opened: int | None = None
    answered: int | None = None

    @property
    def is_band(self) -> bool:
        """Whether estimates make it a band instead of a number."""
        return self.low != self.high

    @property
    def unreached(self) -> int:
        """How many the registry knows that may be told and that nobody is sure to reach."""
        return max(0, self.population - self.held - self.low)

    @property
    def surely_unreached(self) -> int:
        """How many of them stay so even when every estimate is true and overlaps with nothing."""
        return max(0, self.population - self.held - self.high)

    def value(self, measure: str) -> int:
        """How many by a measure: paper (the least that can be reached), told, opened or answered."""
        return self.low if measure == PAPER else getattr(self, measure) or 0


PAPER = "paper"
MEASURES = (PAPER, *STEPS)
NOBODY = Cell((), 0, 0, 0, 0, 0)


def latest(*, to: Actor) -> Coverage | None:
    """The latest count that `to` may see. One query."""
    return Coverage.objects.visible_to(to).order_by("-on").first()


def cells(coverage: Coverage, *, function: str, tables: Iterable[Table]) -> dict[Table, list[Cell]]:
    """These tables of a count for one function; a table that is not kept is empty. One query."""
    wanted = list(tables)
    kept = dict(
        CoverageTable.objects.filter(coverage=coverage, function=function, by__in=map(name, wanted)).values_list(
            "by", "cells"
        )
    )
    return {table: [_cell(row) for row in kept.get(name(table), [])] for table in wanted}


def trend(*, function: str, to: Actor) -> list[tuple[date, Cell]]:
    """The whole, day by day as it was counted, oldest first. One query."""
    rows = CoverageTable.objects.filter(
        coverage__in=Coverage.objects.visible_to(to), function=function, by=name(WHOLE)
    ).order_by("coverage__on")
    return [(on, _cell(found[0])) for on, found in rows.values_list("coverage__on", "cells") if found]


def rounds(*, to: Actor) -> dict[date, int]:
    """The days of the measurement rounds that `to` may see, oldest first, with their years. One query."""
    found = Measurement.objects.visible_to(to).order_by("measured_on").values_list("measured_on", "year")
    return {on: year for on, year in found if on}


def only(rows: Iterable[Cell], at: int, value: str) -> list[Cell]:
    """The cells with that value in a place, without it."""
    return [_without(cell, at) for cell in rows if cell.values[at] == value]


def by_value(rows: Iterable[Cell]) -> Mapping[tuple[str, ...], Cell]:
    """Cells by their values."""
    return {cell.values: cell for cell in rows}


def _without(cell: Cell, at: int) -> Cell:
    return replace(cell, values=cell.values[:at] + cell.values[at + 1 :])


def _cell(row: list[Any]) -> Cell:
    values, *counts = row
    return Cell(tuple(values), *counts)
