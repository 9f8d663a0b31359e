"""Who counts as reachable on paper: the rule of `policy.sharing.paper_refusal`, as masks of functions.

There are few distinct cases, however many organisations: the policy is asked about each, and arrays spread its answers.
"""

from datetime import date

import numpy as np

from schakel.oversight.coverage.dimensions import REGION, functions, parts, values
from schakel.oversight.coverage.population import Population
from schakel.oversight.coverage.reach import Mask
from schakel.policy.sharing import held_back
from schakel.registry import starts
from schakel.registry.agreements.in_force import refusals_of


def in_force(day: date) -> dict[int, int]:
    """Of each partner whose agreements let it take part on `day` the functions in which they do, as a mask."""
    masks: dict[int, int] = {}
    for bit, refusals in enumerate(refusals_of(functions(), day=day).values()):
        for partner, refusal in refusals.items():
            if refusal is None:
                masks[partner] = masks.get(partner, 0) | 1 << bit
    return masks


def begun(day: date) -> Mask:
    """By number of region the functions that have begun there on `day`; where the region is unknown, all of them."""
    found = np.zeros(len(values(REGION)), np.uint8)
    for bit, function in enumerate(functions()):
        waiting = starts.not_started(function, day=day)
        found |= np.array([(region not in waiting) << bit for region in values(REGION)], np.uint8)
    return found


def open_to(population: Population, begun: Mask) -> Mask:
    """By place the functions in which a partner may tell the organisation anything."""
    willing, objecting = (_answers(begun, has_objected=one)[parts(REGION)] for one in (False, True))
    found: Mask = willing[population.codes]
    places = np.flatnonzero(population.objected)
    found[places] = objecting[population.codes[places]]
    return found


def _answers(begun: Mask, *, has_objected: bool) -> Mask:
    """What the policy says of organisations in each region."""
    masks = [
        sum(
            1 << bit
            for bit in range(len(functions()))
            if held_back(has_objected=has_objected, has_started=bool(mask >> bit & 1)) is None
        )
        for mask in begun.tolist()
    ]
    return np.array(masks, np.uint8)
