"""Constituencies that are known as counts only: what they can mean for a cell, from the least to the most.

Nobody knows how far estimated constituencies overlap with the lists and with each other, so a figure that counts them
is a band. Its ends are the Fréchet bounds of a union: no less than its largest part, no more than the sum of its parts
(M. Fréchet, "Généralisation du théorème des probabilités totales", Fundamenta Mathematicae 25, 1935).
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from schakel.oversight.coverage.dimensions import REGION, SECTION, SECTOR, SIZE, values
from schakel.oversight.coverage.reach import Counts
from schakel.oversight.coverage.tables import Table, shape, size

ESTIMATED = (SECTOR, SECTION, REGION, SIZE)
"""What an estimate may say; a number of 0 says nothing about that dimension."""


@dataclass(frozen=True, slots=True)
class Estimates:
    """Rows of estimates: the group (a partner's relation) of each, its numbers by ESTIMATED, and its count."""

    groups: NDArray[np.intp]
    numbers: NDArray[np.intp]
    counts: Counts
    group_count: int

    def outside(self, regions: Sequence[int]) -> Self:
        """Without what tells one of these regions."""
        kept = ~np.isin(self.numbers[:, ESTIMATED.index(REGION)], regions)
        return replace(self, groups=self.groups[kept], numbers=self.numbers[kept], counts=self.counts[kept])


def reach_of(estimates: Estimates, table: Table) -> tuple[Counts, Counts]:
    """By group and cell: how many organisations it surely has there, and how many it can have there at most.

    Rows of one pattern (telling sector and region, say) are parts of one description and add up. Rows of two patterns
    may describe the same organisations twice or not: the least takes the larger of them, the most takes both.
    """
    least = np.zeros((estimates.group_count, *shape(table)), np.int64)
    most = least.copy()
    for told, rows in _patterns(estimates):
        kept = [dimension for dimension in table if dimension in told]
        spread = _spread(estimates, rows, table, kept)
        most += spread
        if len(kept) == len(table):
            np.maximum(least, spread, out=least)
    flat = (estimates.group_count, size(table))
    return least.reshape(flat), most.reshape(flat)


def _patterns(estimates: Estimates) -> Iterator[tuple[set[str], NDArray[np.bool_]]]:
    """Which dimensions rows tell, and which rows tell exactly those."""
    kinds = ((estimates.numbers > 0) << np.arange(len(ESTIMATED))).sum(axis=1)
    for kind in np.unique(kinds):
        yield {one for at, one in enumerate(ESTIMATED) if kind >> at & 1}, kinds == kind


def _spread(estimates: Estimates, rows: NDArray[np.bool_], table: Table, kept: list[str]) -> Counts:
    """Counts by group and the table's dimensions, one wide where rows do not tell: they may be in any of its values."""
    wide = tuple(len(values(one)) if one in kept else 1 for one in table)
    told = [estimates.numbers[rows, ESTIMATED.index(one)] if one in kept else 0 for one in table]
    groups = estimates.groups[rows]
    columns = np.broadcast_arrays(groups, *told)
    spread = np.zeros(estimates.group_count * math.prod(wide), np.int64)
    np.add.at(spread, np.ravel_multi_index(tuple(columns), (estimates.group_count, *wide)), estimates.counts[rows])
    return spread.reshape(estimates.group_count, *wide)


@dataclass(frozen=True, slots=True)
class Band:
    """By cell: the least and the most organisations that can be reached."""

    low: Counts
    high: Counts


def beyond(most: Counts, own: Counts) -> Counts:
    """By group and cell: how many of what it can have there at most are not on its own list.

    An estimate describes the same constituency as the list of that relation, so only what goes beyond the list may be
    added to it.
    """
    found: Counts = np.maximum(most - own, 0)
    return found


def band(listed: Counts, population: Counts, *, held: Counts, least: Counts, most: Counts) -> Band:
    """The band of each cell, from who is listed and from what estimated groups have there.

    `held`: how many may not be told, by anybody; a group may count them too. `least`: the largest of what single groups
    surely have; `most`: the sum of what they have beyond their lists. No more can be reached than there are, unless a
    single estimate says that there are more than the registry knows.
    """
    low = np.maximum(listed, least - held)
    return Band(low, np.minimum(listed + most, np.maximum(population - held, low)))
