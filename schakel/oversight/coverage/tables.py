"""The tables of coverage: the whole, each dimension, and the pairs and triples that the pages show."""

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schakel.oversight.coverage import dimensions
from schakel.oversight.coverage.dimensions import REGION, SECTION, SECTOR, SIZE, STATUS

Table = tuple[str, ...]
"""The dimensions by which a table tells apart, in their fixed order; none for the whole."""
WHOLE: Table = ()
MARGINS: tuple[Table, ...] = (WHOLE, (SECTOR,), (SECTION,), (REGION,), (SIZE,), (STATUS,), (SECTOR, STATUS))
"""Kept for every day that was counted."""
DETAIL: tuple[Table, ...] = (
    (SECTOR, REGION), (SECTION, REGION), (SECTOR, SIZE), (SECTION, SIZE), (REGION, SIZE),
    (SECTOR, REGION, SIZE), (SECTION, REGION, SIZE),
)  # fmt: skip
"""Kept for the latest day alone: they are many, and can be counted again."""
TABLES = MARGINS + DETAIL
CUBES: tuple[Table, ...] = ((SECTOR, REGION, SIZE), (SECTION, REGION, SIZE), (SECTOR, REGION, SIZE, STATUS))
"""Between them they hold all tables: what is dear is summed to these once, and from the first that fits to a table."""


def name(table: Table) -> str:
    """The name by which a table is kept and asked: `sector.region`, or `all`."""
    return ".".join(table) or "all"


@cache
def named() -> dict[str, Table]:
    """Each table by its name."""
    return {name(table): table for table in TABLES}


def shape(table: Table) -> tuple[int, ...]:
    """How many values each of its dimensions has."""
    return tuple(len(dimensions.values(dimension)) for dimension in table)


def size(table: Table) -> int:
    """How many cells it has."""
    return math.prod(shape(table))


def gathered(counts: NDArray[Any], table: Table) -> NDArray[Any]:
    """Rows of counts by code summed to the cells of a table. Few of the codes occur, so only those are looked at."""
    occurring = np.flatnonzero(counts.any(axis=0))
    cell_of = code_cells(table)[occurring]
    rows = [np.bincount(cell_of, row, minlength=size(table)) for row in counts[:, occurring]]
    return np.stack(rows).astype(np.int64)  # Whole numbers far below 2**53: exact on their way through floats.


def summed(counts: NDArray[Any], table: Table, *, of: Table) -> NDArray[Any]:
    """Counts by the cells of `of` (the last axis) summed to the cells of a table."""
    before = counts.shape[:-1]
    away = [len(before) + at for at, dimension in enumerate(of) if dimension not in table]
    spread = counts.reshape(*before, *shape(of)).sum(axis=tuple(away))
    return np.asarray(spread).reshape(*before, size(table))


def cube_of(table: Table) -> Table:
    """The cube from which a table is summed."""
    return next(cube for cube in CUBES if set(table) <= set(cube))


@cache
def cells(table: Table) -> tuple[tuple[str, ...], ...]:
    """The values of every cell of a table, in order."""
    grid = np.indices(shape(table)).reshape(len(table), size(table))
    words: Sequence[tuple[str, ...]] = [dimensions.values(dimension) for dimension in table]
    return tuple(tuple(words[at][number] for at, number in enumerate(column)) for column in grid.T)


@cache
def code_cells(table: Table) -> NDArray[np.int32]:
    """Of every code the cell of the table in which it falls."""
    if not table:
        return np.zeros(dimensions.cells(), np.int32)
    parts = tuple(dimensions.parts(dimension).astype(np.intp) for dimension in table)
    return np.ravel_multi_index(parts, shape(table)).astype(np.int32)
