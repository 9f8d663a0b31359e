"""What candidates add, as arrays: the kernel under the advice.

A candidate is a list of places and a mask of the functions it is suited to. Covering a place in a function is worth the
place's own worth times the function's; each place and function counts once, however many cover it. The worth of a set
of candidates is then monotone and submodular: a candidate never takes away, and adds less the more there already is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from schakel.oversight.coverage.reach import Counts, Mask, Places

Worths = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Field:
    """Who can be chosen, and what there is to win.

    `worth` is by place; `by_set` is the worth of each set of functions; `covered` are the functions in which fixed
    members reach each place already, `open_to` those in which anybody may. All whole numbers, so that sums are exact.
    """

    lists: Sequence[Places]
    masks: Sequence[int]
    worth: Worths
    by_set: Worths
    covered: Mask
    open_to: Mask

    def worth_of(self, covered: Mask) -> int:
        """What is reached when these functions are covered at each place."""
        return int((self.worth * self.by_set[covered & self.open_to]).sum())

    def reached(self, covered: Mask) -> int:
        """How many places are reached in any function that counts, when these are covered."""
        return int((self.by_set[covered & self.open_to] > 0).sum())


def gain(field: Field, covered: Mask, candidate: int) -> int:
    """What the candidate adds to what is covered."""
    places = field.lists[candidate]
    new = ~covered[places] & np.uint8(field.masks[candidate]) & field.open_to[places]
    return int((field.worth[places] * field.by_set[new]).sum())


def cover(field: Field, covered: Mask, candidate: int) -> None:
    """Count the candidate's places as covered from now on."""
    covered[field.lists[candidate]] |= np.uint8(field.masks[candidate])


def covered_by(field: Field, candidates: Sequence[int]) -> Mask:
    """What fixed members and these candidates cover between them."""
    covered = field.covered.copy()
    for candidate in candidates:
        cover(field, covered, candidate)
    return covered


def alone(field: Field, candidates: Sequence[int]) -> Mask:
    """By place the functions in which one of these candidates, and no fixed member, covers it alone."""
    once, twice = field.covered.copy(), field.covered.copy()
    for candidate in candidates:
        places, bits = field.lists[candidate], np.uint8(field.masks[candidate])
        before = once[places]
        twice[places] |= before & bits
        once[places] = before | bits
    return once & ~twice


def losses(field: Field, candidates: Sequence[int]) -> Counts:
    """What is lost when each of these candidates goes, and the others stay."""
    only = alone(field, candidates)
    found = (gain(field, ~only, candidate) for candidate in candidates)
    return np.fromiter(found, np.int64, len(candidates))


def exchange(field: Field, covered: Mask, only: Mask, *, out: int, into: int) -> int:
    """What `into` adds once `out` has gone; `covered` and `only` are those of the choice with `out` still in it."""
    leaves = np.zeros_like(covered)
    places = field.lists[out]
    leaves[places] = only[places] & np.uint8(field.masks[out])
    return gain(field, covered & ~leaves, into)
