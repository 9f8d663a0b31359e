"""The tables of one count: each function's cells, with the band that estimates make of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schakel.oversight.coverage import bands, tables
from schakel.oversight.coverage.bands import Band
from schakel.oversight.coverage.counting import MEASURED_FUNCTION, NO_PLACES, Counted
from schakel.oversight.coverage.dimensions import REGION, functions
from schakel.oversight.coverage.reach import Codes, Counts, Places
from schakel.oversight.coverage.tables import Table

NUMBERS = np.uint16  # Cells of a cube are few enough, and half as wide is twice as quick.


@dataclass(frozen=True, slots=True)
class Cells:
    """One table for one function: of each cell with somebody in it its values and its counts.

    Counts are population, held back, listed, low and high; then told, opened and answered where it is measured.
    """

    function: str
    table: Table
    cells: list[list[Any]]


def counted_tables(found: Counted, wanted: Iterable[Table]) -> Iterator[Cells]:
    """These tables for each function; cells in which nobody is known or estimated are left out."""
    counts = np.concatenate([found.population[None], found.held, found.listed, found.measured])
    cubes = {cube: tables.gathered(counts, cube) for cube in tables.CUBES}
    estimated, ours = _Estimated(found), len(functions())
    for table in wanted:
        cube = tables.cube_of(table)
        population, *others = tables.summed(cubes[cube], table, of=cube)
        held, listed, measured = others[:ours], others[ours : 2 * ours], others[2 * ours :]
        least, most = estimated.added(table)
        for bit, function in enumerate(functions()):
            band = bands.band(listed[bit], population, held=held[bit], least=least[bit], most=most[bit])
            steps = measured if function == MEASURED_FUNCTION else []
            yield Cells(function, table, _filled(table, population, [held[bit], listed[bit]], band, steps))


def _filled(table: Table, population: Counts, counts: list[Counts], band: Band, steps: list[Counts]) -> list[list[Any]]:
    chosen = np.flatnonzero((population > 0) | (band.high > 0))
    rows = np.stack([population, *counts, band.low, band.high, *steps])[:, chosen].T.tolist()
    names = tables.cells(table)
    return [[list(names[cell]), *numbers] for cell, numbers in zip(chosen.tolist(), rows, strict=True)]


class _Estimated:
    """What estimates add to the cells of a table."""

    def __init__(self, found: Counted) -> None:
        self._found = found
        masks = np.array([found.laid.masks[partner] for partner, _relation in found.estimated], np.uint8)
        self._covers = np.array([masks >> bit & 1 for bit in range(len(functions()))], np.bool_)
        self._waiting = [
            tuple(np.flatnonzero(found.laid.begun >> bit & 1 == 0).tolist()) for bit in range(len(functions()))
        ]
        self._owned = _owned(found)

    def added(self, table: Table) -> tuple[Counts, Counts]:
        """By function: the largest of what single groups surely have, and the sum of what they have beyond their lists.

        What tells a region where the function has not begun counts for nothing.
        """
        least, most = np.zeros((2, len(self._covers), tables.size(table)), np.int64)
        for waiting in set(self._waiting):  # Nearly always the same for all functions.
            bits = [bit for bit, one in enumerate(self._waiting) if one == waiting]
            surely, beyond = self._groups(table, waiting)
            telling = surely.any(axis=1)
            most[bits] = self._covers[bits].astype(np.float64) @ beyond  # Exact: whole numbers far below 2**53.
            for bit in bits:
                least[bit] = surely[telling & self._covers[bit]].max(axis=0, initial=0)
        return least, most

    def _groups(self, table: Table, waiting: tuple[int, ...]) -> tuple[Counts, Counts]:
        """By group: what it surely has in each cell, and what it can have beyond its list."""
        cube = tables.cube_of(table)
        owned = self._owned[cube]
        if waiting:
            owned = owned.reshape(-1, *tables.shape(cube)).copy()
            owned[(slice(None),) * (1 + cube.index(REGION)) + (list(waiting),)] = 0
            owned = owned.reshape(len(owned), tables.size(cube))
        least, most = bands.reach_of(self._found.estimates.outside(waiting), table)
        return least, bands.beyond(most, tables.summed(owned, table, of=cube))


def _owned(found: Counted) -> dict[Table, NDArray[Any]]:
    """By cube: how many of each estimated group's own list are in each of its cells."""
    codes, lists = found.snapshot.population.codes, found.snapshot.relations
    owned: dict[Table, NDArray[Any]] = {}
    for cube in reversed(tables.CUBES):  # Those that hold others come last.
        whole = next((one for one in owned if set(cube) <= set(one)), None)
        owned[cube] = (
            _own(codes, [lists.get(group, NO_PLACES) for group in found.estimated], cube)
            if whole is None
            else tables.summed(owned[whole], cube, of=whole)
        )
    return owned


def _own(codes: Codes, lists: list[Places], cube: Table) -> NDArray[Any]:
    cell_of = tables.code_cells(cube).astype(NUMBERS)[codes]
    found = [np.bincount(cell_of[places], minlength=tables.size(cube)) for places in lists]
    return np.array(found, np.int32).reshape(len(lists), tables.size(cube))  # Half as wide, and wide enough.
