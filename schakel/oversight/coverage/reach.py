"""Who reaches whom, as arrays: the kernel under every figure of coverage.

An organisation is a place, 0 to the size of the population. A constituency is a sorted array of places, each once. A
mask holds a bit for each function that a partner's agreement covers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int32]
Codes = NDArray[np.int32]
Mask = NDArray[np.uint8]
Counts = NDArray[np.int64]
Truth = NDArray[np.bool_]
Laid = NDArray[np.uint16]
MOST_FUNCTIONS = 8
"""A mask is one byte, so that a population's masks stay in the processor's cache."""
LOW = np.uint16(0xFF)
FEW = 16
"""Looking one place up in a list costs as much as passing by this many."""


@dataclass(frozen=True, slots=True)
class Layers:
    """By place: the functions in which at least one partner reaches it, and those in which at least two do."""

    once: Mask
    twice: Mask

    @property
    def alone(self) -> Mask:
        """The functions in which exactly one partner reaches each place."""
        return self.once & ~self.twice

    def within(self, functions: Mask) -> Self:
        """The same layers in these functions of each place alone."""
        return type(self)(self.once & functions, self.twice & functions)


def layers(constituencies: Iterable[tuple[Places, int]], *, size: int) -> Layers:
    """Lay the constituencies over each other: overlap counts once, and is known to be overlap."""
    return split(laid(np.zeros(size, np.uint16), constituencies))


def laid(both: Laid, constituencies: Iterable[tuple[Places, int]]) -> Laid:
    """Lay these constituencies over what lies already, in place: once in the low byte of each place, twice in the high.

    One look-up for the two.
    """
    for places, mask in constituencies:
        before, bits = both[places], np.uint16(mask)
        both[places] = before | bits | (before & bits) << MOST_FUNCTIONS
    return both


def split(both: Laid) -> Layers:
    """What lies, as layers."""
    return Layers((both & LOW).astype(np.uint8), (both >> MOST_FUNCTIONS).astype(np.uint8))


def union(parts: Sequence[Places], *, size: int) -> Places:
    """The places of all parts, each once and in order: one partner's relations laid together."""
    if len(parts) == 1:
        return parts[0]
    held = np.zeros(size, np.bool_)
    for part in parts:
        held[part] = True
    return np.flatnonzero(held).astype(np.int32)


def differing(some: Places, others: Places, *, size: int) -> Truth:
    """Where one list holds a place and the other does not."""
    found = np.zeros(size, np.bool_)
    found[some] = True
    found[others] ^= True
    return found


@dataclass(frozen=True, slots=True)
class Some:
    """Some of all places: in order, and as marks."""

    places: Places
    truth: Truth

    @classmethod
    def of(cls, truth: Truth) -> Self:
        """The marked ones."""
        return cls(np.flatnonzero(truth).astype(np.int32), truth)

    def held_by(self, lists: Iterable[Places]) -> Places:
        """Those that one of these lists holds, each once. Quick where there are few, however long the lists are."""
        found = [self._held(one) for one in lists]
        together: Places = np.unique(np.concatenate(found))
        return found[0] if len(found) == 1 else together

    def _held(self, places: Places) -> Places:
        if len(self.places) * FEW >= len(places):
            return places[self.truth[places]]
        at = np.searchsorted(places, self.places)
        at[at == len(places)] = 0
        found: Places = self.places[places[at] == self.places]
        return found
