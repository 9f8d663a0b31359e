"""Numbers out of bytes: the arithmetic behind `addresses.read`, on arrays of positions.

A position counts bytes of `Texts.octets`; `view` is `half_words` of the same bytes.
"""

import numpy as np

from schakel.matching.kernel import I64, U32, U64, Bool

BAD_NUMBER = 1000
GROUPS = 8
_BAD_GROUP = 1 << 16

# By the number of characters: which bytes of the loaded word belong to the text, and what stands in for the rest.
_KEEP = np.array([0, 0xFF000000, 0xFFFF0000, 0xFFFFFF00, 0xFFFFFFFF], np.uint32)
_FILL = np.array([0x30303030, 0x303030, 0x3030, 0x30, 0], np.uint32)
_LEAST = np.array([0, 0, 10, 100, 1000], np.uint32)  # Anything less has a leading zero.
_NIBBLE = np.full(256, _BAD_GROUP, np.uint32)
for _digits in (b"0123456789abcdef", b"0123456789ABCDEF"):
    _NIBBLE[list(_digits)] = np.arange(16)


def decimal(view: U32, begins: I64, ends: I64) -> U32:
    """Numbers of one to three digits without a leading zero; BAD_NUMBER or more where the text is not one."""
    sizes = ends - begins
    sizes = np.where((sizes < 1) | (sizes > 3), 4, sizes)  # noqa: PLR2004 -- digits
    digits = ((view[ends - 4] & _KEEP[sizes]) | _FILL[sizes]) - np.uint32(0x30303030)
    is_odd = ((digits + np.uint32(0x76767676)) | digits) & np.uint32(0x80808080) != 0
    tens, hundreds = (digits >> np.uint32(16)) & np.uint32(0xFF), (digits >> np.uint32(8)) & np.uint32(0xFF)
    number = (digits >> np.uint32(24)) + tens * np.uint32(10) + hundreds * np.uint32(100)
    return np.where(is_odd | (number < _LEAST[sizes]), np.uint32(BAD_NUMBER), number)


def hexadecimal(view: U32, ends: I64, sizes: I64) -> U32:
    """Groups of at most four hexadecimal digits; 65,536 or more where the text is not one."""
    kept = np.minimum(sizes, 4)
    text = (view[ends - 4] & _KEEP[kept]) | _FILL[kept]
    group = np.where(sizes > 4, np.uint32(_BAD_GROUP), np.uint32(0))  # noqa: PLR2004 -- digits
    for place in range(4):
        group |= _NIBBLE[(text >> np.uint32(24 - 8 * place)) & np.uint32(0xFF)] << np.uint32(4 * place)
    return group


def four(view: U32, marks: list[I64]) -> tuple[Bool, U64]:
    """IPv4: which rows are good, and their numbers. `marks`: before the text, its three dots, after the text."""
    number, good = np.zeros(len(marks[0]), np.uint32), np.ones(len(marks[0]), np.bool_)
    for before, after in zip(marks[:-1], marks[1:], strict=True):
        part = decimal(view, before + 1, after)
        good &= part < 256  # noqa: PLR2004 -- one byte
        number = (number << np.uint32(8)) | part
    return good, number.astype(np.uint64)


def six(view: U32, marks: I64, counts: I64) -> tuple[Bool, U64, U64]:
    """IPv6: which rows are good, and their numbers in two halves.

    `marks` holds for each row, one row behind another: the place before the text, its `counts` colons (two or
    more), the place after the text.
    """
    if not len(counts):
        return np.empty(0, np.bool_), np.empty(0, np.uint64), np.empty(0, np.uint64)
    row, nth, heads = ragged(counts + 1)
    before = np.arange(len(row)) + row  # Each row has one mark more than groups.
    sizes = marks[before + 1] - marks[before] - 1
    groups = hexadecimal(view, marks[before + 1], sizes)
    is_gap = (sizes == 0) & (nth > 0) & (nth < counts[row])
    gap_at = np.add.reduceat(np.where(is_gap, nth, 0), heads)
    good = _is_well_formed(sizes == 0, is_gap, gap_at, heads, counts)
    good &= np.bitwise_or.reduceat(groups, heads) < _BAD_GROUP
    slot = np.where((gap_at == 0)[row] | (nth < gap_at[row]), nth, GROUPS - 1 - counts[row] + nth)
    filled = good[row] & (sizes > 0)
    table = np.zeros((len(counts), GROUPS), np.uint64)
    table[row[filled], slot[filled]] = groups[filled]
    return good, _joined(table[:, :4]), _joined(table[:, 4:])


def _is_well_formed(is_empty: Bool, is_gap: Bool, gap_at: I64, heads: I64, counts: I64) -> Bool:
    """Eight groups, or fewer and one gap; an empty first or last group only as part of the gap."""
    gaps = np.add.reduceat(is_gap, heads, dtype=np.int64)
    filled = np.add.reduceat(~is_empty, heads, dtype=np.int64)
    good = np.where(gaps == 0, filled == GROUPS, (gaps == 1) & (filled < GROUPS))
    good &= ~is_empty[heads] | (gap_at == 1)
    good &= ~is_empty[heads + counts] | (gap_at == counts - 1)
    return good


def _joined(groups: U64) -> U64:
    shifts = np.array([48, 32, 16, 0], np.uint64)
    joined: U64 = np.bitwise_or.reduce(groups << shifts, axis=1)
    return joined


def ragged(counts: I64) -> tuple[I64, I64, I64]:
    """For rows of `counts` parts each: the row and the place within it of every part, and where each row begins."""
    heads = np.cumsum(counts) - counts
    row = np.repeat(np.arange(len(counts)), counts)
    return row, np.arange(len(row)) - heads[row], heads
