"""The gaps: where most organisations are that nobody reaches, and what type of partner could."""

from collections.abc import Iterable
from dataclasses import dataclass

from schakel.oversight import facts
from schakel.oversight.coverage.dimensions import SIZE
from schakel.oversight.coverage.reading import Cell
from schakel.oversight.coverage.tables import Table


@dataclass(frozen=True, slots=True)
class Gap:
    """One cell with organisations that nobody is sure to reach: from `least` (all estimates true) to `most`."""

    by: dict[str, str]
    population: int
    least: int
    most: int
    types: tuple[str, ...]


def largest(table: Table, cells: Iterable[Cell], *, count: int) -> list[Gap]:
    """The cells with most unreached organisations, largest first."""
    found = sorted((cell for cell in cells if cell.unreached), key=lambda cell: (-cell.unreached, cell.values))
    return [_gap(table, cell) for cell in found[:count]]


def _gap(table: Table, cell: Cell) -> Gap:
    by = dict(zip(table, cell.values, strict=True))
    return Gap(by, cell.population, cell.surely_unreached, cell.unreached, fitting(by))


def fitting(by: dict[str, str]) -> tuple[str, ...]:
    """Types of partners that usually reach such organisations. A suggestion, by `data/fitting.toml`."""
    size = by.get(SIZE, "")
    return tuple(
        kind
        for kind, entry in facts.entries("fitting").items()
        if (not size or size in entry["sizes"]) and (not entry["needs"] or by.get(entry["needs"]))
    )
