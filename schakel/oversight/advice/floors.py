"""Floors: at least so many partners of a function, sector, region or category."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from schakel.oversight.coverage.reach import Counts, Truth


@dataclass(frozen=True, slots=True)
class Floors:
    """Which candidate counts for which floor (candidates by floors), and how many each floor still needs."""

    counts_for: Truth
    needed: Counts

    def unmet(self, chosen: NDArray[np.intp] | list[int]) -> Counts:
        """How many each floor lacks when these are chosen."""
        lacking: Counts = np.maximum(self.needed - self.counts_for[chosen].sum(axis=0), 0)
        return lacking

    def most_helpful(self, unmet: Counts, free: Truth) -> Counts:
        """How many floors that lack somebody each free candidate counts for; -1 for who is not free."""
        helped = self.counts_for[:, unmet > 0].sum(axis=1)
        return np.where(free, helped, -1)

    def places_needed(self, unmet: Counts, free: Truth) -> int:
        """How many candidates it takes to meet what lacks, by taking the most helpful one each time.

        What no candidate can meet is left out.
        """
        unmet, free, taken = unmet.copy(), free.copy(), 0
        while unmet.any():
            helped = self.most_helpful(unmet, free)
            best = int(helped.argmax())
            if helped[best] <= 0:
                break
            free[best] = False
            unmet = np.maximum(unmet - self.counts_for[best], 0)
            taken += 1
        return taken


def none(candidates: int) -> Floors:
    """No floors at all."""
    return Floors(np.zeros((candidates, 0), np.bool_), np.zeros(0, np.int64))
