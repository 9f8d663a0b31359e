"""Host names, read label by label from the last to the first, all rows at once."""

from dataclasses import dataclass

import numpy as np

from schakel.matching import bits
from schakel.matching.kernel import I64, U8, Bool
from schakel.matching.texts import Texts, mixed, words


@dataclass(frozen=True, slots=True)
class Hosts:
    """Host names ready for the search: lower case, no final dot, ASCII. An empty one begins where it ends."""

    octets: U8
    starts: I64
    ends: I64

    @classmethod
    def of(cls, texts: Texts) -> "Hosts":
        """Set aside the final dot, and what stands before an @."""
        low = texts.lowered()
        starts, ends = low.offsets[:-1], low.offsets[1:]
        final = (low.octets[ends - 1] == ord(".")) & (ends > starts)
        ats = low.places("@")
        if len(ats):
            last = ats[np.maximum(np.searchsorted(ats, ends) - 1, 0)]
            starts = np.where((last >= starts) & (last < ends), last + 1, starts)
        return cls(low.octets, starts, np.maximum(ends - final, starts))

    def and_then(self, more: "Hosts") -> "Hosts":
        """These hosts and then those of `more`."""
        return Hosts(
            np.concatenate([self.octets, more.octets]),
            np.concatenate([self.starts, more.starts + len(self.octets)]),
            np.concatenate([self.ends, more.ends + len(self.octets)]),
        )


class Walk:
    """All hosts on their way from the last label to the first; `step` goes one label further."""

    def __init__(self, hosts: Hosts, seed: int) -> None:
        self._hosts, self._view = hosts, words(hosts.octets)
        is_dot = hosts.octets == ord(".")
        self._dots = np.concatenate([[-1], np.flatnonzero(is_dot)])
        self.rows = np.flatnonzero(hosts.ends > hosts.starts)
        self._stops = hosts.ends[self.rows]
        self._starts = hosts.starts[self.rows]
        self._next_dot = bits.counts(bits.of(is_dot), self._stops)  # The first of the dots is -1.
        self.hashes = np.full(len(self.rows), seed, np.uint64)
        self.begins = self._stops
        self._has_more = np.ones(len(self.rows), np.bool_)

    def step(self) -> None:
        """Take in the next label of every row."""
        dots = self._dots[self._next_dot]
        self._has_more = dots >= self._starts
        self.begins = np.where(self._has_more, dots + 1, self._starts)
        self.hashes = mixed(self.hashes, self._view, self._stops, self._stops - self.begins)
        self._stops = dots
        self._next_dot = self._next_dot - 1

    def go_on(self, chosen: Bool | None = None) -> None:
        """Keep the rows that have a further label, of those chosen."""
        kept = np.flatnonzero(self._has_more if chosen is None else self._has_more & chosen)
        self.rows, self._stops, self._starts = self.rows[kept], self._stops[kept], self._starts[kept]
        self._next_dot, self.hashes = self._next_dot[kept], self.hashes[kept]
