"""The kernel says what a loop over sets says."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schakel.oversight.coverage import reach

SIZE, FUNCTIONS = 12, 3
members = st.lists(
    st.tuples(st.sets(st.integers(0, SIZE - 1)), st.integers(0, 2**FUNCTIONS - 1)), max_size=6
)  # Who is listed, and the functions that the agreement covers.


def arrays(lists):
    return [(np.array(sorted(places), np.int32), mask) for places, mask in lists]


def plain_counts(lists, function):
    return Counter(place for places, mask in lists for place in places if mask >> function & 1)


@given(members)
def test_layers_know_who_is_reached_and_by_one_alone(lists):
    found = reach.layers(arrays(lists), size=SIZE)
    for function in range(FUNCTIONS):
        counts = plain_counts(lists, function)
        once = [bool(mask >> function & 1) for mask in found.once.tolist()]
        alone = [bool(mask >> function & 1) for mask in found.alone.tolist()]
        assert once == [counts[place] > 0 for place in range(SIZE)]
        assert alone == [counts[place] == 1 for place in range(SIZE)]


@given(st.lists(st.sets(st.integers(0, SIZE - 1)), min_size=1, max_size=4))
def test_a_union_holds_each_place_once_and_in_order(parts):
    found = reach.union([np.array(sorted(part), np.int32) for part in parts], size=SIZE)
    assert found.tolist() == sorted(set().union(*parts))


@given(members, st.lists(st.integers(0, 2**FUNCTIONS - 1), min_size=SIZE, max_size=SIZE))
def test_layers_within_some_functions_know_nothing_of_the_others(lists, open_to):
    found = reach.layers(arrays(lists), size=SIZE)
    narrowed = found.within(np.array(open_to, np.uint8))
    for place in range(SIZE):
        assert narrowed.once[place] == found.once[place] & open_to[place]
        assert narrowed.alone[place] == found.alone[place] & open_to[place]


@given(members, st.sets(st.integers(0, SIZE - 1)))
def test_places_that_are_emptied_and_laid_again_are_as_they_were(lists, changed):
    both = reach.laid(np.zeros(SIZE, np.uint16), arrays(lists))
    again, some = both.copy(), reach.Some.of(np.isin(np.arange(SIZE), sorted(changed)))
    again[some.places] = 0
    reach.laid(again, [(some.held_by([places]), mask) for places, mask in arrays(lists)])
    assert again.tolist() == both.tolist()


@pytest.mark.parametrize("size", [SIZE, 2000])  # Few beside a long list are looked up, many are marked.
@given(st.lists(st.sets(st.integers(0, SIZE - 1)), min_size=1, max_size=3), st.sets(st.integers(0, SIZE - 1)))
def test_some_places_are_found_in_lists_of_any_length(size, lists, some):
    rest = set(range(SIZE, size))
    parts = [np.array(sorted(one | rest), np.int32) for one in lists]
    found = reach.Some.of(np.isin(np.arange(size), sorted(some))).held_by(parts)
    assert found.tolist() == sorted(some & set().union(*lists))


def test_nothing_is_found_in_an_empty_list():
    assert reach.Some.of(np.ones(3, np.bool_)).held_by([np.zeros(0, np.int32)]).tolist() == []


@given(st.sets(st.integers(0, SIZE - 1)), st.sets(st.integers(0, SIZE - 1)))
def test_lists_differ_where_one_of_them_holds_a_place(some, others):
    found = reach.differing(*(np.array(sorted(one), np.int32) for one in (some, others)), size=SIZE)
    assert set(np.flatnonzero(found).tolist()) == some ^ others
