"""Choosing partners one by one, always the one that adds most, and proving how far from the best that can be.

Greedy choice is within 1 - 1/e of the best there is (G. L. Nemhauser, L. A. Wolsey and M. L. Fisher, "An analysis of
approximations for maximizing submodular set functions - I", Mathematical Programming 14, 1978, theorem 4.2), and lazy
evaluation makes the same choice (M. Minoux, "Accelerated greedy algorithms for maximizing submodular set functions",
1978): as a candidate never adds more later, who came first with an old figure need only be looked at again.

For the case at hand much more can be proved. For every set S, no choice of k candidates reaches more than f(S) plus
the k largest of what single candidates add to S (J. Leskovec et al., "Cost-effective outbreak detection in networks",
KDD 2007, theorem 4). The least of these over the steps of the choice is the bound given here; what all candidates
together reach is one more. Floors only narrow the choice, so the bound holds with them too.
"""

import heapq
from dataclasses import dataclass
from dataclasses import field as made_by

import numpy as np

from schakel.kit.progress import Progress, unwatched
from schakel.oversight.advice import reaching
from schakel.oversight.advice.floors import Floors
from schakel.oversight.advice.reaching import Field
from schakel.oversight.coverage.reach import Counts, Mask, Truth

EXACT_STEPS = 4
"""At so many steps of the choice, evenly spread, what each candidate adds is worked out anew for the bound."""
SWAP_TRIES = 8
"""So many of the least missed are tried against so many of the most wanted."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Whom to take, in order, with what each added; what is reached then, and what no choice can exceed."""

    chosen: list[int]
    gains: list[int]
    reached: int
    bound: int
    swaps: int
    next_best: list[tuple[int, int]]
    """Candidate and gain."""


@dataclass(slots=True)
class _Search:
    """The choice as it grows. `upper` is by candidate what it adds at most; -1 once it is taken."""

    field: Field
    floors: Floors
    covered: Mask
    upper: Counts
    fresh: Truth
    reached: int
    bound: int
    chosen: list[int] = made_by(default_factory=list)
    gains: list[int] = made_by(default_factory=list)

    def refresh(self) -> None:
        """Work out anew what every free candidate adds."""
        for candidate in np.flatnonzero(self.upper >= 0).tolist():
            self.upper[candidate] = reaching.gain(self.field, self.covered, candidate)
        self.fresh[:] = True

    def tighten(self, places: int) -> None:
        """Lower the bound, if what is known now allows it."""
        most = np.sort(self.upper[self.upper > 0])[::-1][:places]
        self.bound = min(self.bound, self.reached + int(most.sum()))

    def best(self, among: Truth | None = None) -> int | None:
        """The free candidate that adds most, looking anew only at those whose old figure comes first."""
        heap = [
            (-int(self.upper[one]), not self.fresh[one], one)
            for one in np.flatnonzero((self.upper >= 0) if among is None else (self.upper >= 0) & among).tolist()
        ]
        heapq.heapify(heap)
        while heap:
            _negative, is_stale, candidate = heap[0]
            if not is_stale:
                return candidate
            self.upper[candidate] = reaching.gain(self.field, self.covered, candidate)
            self.fresh[candidate] = True
            heapq.heapreplace(heap, (-int(self.upper[candidate]), False, candidate))
        return None

    def take(self, candidate: int) -> None:
        """Choose a candidate whose figure is fresh."""
        added = int(self.upper[candidate])
        reaching.cover(self.field, self.covered, candidate)
        self.reached += added
        self.upper[candidate] = -1
        self.fresh[:] = False
        self.chosen.append(candidate)
        self.gains.append(added)


