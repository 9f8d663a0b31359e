"""Whatever an asset holds is found again by its keys; what is found besides is for the index to judge."""

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from schakel.matching import Index, subjects
from schakel.matching.subjects import Ranges
from tests.matching import worlds
from tests.matching.plain import Row, frames, rows_frame

numbers = st.integers(0, 60) | st.just(2**64 - 1)
spans = st.lists(st.tuples(numbers, st.integers(0, 9)), max_size=8)


def ranges_of(found):
    starts = np.array([start for start, _size in found], np.uint64)
    ends = np.array([min(start + size, 2**64 - 1) for start, size in found], np.uint64)
    return Ranges.of(starts, ends)


@given(spans, st.lists(numbers))
def test_ranges_find_what_a_plain_loop_finds(found, keys):
    keys.sort()
    inside = [any(start <= key <= start + size for start, size in found) for key in keys]
    places = ranges_of(found).places(np.array(keys, np.uint64)).tolist()
    assert places == [at for at, is_inside in enumerate(inside) if is_inside]


def found_rows(rows, sought):
    keys = {kind: found.sorted() for kind, found in subjects.keys_of(rows).items()}
    return {int(row) for kind, ranges in sought.items() for row in keys[kind].rows[ranges.places(keys[kind].keys)]}


@settings(max_examples=200, deadline=None)
@given(worlds.claims(spans=False), worlds.rows)
def test_every_row_that_anybody_holds_is_found_again(claims, rows):
    frame = rows_frame(rows)
    held = set(Index.build(**frames(claims)).match(frame).row.tolist())
    assert held <= found_rows(frame, subjects.sought(**frames(claims)))


@given(worlds.rows)
def test_a_row_is_found_by_another_like_it(rows):
    frame = rows_frame(rows)
    found = found_rows(frame, subjects.sought_by(frame))
    keyed = {int(row) for keys in subjects.keys_of(frame).values() for row in keys.rows}
    assert found == keyed


def test_a_name_is_found_whatever_the_list_of_public_suffixes_says():
    rows = rows_frame([Row(host="mail.example.co.uk"), Row(host="example.nl"), Row(host="nl")])
    assert found_rows(rows, subjects.sought(domains=pl.DataFrame({"domain": ["example.co.uk"]}))) == {0}
    assert found_rows(rows, subjects.sought(domains=pl.DataFrame({"domain": ["Example.NL."]}))) == {1}


def test_what_is_not_looked_for_is_not_found():
    assert subjects.sought(networks=pl.DataFrame({"network": []}, schema={"network": pl.String})) == {}
    assert subjects.keys_of(pl.DataFrame({"host": ["a.nl"]}))["four"].keys.tolist() == []
