"""A sorted table of 64-bit keys that finds thousands of keys at once, and can be written to a file as it is."""

from dataclasses import dataclass

import numpy as np

from schakel.matching.kernel import I32, NOBODY, U32, U64

_SPREAD = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio, odd: multiplying spreads near numbers, one to one.


def spread(numbers: U64) -> U64:
    """Keys for plain numbers: one to one, and even over the whole range."""
    return numbers * _SPREAD


@dataclass(frozen=True, slots=True)
class Keys:
    """Sorted distinct `keys` and the node of each.

    `jump[b]` is the place of the first key whose top bits are b or more; buckets hold half a key on average, so
    that nearly every search ends at the first or second look.
    """

    keys: U64
    nodes: I32
    jump: U32

    @classmethod
    def of_sorted(cls, keys: U64, nodes: I32) -> "Keys":
        """Arrange keys that are sorted and distinct."""
        bits = max(1, (2 * len(keys)).bit_length())
        buckets = np.bincount((keys >> np.uint64(64 - bits)).astype(np.int64), minlength=1 << bits)
        return cls(keys, nodes, np.concatenate([[0], np.cumsum(buckets)]).astype(np.uint32))

    def with_more(self, keys: U64, nodes: I32) -> "Keys":
        """The same and further keys, none of which is here yet."""
        order = np.argsort(keys)
        places = np.searchsorted(self.keys, keys[order])
        return self.of_sorted(np.insert(self.keys, places, keys[order]), np.insert(self.nodes, places, nodes[order]))

    def find(self, wanted: U64) -> I32:
        """The node of each wanted key, or NOBODY."""
        shift = np.uint64(65 - len(self.jump).bit_length())
        bucket = (wanted >> shift).astype(np.int64)
        at, stop = self.jump[bucket].astype(np.int64), self.jump[bucket + 1]
        found = np.full(len(wanted), NOBODY, np.int32)
        live = np.flatnonzero(at < stop)
        while len(live):
            here = at[live]
            is_it = self.keys[here] == wanted[live]
            found[live[is_it]] = self.nodes[here[is_it]]
            live = live[~is_it]
            at[live] += 1
            live = live[at[live] < stop[live]]
        return found
