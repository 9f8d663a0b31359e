"""The constituencies laid over each other, kept from one count to the next: only what changed is laid again.

What lies somewhere is the work of all partners together, so where a list changed, every partner that has that place in
its own list is laid there anew.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from django.conf import settings

from schakel.oversight.coverage import paper, reach
from schakel.oversight.coverage.counting import NO_PLACES, Constituencies, Laid
from schakel.oversight.coverage.keeping import Snapshot
from schakel.oversight.coverage.reach import Codes, Mask, Some

FEW = 40
"""When more partners than this have another list or agreement, all are laid anew."""
Words = dict[int, str]
"""Of each partner with a constituency a short word that changes with its lists and its agreement."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What the last count laid, what it was laid from, and what the shares of partners were worked out from."""

    fingerprint: str
    population: str
    words: Words
    sizes: dict[int, int]
    both: reach.Laid
    alone: Mask
    open_to: Mask
    codes: Codes


def words(snapshot: Snapshot, masks: Mapping[int, int]) -> Words:
    """The word of each partner."""
    parts: dict[int, list[str]] = {}
    for (partner, _relation), digest in sorted(snapshot.digests.items()):
        if partner in masks:
            parts.setdefault(partner, [str(masks[partner])]).append(f"{digest:x}")
    return {partner: ":".join(found) for partner, found in parts.items()}


@dataclass(frozen=True, slots=True)
class Laying:
    """What was laid, the same in the form that is kept, and what was kept before, where its places still hold."""

    laid: Laid
    both: reach.Laid
    kept: Kept | None

    def changed(self, codes: Codes) -> Some:
        """The places that were something else, or had other company, when they were kept; all where that is unknown."""
        truth = np.ones(len(codes), np.bool_)
        if self.kept:
            known = slice(len(self.kept.codes))
            truth[known] = (
                (self.kept.codes != codes[known])
                | (self.kept.alone != self.laid.layers.alone[known])
                | (self.kept.open_to != self.laid.open_to[known])
            )
        return Some.of(truth)


def lay(
    snapshot: Snapshot, *, before: Snapshot | None, masks: Mapping[int, int], day: date, kept: Kept | None
) -> Laying:
    """Lay the lists of a day over each other. `before` is the snapshot from which this one was brought up to date."""
    lists, now, size = Constituencies(snapshot, masks), words(snapshot, masks), len(snapshot.population)
    kept = kept if kept and before and _still_holds(kept, before, snapshot) else None
    changed = _changed(lists, now, before, kept, size=size) if kept and before else None
    if kept is None or changed is None:
        both = reach.laid(np.zeros(size, np.uint16), ((lists[one], masks[one]) for one in lists))
    else:
        both = _again(lists, masks, changed, kept.both)
    known = {one: kept.sizes[one] for one in lists if kept.words.get(one) == now[one]} if kept else {}
    begun = paper.begun(day)
    open_to = paper.open_to(snapshot.population, begun)
    sizes = {one: known[one] if one in known else len(lists[one]) for one in lists}
    laid = Laid(lists, masks, now, sizes, begun, open_to, reach.split(both).within(open_to))
    return Laying(laid, both, kept)


def _still_holds(kept: Kept, before: Snapshot, now: Snapshot) -> bool:
    """Whether the places of what is kept are places of now: the population is the same, or grew at its end."""
    return kept.population == before.population.name and now.population.begins_with(before.population)


def _changed(lists: Constituencies, now: Words, before: Snapshot, kept: Kept, *, size: int) -> Some | None:
    """The places that lie otherwise than when they were kept; None where that cannot be told, or is much."""
    partners = [one for one in now.keys() | kept.words.keys() if now.get(one) != kept.words.get(one)]
    masks = {one: _mask(word) for one, word in kept.words.items()}
    then = words(before, masks)
    if len(partners) > FEW or any(then.get(one) != kept.words.get(one) for one in partners):
        return None  # The list of then is no longer at hand.
    old, truth = Constituencies(before, masks), np.zeros(size, np.bool_)
    for one in partners:
        was, is_now = old.get(one, NO_PLACES), lists.get(one, NO_PLACES)
        if masks.get(one) != _mask(now.get(one, "")):
            truth[was] = truth[is_now] = True
        else:
            truth |= reach.differing(was, is_now, size=size)
    return Some.of(truth)


def _mask(word: str) -> int:
    return int(word.partition(":")[0] or 0)


def _again(lists: Constituencies, masks: Mapping[int, int], changed: Some, both: reach.Laid) -> reach.Laid:
    """What lay, with the changed places laid anew by everybody who has them."""
    both = np.concatenate([both, np.zeros(len(changed.truth) - len(both), np.uint16)])
    both[changed.places] = 0
    for partner in lists:
        if len(found := changed.held_by(lists.parts(partner))):
            reach.laid(both, [(found, masks[partner])])
    return both


def load() -> Kept | None:
    """What the last count on this machine kept; what is damaged is nothing."""
    with suppress(OSError, ValueError, KeyError, EOFError), np.load(_place()) as file:
        about = json.loads(str(file["about"]))
        return Kept(
            fingerprint=about["fingerprint"],
            population=about["population"],
            words=dict(about["words"]),
            sizes=dict(about["sizes"]),
            both=file["both"],
            alone=file["alone"],
            open_to=file["open_to"],
            codes=file["codes"],
        )
    return None


def keep(snapshot: Snapshot, laying: Laying, *, fingerprint: str) -> None:
    """Remember what a count laid; only once its shares stand in the database."""
    laid = laying.laid
    about = {
        "fingerprint": fingerprint,
        "population": snapshot.population.name,
        "words": list(laid.words.items()),
        "sizes": list(laid.sizes.items()),
    }
    np.savez(
        _place(),
        about=np.array(json.dumps(about)),
        both=laying.both,
        alone=laid.layers.alone,
        open_to=laid.open_to,
        codes=snapshot.population.codes,
    )


def _place() -> Path:
    return Path(settings.STORE) / "coverage-laid.npz"
