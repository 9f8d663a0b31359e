"""Bits say of a text what looking at each byte in turn would say."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from schakel.matching import bits

chosen = st.lists(st.booleans(), min_size=1, max_size=300).map(lambda some: np.array(some, np.bool_))


def whole(of: bits.Bits, size: int) -> list[bool]:
    """A truth for each byte, up to the end of the last word."""
    return [bool(of[at // 64] >> np.uint64(at % 64) & np.uint64(1)) for at in range(size)]


def size_of(some) -> int:
    return -(-len(some) // 64) * 64


def padded(some) -> list[bool]:
    return [*some.tolist(), *[False] * (size_of(some) - len(some))]


@given(chosen)
def test_parity_counts_the_bits_so_far(some):
    odd = [bool(count % 2) for count in itertools.accumulate(padded(some))]
    assert whole(bits.parity(bits.of(some)), size_of(some)) == odd


@given(chosen)
def test_bits_move_over_the_border_of_a_word(some):
    plain = padded(some)
    assert whole(bits.after(bits.of(some)), size_of(some)) == [True, *plain[:-1]]
    assert whole(bits.before(bits.of(some)), size_of(some)) == [*plain[1:], False]


@given(chosen, st.data())
def test_bits_can_be_cut_numbered_and_counted(some, data):
    last = data.draw(st.integers(0, len(some) - 1))
    at = np.array(sorted(data.draw(st.sets(st.integers(0, len(some) - 1), min_size=1))))
    cut = [place for place in np.flatnonzero(some) if place <= last]
    assert bits.numbers(bits.upto(bits.of(some), last)).tolist() == cut
    assert bits.numbers(bits.of(some)).tolist() == np.flatnonzero(some).tolist()
    assert bits.counts(bits.of(some), at).tolist() == [int(some[:place].sum()) for place in at]
