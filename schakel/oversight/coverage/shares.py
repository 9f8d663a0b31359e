"""What each partner holds of the coverage: its constituency, and who is reached by nobody else."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from schakel.oversight.coverage import dimensions
from schakel.oversight.coverage.counting import Counted, Laid
from schakel.oversight.coverage.dimensions import REGION, SECTION, SECTOR, SIZE, functions
from schakel.oversight.coverage.reach import Codes, Mask, Places, Some

BROKEN_DOWN = (SECTOR, SECTION, REGION, SIZE)
"""By what a share is told apart."""


@dataclass(frozen=True, slots=True)
class Share:
    """One partner's: members, and per function those that it alone reaches: lost when it leaves.

    `parts` holds, by dimension and value, the members and then the same by function, in the order of the functions;
    `paper`, by region, the members and then those that it reaches on paper.
    """

    partner: int
    members: int
    alone: dict[str, int]
    parts: dict[str, dict[str, list[int]]]
    paper: dict[str, list[int]]


def touched(laid: Laid, *, known: Mapping[int, str], changed: Some) -> list[int]:
    """The partners whose share is not what it was: other lists, or other company in them."""
    return [
        partner
        for partner, word in laid.words.items()
        if known.get(partner) != word or len(changed.held_by(laid.constituencies.parts(partner)))
    ]


def shares(found: Counted, partners: list[int]) -> Iterator[Share]:
    """The shares of these partners."""
    alone, codes, laid = found.laid.layers.alone, found.snapshot.population.codes, found.laid
    if not partners:
        return
    packed = {one: _packed(codes, alone, one) for one in BROKEN_DOWN}
    on_paper = _packed(codes, laid.open_to & np.uint8((1 << len(functions())) - 1), REGION)
    for partner in partners:
        places, mask = laid.constituencies[partner], laid.masks[partner]
        parts = {one: _part(one, packed[one][places], mask) for one in BROKEN_DOWN}
        whole = np.sum(list(parts[SIZE].values()), axis=0).tolist() if len(places) else [0] * (1 + len(functions()))
        by_function = dict(zip(functions(), whole[1:], strict=True))
        covered = {function: by_function[function] for at, function in enumerate(functions()) if mask >> at & 1}
        yield Share(partner, whole[0], covered, parts, _part(REGION, on_paper[places], mask))


def _packed(codes: Codes, masks: Mask, dimension: str) -> Codes:
    """By place its number in the dimension, and behind it the functions of its mask."""
    of_code = dimensions.parts(dimension).astype(np.int32) << len(functions())
    return of_code[codes] | masks


def _part(dimension: str, packed: Codes, mask: int) -> dict[str, list[int]]:
    """By value that occurs: members, and those with the function in their mask, for each that the partner covers."""
    names, sets = dimensions.values(dimension), 1 << len(functions())
    found = np.bincount(packed, minlength=len(names) * sets).reshape(len(names), sets)
    counts = np.column_stack([found.sum(axis=1), *(found @ holds for holds in _with_bits(mask))])
    return {names[at]: counts[at].tolist() for at in np.flatnonzero(counts[:, 0]).tolist()}


def _with_bits(mask: int) -> list[Places]:
    """For each function: which sets of functions hold it, as ones; none where the partner does not cover it."""
    sets = np.arange(1 << len(functions()))
    return [(sets >> at & 1 & (mask >> at)).astype(np.int32) for at in range(len(functions()))]
