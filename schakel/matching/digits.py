"""Numbers out of bytes: the arithmetic behind `addresses.read`, on arrays of positions.

A position counts bytes of `Texts.octets`; `view` is `half_words` of the same bytes. A group of digits is loaded
as the four bytes before its end, so its last digit is always in the highest byte.
"""

import itertools

import numpy as np

from schakel.matching.kernel import I64, U32, U64, Bool

BAD_NUMBER = 256
GROUPS = 8
_BAD_GROUP = 1 << 16
_BYTE = np.uint32(0xFF)
_WORD_BITS = np.uint32(32)
_NIBBLE = np.full(256, _BAD_GROUP, np.uint32)
for _digits in (b"0123456789abcdef", b"0123456789ABCDEF"):
    _NIBBLE[list(_digits)] = np.arange(16)
_MISSING = np.uint32(0x30303030)

# The 256 texts "0" to "255" as words, with their size in the highest byte. Each has a place of its own: the top
# bits of its product with a number that was found by trying. A word that is not the one in its place is none of them.
_SCATTER, _TEXT_SHIFT = np.uint32(0x8B169675), np.uint32(22)
_SIZE_SHIFT = np.uint32(24)
_DECIMALS = [str(number).encode() for number in range(BAD_NUMBER)]
_TEXTS = np.array([int.from_bytes(text, "little") | len(text) << 24 for text in _DECIMALS], np.uint32)
_PLACES = (_TEXTS * _SCATTER) >> _TEXT_SHIFT
_TEXT_AT, _NUMBER_AT = np.full(1024, ~_TEXTS[0]), np.zeros(1024, np.uint32)
_TEXT_AT[_PLACES], _NUMBER_AT[_PLACES] = _TEXTS, np.arange(BAD_NUMBER)


def _outside(sizes: U32) -> U32:
    """How many bits of a loaded word lie before a text of 1 to 4 bytes; 32 or more for other sizes."""
    outside: U32 = _WORD_BITS - (sizes << np.uint32(3))
    return outside


def decimal(view: U32, begins: I64, ends: I64) -> U32:
    """Numbers 0 to 255 without a leading zero; BAD_NUMBER where the text is not one."""
    sizes = (ends - begins).astype(np.uint32)
    text = (view[ends - 4] >> _outside(sizes)) | (sizes << _SIZE_SHIFT)
    place = (text * _SCATTER) >> _TEXT_SHIFT
    number: U32 = _NUMBER_AT[place]
    number[_TEXT_AT[place] != text] = BAD_NUMBER
    return number


def hexadecimal(view: U32, ends: I64, sizes: I64) -> U32:
    """Groups of at most four hexadecimal digits; 65,536 or more where the text is not one. No digit is a 0."""
    kept = ~np.uint32(0) << _outside(np.minimum(sizes, 4).astype(np.uint32))
    text = (view[ends - 4] & kept) | (_MISSING & ~kept)
    group = np.where(sizes > 4, np.uint32(_BAD_GROUP), np.uint32(0))  # noqa: PLR2004 -- digits
    for place in range(4):
        group |= _NIBBLE[(text >> np.uint32(24 - 8 * place)) & _BYTE] << np.uint32(4 * place)
    return group


def four(view: U32, marks: list[I64]) -> tuple[Bool, U64]:
    """IPv4: which rows are good, and their numbers. `marks`: before the text, its three dots, after the text."""
    number, good = np.zeros(len(marks[0]), np.uint32), np.ones(len(marks[0]), np.bool_)
    for before, after in itertools.pairwise(marks):
        part = decimal(view, before + 1, after)
        good &= part <= _BYTE
        number = (number << np.uint32(8)) | part
    return good, number.astype(np.uint64)


def six(view: U32, *, begins: I64, ends: I64, colons: I64, firsts: I64, counts: I64) -> tuple[Bool, U64, U64]:
    """IPv6: which rows are good, and their numbers in two halves.

    The text of a row goes from `begins` to `ends`; its `counts` colons (two or more) are the places in `colons`
    from `firsts` on.
    """
    parts = np.zeros((GROUPS + 1, len(counts)), np.uint32)
    gap_at = np.zeros(len(counts), np.int64)  # Which part is the empty one of "::"; 0 where there is none.
    filled = np.zeros(len(counts), np.int64)
    good = counts <= GROUPS
    live = np.flatnonzero(good)
    before = begins[live] - 1
    for nth in range(GROUPS + 1):
        is_final = counts[live] == nth
        after = np.where(is_final, ends[live], colons[firsts[live] + np.where(is_final, 0, nth)])
        sizes = after - before - 1
        parts[nth, live] = hexadecimal(view, after, sizes)
        gap = live[(sizes == 0) & ~is_final] if nth else live[:0]
        good[gap[gap_at[gap] > 0]] = False
        gap_at[gap] = nth
        edge = live[(sizes == 0) & is_final]
        good[edge[gap_at[edge] != nth - 1]] = False
        filled[live] += sizes > 0
        live, before = live[~is_final], after[~is_final]
    good &= (colons[firsts] > begins) | (gap_at == 1)
    good &= np.where(gap_at == 0, filled == GROUPS, filled < GROUPS)
    return good & (parts.max(axis=0, initial=0) < _BAD_GROUP), *_placed(parts, gap_at, counts)


def _placed(parts: U32, gap_at: I64, counts: I64) -> tuple[U64, U64]:
    """The parts as the eight groups of an address, in two halves; zeros fill the gap."""
    halves = np.zeros((2, len(counts)), np.uint64)
    row = np.arange(len(counts))
    for slot in range(GROUPS):
        from_end = np.maximum(counts - (GROUPS - 1) + slot, 0)
        is_left = (gap_at == 0) | (slot < gap_at)
        group = parts[np.where(is_left, slot, np.minimum(from_end, GROUPS)), row]
        group = np.where(is_left | (from_end > gap_at), group, np.uint32(0))
        halves[slot // 4] |= group.astype(np.uint64) << np.uint64(48 - 16 * (slot % 4))
    return halves[0], halves[1]
