"""The gaps: where most organisations are that nobody reaches, and what type of partner could."""

from collections.abc import Iterable
from dataclasses import dataclass

from schakel.oversight import facts
from schakel.oversight.coverage.dimensions import REGION, SECTOR, SIZE
from schakel.oversight.coverage.reading import Cell
from schakel.oversight.coverage.tables import Table
from schakel.registry.models import Prospect


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


def suited(gap: Gap, prospects: Iterable[Prospect], *, function: str, count: int) -> list[Prospect]:
    """The prospects that fit a gap best by what is known of them: function, sector, region, type. Best first.

    One of which a sector or a region is known fits no gap in another. A suggestion: an advice weighs whom they reach.
    """
    found = [(_points(gap, one, function), one) for one in prospects]
    return [one for points, one in sorted(found, key=lambda pair: (-pair[0], pair[1].name)) if points > 0][:count]


def _points(gap: Gap, prospect: Prospect, function: str) -> int:
    known = ((gap.by.get(SECTOR), prospect.sectors), (gap.by.get(REGION), prospect.regions))
    if function not in prospect.functions or any(value and given and value not in given for value, given in known):
        return 0
    return sum(bool(value) and value in given for value, given in known) * 2 + (prospect.type in gap.types)


def fitting(by: dict[str, str]) -> tuple[str, ...]:
    """Types of partners that usually reach such organisations. A suggestion, by `data/fitting.toml`."""
    size = by.get(SIZE, "")
    return tuple(
        kind
        for kind, entry in facts.entries("fitting").items()
        if (not size or size in entry["sizes"]) and (not entry["needs"] or by.get(entry["needs"]))
    )
