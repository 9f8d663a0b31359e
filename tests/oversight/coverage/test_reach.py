"""The kernel says what a loop over sets says."""

from collections import Counter

import numpy as np
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


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=1))
def test_a_histogram_counts_places_by_code(rows):
    codes, chosen = (np.array(column) for column in zip(*rows, strict=True))
    whole, part = Counter(codes.tolist()), Counter(codes[chosen].tolist())
    assert reach.histogram(codes.astype(np.int32), cells=5).tolist() == [whole[code] for code in range(5)]
    assert reach.histogram(codes.astype(np.int32), cells=5, within=chosen).tolist() == [part[code] for code in range(5)]


@given(st.sets(st.integers(0, SIZE - 1)), st.sets(st.integers(0, SIZE - 1)))
def test_a_list_is_touched_where_one_of_it_changed(places, changed):
    truth = np.isin(np.arange(SIZE), sorted(changed))
    assert reach.touched(np.array(sorted(places), np.int32), truth) == bool(places & changed)
