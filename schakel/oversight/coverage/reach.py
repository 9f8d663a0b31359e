"""Who reaches whom, as arrays: the kernel under every figure of coverage.

An organisation is a place, 0 to the size of the population. A constituency is a sorted array of places, each once. A
mask holds a bit for each function that a partner's agreement covers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int32]
Codes = NDArray[np.int32]
Mask = NDArray[np.uint8]
Counts = NDArray[np.int64]
Truth = NDArray[np.bool_]
MOST_FUNCTIONS = 8
"""A mask is one byte, so that a population's masks stay in the processor's cache."""
LOW = np.uint16(0xFF)


@dataclass(frozen=True, slots=True)
class Layers:
    """By place: the functions in which at least one partner reaches it, and those in which at least two do."""

    once: Mask
    twice: Mask

    @property
    def alone(self) -> Mask:
        """The functions in which exactly one partner reaches each place."""
        return self.once & ~self.twice


def layers(constituencies: Iterable[tuple[Places, int]], *, size: int) -> Layers:
    """Lay the constituencies over each other: overlap counts once, and is known to be overlap."""
    both = np.zeros(size, np.uint16)  # Once in the low byte and twice in the high one: one look-up for the two.
    for places, mask in constituencies:
        before, bits = both[places], np.uint16(mask)
        both[places] = before | bits | (before & bits) << MOST_FUNCTIONS
    return Layers((both & LOW).astype(np.uint8), (both >> MOST_FUNCTIONS).astype(np.uint8))


def union(parts: Sequence[Places], *, size: int) -> Places:
    """The places of all parts, each once and in order: one partner's relations laid together."""
    if len(parts) == 1:
        return parts[0]
    held = np.zeros(size, np.bool_)
    for part in parts:
        held[part] = True
    return np.flatnonzero(held).astype(np.int32)


def histogram(codes: Codes, *, cells: int, within: Truth | None = None) -> Counts:
    """How many places have each code, among all or those `within`."""
    chosen = codes if within is None else codes[within]
    return np.bincount(chosen, minlength=cells)


def touched(places: Places, changed: Truth) -> bool:
    """Whether a constituency holds a place that changed."""
    return bool(changed[places].any())
