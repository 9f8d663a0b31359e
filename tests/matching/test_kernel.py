"""Each array function against the plain loop."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from schakel.matching.kernel import (
    NOBODY,
    enclosing,
    follow,
    last_at_or_before,
    last_at_or_before_wide,
    link,
    nearest_held,
    ranks,
    sums_to_root,
)

small = st.integers(0, 40)


def plain_last(bounds, needle):
    return max((at for at, bound in enumerate(bounds) if bound <= needle), default=-1)


@given(st.lists(small, unique=True), st.lists(small))
def test_the_search_agrees_with_the_plain_loop(bounds, needles):
    bounds.sort()
    found = last_at_or_before(np.array(bounds, np.uint32), np.array(needles, np.uint32))
    assert found.tolist() == [plain_last(bounds, needle) for needle in needles]


halves = st.tuples(st.sampled_from([0, 1, 2, 2**63, 2**64 - 1]), st.integers(0, 5) | st.just(2**64 - 1))


@given(st.sets(halves), st.lists(halves))
def test_the_wide_search_agrees_with_the_plain_loop(bounds, needles):
    sorted_bounds = sorted(bounds | {(0, 0)})
    highs = sorted({high for high, _low in sorted_bounds})
    group = [next(at for at, bound in enumerate(sorted_bounds) if bound[0] == high) for high in highs]
    found = last_at_or_before_wide(
        np.array(highs, np.uint64),
        np.array([*group, len(sorted_bounds)]),
        np.array([low for _high, low in sorted_bounds], np.uint64),
        np.array([high for high, _low in needles], np.uint64),
        np.array([low for _high, low in needles], np.uint64),
    )
    assert found.tolist() == [plain_last(sorted_bounds, needle) for needle in needles]


@given(st.sets(st.tuples(st.integers(0, 63), st.integers(0, 6))))
def test_the_enclosing_interval_is_the_smallest_around(blocks):
    nested = sorted({(start >> bits << bits, -(1 << bits)) for start, bits in blocks})
    lasts = [start - minus_size - 1 for start, minus_size in nested]

    def plain(at):
        around = [
            other
            for other in range(len(nested))
            if other != at and nested[other][0] <= nested[at][0] and lasts[other] >= lasts[at]
        ]
        return min(around, key=lambda other: -nested[other][1], default=NOBODY)

    assert enclosing(np.array(lasts, np.uint64)).tolist() == [plain(at) for at in range(len(nested))]


@st.composite
def forests(draw):
    size = draw(st.integers(0, 12))
    parents = [draw(st.integers(NOBODY, at - 1)) for at in range(size)]
    nodes = sorted(draw(st.lists(st.integers(0, size - 1), max_size=12))) if size else []
    return parents, nodes


def plain_chain(parents, nodes, start, offset):
    chain = []
    while start != NOBODY:
        chain += [at + offset for at, node in enumerate(nodes) if node == start]
        start = parents[start]
    return chain


@given(forests(), st.lists(st.integers(0, 11), max_size=6))
def test_following_the_links_gives_every_holder_on_the_way_to_the_root(forest, starts):
    parents, nodes = forest
    offset = 3
    heads, following, lengths = link(np.array(nodes, np.int32), np.array(parents, np.int32), offset)
    starts = [start for start in starts if start < len(parents)]
    chosen = heads[np.array(starts, np.int64)] if starts else np.empty(0, np.int32)
    padding = np.zeros(offset, np.int32)
    rows, links = follow([chosen], np.concatenate([padding, following]), np.concatenate([padding, lengths, [0]]))
    expected = [(row, at) for row, start in enumerate(starts) for at in plain_chain(parents, nodes, start, offset)]
    assert list(zip(rows.tolist(), links.tolist(), strict=True)) == expected


@given(forests())
def test_sums_and_ancestors_agree_with_the_plain_loop(forest):
    parents, nodes = forest
    held = np.isin(np.arange(len(parents)), nodes)
    counts = [nodes.count(node) for node in range(len(parents))]
    sums = sums_to_root(np.array(counts, np.int64), np.array(parents, np.int32))
    assert sums.tolist() == [len(plain_chain(parents, nodes, node, 0)) for node in range(len(parents))]

    def nearest(node):
        above = parents[node]
        while above != NOBODY and not held[above]:
            above = parents[above]
        return above

    found = nearest_held(np.array(parents, np.int32), held)
    assert found.tolist() == [nearest(node) for node in range(len(parents))]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3))))
def test_equal_orders_share_their_rank(lines):
    lines.sort()
    found = ranks(np.array([row for row, _ in lines], np.uint32), np.array([order for _, order in lines], np.uint16))
    expected = [sorted({o for r, o in lines if r == row}).index(order) for row, order in lines]
    assert found.tolist() == expected
