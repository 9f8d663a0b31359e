"""On instances small enough to try every choice: the bound holds, and greedy choice is within it and near the best."""

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schakel.oversight.advice import floors as floors_of
from schakel.oversight.advice import reaching
from schakel.oversight.advice.choosing import choose
from schakel.oversight.advice.floors import Floors
from schakel.oversight.advice.reaching import Field

SIZE, FUNCTIONS = 9, 2
candidate = st.tuples(st.sets(st.integers(0, SIZE - 1)), st.integers(1, 2**FUNCTIONS - 1))
instances = st.tuples(
    st.lists(candidate, min_size=1, max_size=7),
    st.lists(st.integers(0, 9), min_size=SIZE, max_size=SIZE),  # worth by place
    st.tuples(st.integers(0, 3), st.integers(1, 3)),  # worth by function
    st.lists(st.integers(0, 2**FUNCTIONS - 1), min_size=SIZE, max_size=SIZE),  # what fixed members cover
    st.lists(st.integers(0, 2**FUNCTIONS - 1), min_size=SIZE, max_size=SIZE),  # in which anybody may be told
)


def field_of(instance):
    candidates, worth, (first, second), covered, open_to = instance
    return Field(
        lists=[np.array(sorted(places), np.int32) for places, _mask in candidates],
        masks=[mask for _places, mask in candidates],
        worth=np.array(worth, np.int64),
        by_set=_by_set(first, second),
        covered=np.array(covered, np.uint8),
        open_to=np.array(open_to, np.uint8),
    )


def _by_set(first, second):
    """The worth of every set of eight functions of which two are worth anything."""
    return np.array([first * (held & 1) + second * (held >> 1 & 1) for held in range(256)], np.int64)


def plain_worth(instance, chosen):
    """By loops over sets: what these candidates and the fixed members reach."""
    candidates, worth, by_function, covered, open_to = instance
    total = 0
    for place in range(SIZE):
        held = covered[place]
        for one in chosen:
            if place in candidates[one][0]:
                held |= candidates[one][1]
        total += worth[place] * sum(by_function[bit] for bit in range(FUNCTIONS) if held & open_to[place] & 1 << bit)
    return total


def best_of_all(instance, places, allowed=lambda _chosen: True):
    numbers = range(len(instance[0]))
    every = (chosen for count in range(places + 1) for chosen in combinations(numbers, count) if allowed(chosen))
    return max((plain_worth(instance, chosen) for chosen in every), default=None)


@given(instances, st.integers(0, 5))
def test_the_bound_holds_and_greedy_choice_is_near_the_best(instance, places):
    field = field_of(instance)
    found = choose(field, places=places, floors=floors_of.none(len(field.lists)))
    best, before = best_of_all(instance, places), plain_worth(instance, [])
    assert found.reached == plain_worth(instance, found.chosen) == before + sum(found.gains)
    assert found.reached <= best <= found.bound
    assert found.reached - before >= (1 - 1 / math.e) * (best - before)
    assert len(found.chosen) == len(set(found.chosen)) <= places


@given(instances, st.integers(0, 5), st.integers(1, 4))
def test_swaps_never_reach_less(instance, places, swaps):
    field, none = field_of(instance), floors_of.none(len(instance[0]))
    plain, swapped = (choose(field, places=places, floors=none, swaps=tries) for tries in (0, swaps))
    assert plain.reached <= swapped.reached <= best_of_all(instance, places) <= swapped.bound
    assert swapped.reached == plain_worth(instance, swapped.chosen) == plain_worth(instance, []) + sum(swapped.gains)
    assert plain.reached == swapped.reached or swapped.swaps


