"""What each partner holds of the coverage: its constituency, and who is reached by nobody else."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from schakel.oversight.coverage import dimensions, reach
from schakel.oversight.coverage.counting import Counted, functions
from schakel.oversight.coverage.dimensions import REGION, SECTION, SECTOR, SIZE
from schakel.oversight.coverage.reach import Codes, Mask, Places, Truth

BROKEN_DOWN = (SECTOR, SECTION, REGION, SIZE)
"""By what a share is told apart."""


@dataclass(frozen=True, slots=True)
class Share:
    """One partner's: members, and per function those that it alone reaches: lost when it leaves.

    `parts` holds, by dimension and value, the members and then the same by function, in the order of the functions.
    """

    partner: int
    members: int
    alone: dict[str, int]
    parts: dict[str, dict[str, list[int]]]


def digests(found: Counted) -> dict[int, str]:
    """Of each partner with a constituency a short word that changes with its lists and its agreement."""
    words: dict[int, list[str]] = {partner: [str(found.masks[partner])] for partner in found.constituencies}
    for (partner, _relation), digest in sorted(found.snapshot.digests.items()):
        if partner in words:
            words[partner].append(f"{digest:x}")
    return {partner: ":".join(parts) for partner, parts in words.items()}


def touched(found: Counted, *, known: Mapping[int, str], now: Mapping[int, str], changed: Truth) -> list[int]:
    """The partners whose share is not what it was: other lists, or other company in them."""
    return [
        partner
        for partner, places in found.constituencies.items()
        if known.get(partner) != now[partner] or reach.touched(places, changed)
    ]


def shares(found: Counted, partners: list[int]) -> Iterator[Share]:
    """The shares of these partners."""
    alone, codes = found.layers.alone, found.snapshot.population.codes
    packed = {one: _packed(codes, alone, one) for one in BROKEN_DOWN} if partners else {}
    for partner in partners:
        places, mask = found.constituencies[partner], found.masks[partner]
        parts = {one: _part(one, packed[one][places], mask) for one in BROKEN_DOWN}
        whole = np.sum(list(parts[SIZE].values()), axis=0).tolist() if len(places) else [0] * (1 + len(functions()))
        by_function = dict(zip(functions(), whole[1:], strict=True))
        covered = {function: by_function[function] for at, function in enumerate(functions()) if mask >> at & 1}
        yield Share(partner, whole[0], covered, parts)


def _packed(codes: Codes, alone: Mask, dimension: str) -> Codes:
    """By place its number in the dimension, and behind it the functions in which one partner alone reaches it."""
    of_code = dimensions.parts(dimension).astype(np.int32) << len(functions())
    return of_code[codes] | alone


def _part(dimension: str, packed: Codes, mask: int) -> dict[str, list[int]]:
    """By value that occurs: members, and those reached alone for each function that the partner covers."""
    names, sets = dimensions.values(dimension), 1 << len(functions())
    found = np.bincount(packed, minlength=len(names) * sets).reshape(len(names), sets)
    counts = np.column_stack([found.sum(axis=1), *(found @ holds for holds in _with_bits(mask))])
    return {names[at]: counts[at].tolist() for at in np.flatnonzero(counts[:, 0]).tolist()}


def _with_bits(mask: int) -> list[Places]:
    """For each function: which sets of functions hold it, as ones; none where the partner does not cover it."""
    sets = np.arange(1 << len(functions()))
    return [(sets >> at & 1 & (mask >> at)).astype(np.int32) for at in range(len(functions()))]
