"""Nested and overlapping networks as sorted, disjoint ranges, so that one search finds the most specific network."""

from dataclasses import dataclass

import numpy as np

from schakel.matching.addresses import FOUR, SIX, Addresses
from schakel.matching.kernel import (
    I32,
    I64,
    NOBODY,
    U32,
    U64,
    Bool,
    enclosing,
    last_at_or_before,
    last_at_or_before_wide,
)

_LENGTH_BITS = np.uint64(8)


@dataclass(frozen=True, slots=True)
class Networks:
    """Distinct networks (the nodes, IPv4 before IPv6, each family by first address and then length).

    `parents` is the smallest network around each node. The ranges of a family begin at its bounds and last until
    the next one; its holders tell which node is the most specific there, or NOBODY.
    """

    nodes: Addresses
    parents: I32
    bounds_four: U32
    holders_four: I32
    highs_six: U64
    group_six: I64
    lows_six: U64
    holders_six: I32

    @classmethod
    def build(cls, networks: Addresses) -> tuple["Networks", I32]:
        """Arrange networks (no host bits set, all readable); also say which node each one is."""
        four, node_four = _distinct(networks, FOUR)
        six, node_six = _distinct(networks, SIX)
        node = np.empty(len(networks), np.int32)
        node[networks.family == FOUR] = node_four
        node[networks.family == SIX] = node_six + len(four)
        around_four, around_six = enclosing(_last_ranks(four)), enclosing(_last_ranks(six))
        _high, low, holders_four = _ranges(four, around_four)
        high, lows_six, holders_six = _ranges(six, around_six)
        starts = np.flatnonzero(_is_first(high))
        offset = np.int32(len(four))
        built = cls(
            nodes=four.and_then(six),
            parents=np.concatenate([around_four, _shifted(around_six, offset)]),
            bounds_four=low.astype(np.uint32),
            holders_four=holders_four,
            highs_six=high[starts],
            group_six=np.append(starts, len(high)),
            lows_six=lows_six,
            holders_six=_shifted(holders_six, offset),
        )
        return built, node

    def find(self, rows: Addresses) -> I32:
        """The most specific node that contains each row's address or whole network, or NOBODY."""
        found = np.full(len(rows), NOBODY, np.int32)
        four, six = np.flatnonzero(rows.family == FOUR), np.flatnonzero(rows.family == SIX)
        if len(four):
            found[four] = self.holders_four[last_at_or_before(self.bounds_four, rows.low[four].astype(np.uint32))]
        if len(six):
            at = last_at_or_before_wide(self.highs_six, self.group_six, self.lows_six, rows.high[six], rows.low[six])
            found[six] = self.holders_six[at]
        self._widen(found, rows)
        return found

    def _widen(self, found: I32, rows: Addresses) -> None:
        """Climb from networks that are smaller than the row's own network to the first that contains it."""
        whole = np.where(rows.family == FOUR, np.uint8(32), np.uint8(128))
        live = np.flatnonzero((rows.length < whole) & (found != NOBODY))
        while len(live):
            live = live[self.nodes.length[found[live]] > rows.length[live]]
            found[live] = self.parents[found[live]]
            live = live[found[live] != NOBODY]


def _distinct(networks: Addresses, family: int) -> tuple[Addresses, I32]:
    """The distinct networks of a family, sorted, and for each network of the family which of them it is."""
    chosen = networks.take(networks.family == family)
    if family == FOUR:
        order = np.argsort((chosen.low << _LENGTH_BITS) | chosen.length, kind="stable")
    else:
        order = np.lexsort((chosen.length, chosen.low, chosen.high))
    placed = chosen.take(order)
    is_first = _is_first(placed.high, placed.low, placed.length)
    node = np.empty(len(order), np.int32)
    node[order] = np.cumsum(is_first) - 1
    return placed.take(is_first), node


def _is_first(*columns: U64 | np.ndarray) -> Bool:
    """Which rows of sorted columns differ from the row before."""
    size = len(columns[0])
    differs = np.zeros(size, np.bool_)
    differs[:1] = True
    for column in columns:
        differs[1:] |= column[1:] != column[:-1]
    return differs


def _last_ranks(networks: Addresses) -> U64:
    """The last address of each network, as its rank among all of them; equal addresses share their rank."""
    high, low = _lasts(networks)
    order = np.lexsort((low, high))
    ranks = np.empty(len(order), np.uint64)
    ranks[order] = np.cumsum(_is_first(high[order], low[order]))
    return ranks


def _lasts(networks: Addresses) -> tuple[U64, U64]:
    mask_high, mask_low = networks.masks()
    return networks.high | mask_high, networks.low | mask_low


def _ranges(networks: Addresses, around: I32) -> tuple[U64, U64, I32]:
    """Bounds in two halves and the node from each bound on; the first bound is 0.

    A network begins a range at its first address, and behind its last address the network around it goes on.
    Where several begin or go on at one address, the smallest that begins there wins, else the one around the
    largest that ends there.
    """
    nodes = np.arange(len(networks), dtype=np.int32)
    high, low = _lasts(networks)
    goes_on = (low != ~np.uint64(0)) | (high != ~np.uint64(0))
    if len(networks) and networks.family[0] == FOUR:
        goes_on = low != np.uint64(0xFFFFFFFF)
    after_low = low[goes_on] + np.uint64(1)
    after_high = high[goes_on] + (after_low == 0)
    length = networks.length.astype(np.int64)
    highs = np.concatenate([[np.uint64(0)], after_high, networks.high])
    lows = np.concatenate([[np.uint64(0)], after_low, networks.low])
    holders = np.concatenate([np.array([NOBODY], np.int32), around[goes_on], nodes])
    weight = np.concatenate([[0], 256 - length[goes_on], 512 + length]).astype(np.uint64)
    order = _by_place(highs, lows, weight)
    highs, lows, holders = highs[order], lows[order], holders[order]
    is_last = np.append(_is_first(highs, lows)[1:], True)
    return highs[is_last], lows[is_last], holders[is_last]


def _by_place(highs: U64, lows: U64, weight: U64) -> I64:
    if not highs.any() and (lows >> np.uint64(48) == 0).all():  # IPv4: one word carries it all.
        return np.argsort((lows << np.uint64(10)) | weight)
    return np.lexsort((weight, lows, highs))


def _shifted(nodes: I32, offset: np.int32) -> I32:
    return np.where(nodes == NOBODY, NOBODY, nodes + offset).astype(np.int32)
