"""Arrays in, arrays out: nesting, search and chains, with no word of the domain beyond "holder".

Everything here works on whole columns. A *node* is a network, a name or a number that somebody may hold; nodes
form a forest in which a parent contains its children. A *link* is one holder of one node; following `next` from
link to link gives every holder, the most specific first.
"""

import numpy as np
from numpy.typing import NDArray

U8 = NDArray[np.uint8]
U16 = NDArray[np.uint16]
U32 = NDArray[np.uint32]
U64 = NDArray[np.uint64]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
Bool = NDArray[np.bool_]

NOBODY = -1
_TOP = np.iinfo(np.uint64).max
_LOW_HALF = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


def last_at_or_before(bounds: U32, needles: U32) -> I64:
    """Index of the last bound that is not above each needle; -1 where all are above.

    The needles are sorted on the way, because a search that walks forward through memory is eight times faster
    than one that jumps about. A needle and its row share one word, so that one plain sort carries both.
    """
    packed = (needles.astype(np.uint64) << _HALF) | np.arange(len(needles), dtype=np.uint64)
    packed.sort()
    found = np.empty(len(needles), np.int64)
    walking = (packed >> _HALF).astype(np.uint32)
    found[(packed & _LOW_HALF).astype(np.int64)] = np.searchsorted(bounds, walking, side="right") - 1
    return found


def last_at_or_before_wide(highs: U64, group: I64, lows: U64, needles_high: U64, needles_low: U64) -> I64:
    """The same for numbers of 128 bits, given as two halves.

    `highs` are the distinct upper halves of the bounds, sorted; the bounds with upper half i have their lower
    halves at `lows[group[i]:group[i + 1]]`, sorted. The lowest bound must be 0, so that each needle has one.
    """
    order = np.argsort(needles_high)
    at = np.empty(len(order), np.int64)
    at[order] = np.searchsorted(highs, needles_high[order], side="right") - 1
    left, right = group[at], group[at + 1]
    found = right - 1
    exact = np.flatnonzero(highs[at] == needles_high)
    found[exact] = _bisect(lows, left[exact], right[exact], needles_low[exact])
    return found


def _bisect(bounds: U64, left: I64, right: I64, needles: U64) -> I64:
    """Index of the last bound not above each needle within its own slice; `left - 1` where there is none."""
    low, high = left.copy(), right.copy()
    live = np.flatnonzero(low < high)
    while len(live):
        middle = (low[live] + high[live]) >> 1
        above = bounds[middle] > needles[live]
        high[live[above]] = middle[above]
        low[live[~above]] = middle[~above] + 1
        live = live[low[live] < high[live]]
    return low - 1


def enclosing(lasts: U64) -> I32:
    """Index of the smallest interval around each interval, or NOBODY.

    The intervals are nested or apart, sorted by first number and then the larger before the smaller; `lasts`
    are their last numbers, or ranks of these. All intervals climb at once, each over what its neighbour has
    already found, so that the rounds grow with the logarithm of the number and with the depth of nesting.
    """
    ceiling = np.concatenate([np.array([_TOP], np.uint64), lasts])  # Place 0 stands for "nothing around".
    around = np.maximum(np.arange(-1, len(lasts), dtype=np.int32), 0)
    live = np.arange(1, len(lasts) + 1, dtype=np.int32)
    while len(live):
        live = live[ceiling[around[live]] < ceiling[live]]
        around[live] = around[around[live]]
    return around[1:] - np.int32(1)


def nearest_held(parents: I32, held: Bool) -> I32:
    """The nearest proper ancestor of each node that is held, or NOBODY."""
    above = parents.copy()
    while True:
        loose = np.flatnonzero((above != NOBODY) & ~held[above]) if len(above) else np.empty(0, np.intp)
        if not len(loose):
            return above
        above[loose] = above[above[loose]]


def sums_to_root(counts: I64, above: I32) -> I64:
    """Each node's count and those of all its ancestors, added up."""
    total, ahead = counts.copy(), above.copy()
    live = np.flatnonzero(ahead != NOBODY)
    while len(live):
        reached = ahead[live]
        total[live] += total[reached]
        ahead[live] = ahead[reached]
        live = live[ahead[live] != NOBODY]
    return total


def link(nodes: I32, parents: I32, offset: int) -> tuple[I32, I32, I32]:
    """Chain holders, given as the sorted nodes they hold: heads per node, next and length per link.

    `offset` is the number of the first link among all links. The head of a node is the first of its own links,
    else that of the nearest ancestor that has one. `length` counts a link and all that follow it.
    """
    counts = np.bincount(nodes, minlength=len(parents)).astype(np.int64)
    own = np.where(counts > 0, np.cumsum(counts) - counts + offset, NOBODY).astype(np.int32)
    above = nearest_held(parents, counts > 0)
    inherited = np.where(above != NOBODY, own[above], NOBODY) if len(parents) else own
    heads = np.where(counts > 0, own, inherited).astype(np.int32)
    place = np.arange(len(nodes), dtype=np.int64) + offset
    is_last = place - own[nodes] == counts[nodes] - 1
    following = np.where(is_last, inherited[nodes], place + 1).astype(np.int32)
    length = sums_to_root(counts, above)[nodes] - (place - own[nodes])
    return heads, following, length.astype(np.int32)


def follow(heads: list[I32], following: I32, lengths: I32) -> tuple[U32, I32]:
    """Every link of every row: the row numbers (sorted) and the links, in the order of `heads`.

    `heads` holds one array per chain, each with a first link or NOBODY for each row. The last entry of `lengths`
    is 0, for NOBODY.
    """
    counts = [lengths[head.astype(np.intp)] for head in heads]
    totals = np.zeros(len(heads[0]), np.int64)
    for count in counts:
        totals += count
    ends = np.cumsum(totals)
    links = np.empty(int(totals.sum()), np.int32)
    places = ends - totals
    for head, count in zip(heads, counts, strict=True):
        _fill(links, head, places, following)
        places += count
    return np.repeat(np.arange(len(totals), dtype=np.uint32), totals), links


def _fill(links: I32, heads: I32, places: I64, following: I32) -> None:
    rows = np.flatnonzero(heads != NOBODY)
    here, place = heads[rows], places[rows]
    while len(here):
        links[place] = here
        here = following[here.astype(np.intp)]
        live = here != NOBODY
        here, place = here[live], place[live] + 1


def ranks(rows: U32, orders: U16) -> U16:
    """0 for the lines of a row with its lowest order, 1 for the next order, and so on; equal orders share.

    The lines are sorted by row and then by order.
    """
    if not len(rows):
        return np.empty(0, np.uint16)
    is_new_row = rows[1:] != rows[:-1]
    # Counting in 16 bits runs over, and so does the subtraction: the difference is right all the same.
    steps = np.zeros(len(rows), np.uint16)
    np.cumsum(is_new_row | (orders[1:] != orders[:-1]), out=steps[1:])
    firsts = np.flatnonzero(is_new_row) + 1
    sizes = np.diff(firsts, prepend=0, append=len(rows))
    before = np.repeat(np.append(steps[:1], steps[firsts]), sizes)
    return steps - before
