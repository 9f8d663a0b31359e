"""Answering a question: from its inputs to an advice in plain values, with everything that it rests on."""

import time
from dataclasses import replace
from typing import Any

import numpy as np

from schakel.kit.progress import Progress, unwatched
from schakel.oversight.advice import reaching
from schakel.oversight.advice.choosing import Choice, choose
from schakel.oversight.advice.inputs import COUNT, LIST, Inputs, Party
from schakel.oversight.advice.question import USUAL_CEILING, WARN_FROM, Question
from schakel.oversight.coverage.reach import Counts

SWAPS = 5
AHEAD = 20
"""So many more are looked at, to say what a higher ceiling would bring."""


def answer(question: Question, found: Inputs, *, progress: Progress = unwatched) -> dict[str, Any]:
    """The advice. Figures of reach are in the worth that the weights of the question give.

    Raises Invalid for a prospect in `add` or `remove` that is none of the candidates.
    """
    started = time.perf_counter()
    added = [found.place(key) for key in question.add]
    removed = [found.place(key) for key in question.remove]
    places = max(0, question.ceiling - len(found.members) - len(added))
    base = reaching.covered_by(found.field, added)
    field = replace(found.field, covered=base)
    floors = replace(found.floors, needed=found.floors.unmet(added))
    free = [at for at in range(len(found.candidates)) if at not in {*added, *removed}]
    choice = choose(
        replace(field, lists=[field.lists[at] for at in free], masks=[field.masks[at] for at in free]),
        places=places,
        floors=replace(floors, counts_for=floors.counts_for[free]),
        swaps=SWAPS,
        ahead=AHEAD,
        progress=progress,
    )
    chosen = [*added, *(free[at] for at in choice.chosen)]
    gains = [*_in_turn(found, added), *choice.gains]
    return {
        "on": found.day.isoformat(),
        "seconds": round(time.perf_counter() - started, 2),
        "ceiling": question.ceiling,
        "places": places,
        **_figures(found, choice, chosen),
        "chosen": _rows(found, chosen, gains, added),
        "next_best": [_row(found.candidates[free[at]], gain) for at, gain in choice.next_best],
        "unmet_floors": _unmet(question, found, chosen),
        "inputs": _inputs(found, chosen),
        "warnings": _warnings(question, found, chosen),
    }


def _figures(found: Inputs, choice: Choice, chosen: list[int]) -> dict[str, Any]:
    """Reached now, reached then, the bound, and what of it rests on lists alone."""
    before = found.field.worth_of(found.field.covered)
    listed = [at for at in chosen if found.candidates[at].basis == LIST]
    return {
        "organisations_now": found.field.reached(found.field.covered),
        "organisations_then": found.field.reached(reaching.covered_by(found.field, chosen)),
        "worth_of_all": found.field.worth_of(found.field.open_to),
        "reached_now": before,
        "reached": choice.reached,
        "bound": choice.bound,
        "of_bound": round(choice.reached / choice.bound, 4) if choice.bound else 1.0,
        "reached_by_lists": found.field.worth_of(reaching.covered_by(found.field, listed)),
        "swaps": choice.swaps,
    }


def _in_turn(found: Inputs, added: list[int]) -> list[int]:
    covered, gains = found.field.covered.copy(), []
    for at in added:
        gains.append(reaching.gain(found.field, covered, at))
        reaching.cover(found.field, covered, at)
    return gains


def _rows(found: Inputs, chosen: list[int], gains: list[int], added: list[int]) -> list[dict[str, Any]]:
    losses: Counts = reaching.losses(found.field, chosen) if chosen else np.zeros(0, np.int64)
    return [
        _row(found.candidates[at], gain) | {"alone": loss, "is_given": at in added}
        for at, gain, loss in zip(chosen, gains, losses.tolist(), strict=True)
    ]


def _row(party: Party, gain: int) -> dict[str, Any]:
    """One prospect: who it is, what it adds in its turn, and on what that rests."""
    return {
        "key": party.key,
        "name": party.name,
        "gain": gain,
        "basis": party.basis,
        "members": party.members,
        **{kind: [word for word in words if word] for kind, words in party.labels.items()},
    }


def _unmet(question: Question, found: Inputs, chosen: list[int]) -> list[dict[str, Any]]:
    """The floors that are not met, with how many partners and prospects there are for them at all."""
    unmet = found.floors.unmet(chosen).tolist()
    wanted = [
        (kind, word, least) for kind, floors in question.floors.items() for word, least in floors.items() if least
    ]
    return [
        {
            "kind": kind,
            "word": word,
            "floor": least,
            "lacking": lacking,
            "candidates": int(found.floors.counts_for[:, at].sum()),
        }
        for at, ((kind, word, least), lacking) in enumerate(zip(wanted, unmet, strict=True))
        if lacking
    ]


def _inputs(found: Inputs, chosen: list[int]) -> dict[str, Any]:
    """What the advice rests on, and how sure that is."""
    return {
        "organisations": len(found.field.worth),
        "members": len(found.members),
        "members_with_list": sum(one.basis == LIST for one in found.members),
        "candidates": len(found.candidates),
        "candidates_with_list": sum(one.basis == LIST for one in found.candidates),
        "candidates_with_count": sum(one.basis == COUNT for one in found.candidates),
        "chosen_with_count": sum(found.candidates[at].basis == COUNT for at in chosen),
        "left_out_function": found.left_out["function"],
        "left_out_nothing_known": found.left_out["nothing"],
        "counted_from": found.estimated_on[0].isoformat() if found.estimated_on else None,
        "counted_to": found.estimated_on[1].isoformat() if found.estimated_on else None,
    }


def _warnings(question: Question, found: Inputs, chosen: list[int]) -> list[str]:
    """Words for what a person should look at; they never stop an advice."""
    count = len(found.members) + len(chosen)
    warnings = []
    if count > USUAL_CEILING:
        warnings.append("above-ceiling")
    elif count >= WARN_FROM:
        warnings.append("near-ceiling")
    if len(found.members) >= question.ceiling:
        warnings.append("no-places")
    if found.left_out["nothing"]:
        warnings.append("nothing-known")
    return warnings