@given(instances, st.integers(0, 4), st.data())
def test_with_floors_the_bound_holds_too(instance, places, data):
    field, count = field_of(instance), len(instance[0])
    counts_for = np.array(
        data.draw(st.lists(st.lists(st.booleans(), min_size=2, max_size=2), min_size=count, max_size=count))
    )
    floors = Floors(counts_for, np.array(data.draw(st.tuples(st.integers(0, 2), st.integers(0, 2))), np.int64))
    found = choose(field, places=places, floors=floors, swaps=2)
    assert found.reached == plain_worth(instance, found.chosen)
    best = best_of_all(instance, places, lambda chosen: not floors.unmet(list(chosen)).any())
    if best is not None:
        assert best <= found.bound
    if floors.places_needed(floors.needed, np.ones(count, np.bool_)) <= places:
        reachable = counts_for.sum(axis=0) >= floors.needed
        assert not floors.unmet(found.chosen)[reachable].any()


@given(instances, st.data())
def test_gains_losses_and_exchanges_are_differences(instance, data):
    field, count = field_of(instance), len(instance[0])
    chosen = data.draw(st.lists(st.integers(0, count - 1), unique=True, min_size=1))
    covered, only = reaching.covered_by(field, chosen), reaching.alone(field, chosen)
    whole = plain_worth(instance, chosen)
    for one in range(count):
        assert reaching.gain(field, covered, one) == plain_worth(instance, [*chosen, one]) - whole
    for one, loss in zip(chosen, reaching.losses(field, chosen).tolist(), strict=True):
        others = [other for other in chosen if other != one]
        assert loss == whole - plain_worth(instance, others)
        for into in range(count):
            comes = plain_worth(instance, [*others, into]) - plain_worth(instance, others)
            assert reaching.exchange(field, covered, only, out=one, into=into) == comes


@given(instances, st.integers(1, 3))
def test_what_lies_ahead_is_what_more_places_would_bring(instance, places):
    field, none = field_of(instance), floors_of.none(len(instance[0]))
    short = choose(field, places=places, floors=none, ahead=2)
    long = choose(field, places=places + 2, floors=none)
    assert long.chosen == [*short.chosen, *(one for one, _gain in short.next_best)]
    assert long.gains == [*short.gains, *(gain for _one, gain in short.next_best)]


def test_who_adds_nothing_is_not_taken_to_fill_a_place():
    field = field_of(([({0}, 1), ({0}, 1)], [5] * SIZE, (1, 1), [0] * SIZE, [3] * SIZE))
    assert choose(field, places=2, floors=floors_of.none(2)).chosen == [0]


def test_a_floor_is_met_at_the_cost_of_reach_only_when_there_is_no_place_to_spare():
    field = field_of(([({0, 1, 2}, 1), ({3, 4}, 1), ({5}, 1)], [1] * SIZE, (1, 1), [0] * SIZE, [3] * SIZE))
    floors = Floors(np.array([[False], [False], [True]]), np.array([1]))
    assert choose(field, places=2, floors=floors).chosen == [0, 2]
    assert choose(field, places=3, floors=floors).chosen == [0, 1, 2]


def test_a_swap_mends_what_greed_spoils():
    lists = [({0, 1, 2, 3}, 1), ({0, 1, 4}, 1), ({2, 3, 5}, 1)]  # Greed takes the first, the best are the other two.
    instance = (lists, [1] * SIZE, (1, 1), [0] * SIZE, [3] * SIZE)
    plain, swapped = (choose(field_of(instance), places=2, floors=floors_of.none(3), swaps=tries) for tries in (0, 3))
    assert (plain.reached, swapped.reached, swapped.bound >= 6) == (5, 6, True)
    assert sorted(swapped.chosen) == [1, 2]


@pytest.mark.parametrize("places", [0, 3])
def test_without_candidates_nothing_is_chosen(places):
    field = field_of(([], [1] * SIZE, (1, 1), [1] * SIZE, [3] * SIZE))
    found = choose(field, places=places, floors=floors_of.none(0), swaps=2, ahead=2)
    assert (found.chosen, found.reached, found.bound, found.next_best) == ([], SIZE, SIZE, [])
