"""Members that are known as a count only, assumed: drawn evenly from the organisations that fit the count.

So an advice can weigh a prospect that gave no list. What rests on an assumption is said so beside it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np

from schakel.oversight.coverage import dimensions
from schakel.oversight.coverage.bands import ESTIMATED
from schakel.oversight.coverage.population import Population
from schakel.oversight.coverage.reach import Codes, Places

Row = tuple[int, str, str, str, str, str, int]
"""Partner, relation, the four values of ESTIMATED, and the count."""


class Drawer:
    """Draws places by what organisations are. The same draw for the same partner, population and rows."""

    def __init__(self, population: Population) -> None:
        self._order = np.argsort(population.codes, kind="stable").astype(np.int32)
        self._codes, self._counts = np.unique(population.codes, return_counts=True)
        self._starts = np.cumsum(self._counts) - self._counts

    def draw(self, rows: Iterable[Row]) -> Places:
        """The members assumed for one partner: those of its fullest description of each relation."""
        parts = [np.zeros(0, np.int32)]
        for relation_rows in _fullest(rows):
            for number, (partner, _relation, *told, count) in enumerate(relation_rows):
                parts.append(self._drawn(np.random.default_rng([partner, number]), told, count))
        return np.unique(np.concatenate(parts))

    def _drawn(self, dice: np.random.Generator, told: list[str], count: int) -> Places:
        """As many places as counted that fit what is told, or all where there are fewer."""
        fits = self._fitting(told)
        counts = self._counts[fits]
        whole = int(counts.sum())
        chosen = dice.choice(whole, min(count, whole), replace=False, shuffle=False)
        ends = np.cumsum(counts)
        block = np.searchsorted(ends, chosen, side="right")
        found: Places = self._order[self._starts[fits][block] + chosen - (ends - counts)[block]]
        return found

    def _fitting(self, told: list[str]) -> Codes:
        """Which of the codes that occur agree with what is told."""
        fits = np.ones(len(self._codes), np.bool_)
        for dimension, value in zip(ESTIMATED, told, strict=True):
            if number := dimensions.number(dimension, value):
                fits &= dimensions.parts(dimension)[self._codes] == number
        return np.flatnonzero(fits).astype(np.int32)


def _fullest(rows: Iterable[Row]) -> list[list[Row]]:
    """Of each relation the rows that tell the same dimensions and count most: two descriptions may overlap."""
    by_pattern: Mapping[str, dict[tuple[bool, ...], list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        told = tuple(bool(dimensions.number(one, value)) for one, value in zip(ESTIMATED, row[2:6], strict=True))
        by_pattern[row[1]][told].append(row)
    return [max(patterns.values(), key=_count) for patterns in by_pattern.values()]


def _count(rows: list[Row]) -> int:
    return sum(row[6] for row in rows)