def choose(
    field: Field, *, places: int, floors: Floors, swaps: int = 0, ahead: int = 0, progress: Progress = unwatched
) -> Choice:
    """The best `places` candidates that we can find, or fewer where no more would add anything.

    Candidates that floors need are taken first only when the places left are no more than they need. Then `swaps`
    exchanges at most, each of which reaches more and leaves no floor worse off; `ahead` more candidates say what more
    places would bring.
    """
    search = _begun(field, floors, places)
    exact = {places * step // EXACT_STEPS for step in range(1, EXACT_STEPS + 1)}
    while len(search.chosen) < places and (candidate := _next(search, places - len(search.chosen))) is not None:
        search.take(candidate)
        if len(search.chosen) in exact:
            search.refresh()
        search.tighten(places)
        progress(len(search.chosen), "partners chosen")
    made = _swap(search, swaps, places)
    chosen, gains = list(search.chosen), _gains(search) if made else list(search.gains)
    reached = search.reached
    return Choice(chosen, gains, reached, search.bound, made, next_best=_ahead(search, ahead))


def _begun(field: Field, floors: Floors, places: int) -> _Search:
    count = len(field.lists)
    search = _Search(
        field=field,
        floors=floors,
        covered=field.covered.copy(),
        upper=np.zeros(count, np.int64),
        fresh=np.zeros(count, np.bool_),
        reached=field.worth_of(field.covered),
        bound=field.worth_of(reaching.covered_by(field, range(count))),
    )
    search.refresh()
    search.tighten(places)
    return search


def _next(search: _Search, left: int) -> int | None:
    """Who is taken now: whom the floors cannot do without, or else who adds most; nobody when nobody adds anything."""
    unmet, free = search.floors.unmet(search.chosen), search.upper >= 0
    if int(unmet.sum()) >= left and search.floors.places_needed(unmet, free) >= left:
        helped = search.floors.most_helpful(unmet, free)
        if helped.max(initial=0) > 0:
            return search.best(among=helped == helped.max())
    best = search.best()
    if best is not None and search.upper[best] > 0:
        return best
    helped = search.floors.most_helpful(unmet, free)
    return search.best(among=helped == helped.max()) if helped.max(initial=0) > 0 else None


def _swap(search: _Search, swaps: int, places: int) -> int:
    """Exchange one for one while that reaches more; returns how often."""
    for made in range(swaps):
        pair = _best_swap(search)
        if pair is None:
            return made
        at, into, won = pair
        out, search.chosen[at] = search.chosen[at], into
        search.covered[:] = reaching.covered_by(search.field, search.chosen)
        search.reached += won
        search.upper[into], search.upper[out] = -1, 0
        search.refresh()
        search.tighten(places)
    return swaps


def _best_swap(search: _Search) -> tuple[int, int, int] | None:
    """Which of the chosen to give up, whom to take instead, and what that wins; None where nothing is won."""
    if not search.chosen:
        return None
    losses = reaching.losses(search.field, search.chosen)
    only = reaching.alone(search.field, search.chosen)
    least_missed = np.argsort(losses, kind="stable")[:SWAP_TRIES].tolist()
    most_wanted = np.argsort(-search.upper, kind="stable")[:SWAP_TRIES].tolist()
    best: tuple[int, int, int] | None = None
    for at in least_missed:
        for into in most_wanted:
            if search.upper[into] < 0 or not _keeps_floors(search, at, into):
                continue
            comes = reaching.exchange(search.field, search.covered, only, out=search.chosen[at], into=into)
            won = comes - int(losses[at])
            if won > (best[2] if best else 0):
                best = (at, into, won)
    return best


def _keeps_floors(search: _Search, at: int, into: int) -> bool:
    """Whether the exchange leaves no floor with less than it has, as far as it needs it."""
    after = [into if place == at else one for place, one in enumerate(search.chosen)]
    return bool((search.floors.unmet(after) <= search.floors.unmet(search.chosen)).all())


def _gains(search: _Search) -> list[int]:
    """What each of the chosen adds to those before it."""
    covered, gains = search.field.covered.copy(), []
    for candidate in search.chosen:
        gains.append(reaching.gain(search.field, covered, candidate))
        reaching.cover(search.field, covered, candidate)
    return gains


def _ahead(search: _Search, count: int) -> list[tuple[int, int]]:
    """Whom more places would be for, and what each would add. The last that is asked of a search."""
    more: list[tuple[int, int]] = []
    while len(more) < count and (best := search.best()) is not None and search.upper[best] > 0:
        more.append((best, int(search.upper[best])))
        search.take(best)
    return more
