"""Where signs stand in a text, a bit for each byte, so that one operation looks at 64 bytes.

Bit i of word w stands for byte 64 w + i.
"""

import numpy as np

from schakel.matching.kernel import I64, U64, Bool

Bits = U64
_WORD = 64
_ONE, _TOP = np.uint64(1), np.uint64(63)


def of(chosen: Bool) -> Bits:
    """The bytes that are chosen."""
    packed = np.zeros(-(-len(chosen) // _WORD) * 8, np.uint8)
    found = np.packbits(chosen, bitorder="little")
    packed[: len(found)] = found
    return packed.view("<u8")


def parity(bits: Bits) -> Bits:
    """Of each place whether the bits up to and with it are odd in number."""
    odd = bits
    for shift in (1, 2, 4, 8, 16, 32):
        odd = odd ^ (odd << np.uint64(shift))
    carried = np.bitwise_xor.accumulate(odd >> _TOP)
    odd[1:] ^= -carried[:-1]  # All ones where the words before are odd.
    return odd


def after(bits: Bits) -> Bits:
    """The places one further on; the first place counts too, as if a bit stood before the text."""
    moved = bits << _ONE
    moved[1:] |= bits[:-1] >> _TOP
    moved[:1] |= _ONE
    return moved


def before(bits: Bits) -> Bits:
    """The places one further back."""
    moved = bits >> _ONE
    moved[:-1] |= bits[1:] << _TOP
    return moved


def upto(bits: Bits, last: int) -> Bits:
    """The bits up to and with the place `last`, and no words beyond."""
    kept = bits[: last // _WORD + 1].copy()
    kept[-1] &= ~np.uint64(0) >> np.uint64(_WORD - 1 - last % _WORD)
    return kept


def numbers(bits: Bits) -> I64:
    """The places as numbers, in order."""
    words = np.flatnonzero(bits)
    found = np.flatnonzero(np.unpackbits(bits[words].view(np.uint8), bitorder="little").view(np.bool_))
    return words[found // _WORD] * _WORD + found % _WORD


def counts(bits: Bits, at: I64) -> I64:
    """How many bits stand before each of the places `at`, which lie in the words and come in any order."""
    sums = np.cumsum(np.bitwise_count(bits), dtype=np.int64)
    words = at // _WORD
    since = bits[words] >> (at % _WORD).astype(np.uint64)  # Those from the place on, of its own word.
    found: I64 = sums[words] - np.bitwise_count(since)
    return found
