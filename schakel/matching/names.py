"""Domain names as nodes, and the search for the longest one that a host name ends in, label by label.

A name is read from the right. Each further label turns the hash of the suffix so far into that of the longer
suffix; a table tells whether a registered name, or the ending of one, has this hash, and the bytes are compared
before it counts. So a search ends as soon as nothing registered lies below, and no collision can lie.
"""

from dataclasses import dataclass

import numpy as np

from schakel.matching.kernel import I32, I64, NOBODY, U8, U64, Bool
from schakel.matching.keys import Keys
from schakel.matching.texts import PAD, equal_tails, tail_word, words
from schakel.matching.walk import Hosts, Walk


@dataclass(frozen=True, slots=True)
class Names:
    """Distinct registered names and their endings of at least `shallowest` labels: the nodes.

    The bytes of node i are the words from `text_at[i]` on, the last eight bytes first. `is_parent` tells whether a
    longer name lies below.
    """

    keys: Keys
    parents: I32
    is_parent: Bool
    labels: U8
    sizes: U8
    text_at: I64
    text: U64
    seed: int
    shallowest: int

    @classmethod
    def build(cls, hosts: Hosts, shallowest: int, seed: int = 1) -> tuple["Names", I32]:
        """Arrange valid, distinct or repeated names; also say which node each one is.

        Two names with one hash make the next seed be tried.
        """
        while (built := _built(hosts, shallowest, seed)) is None:
            seed += 1
        return built

    def __len__(self) -> int:
        return len(self.parents)

    def find(self, hosts: Hosts) -> I32:
        """The node of the longest suffix of each host that is registered or an ending of a registered name."""
        found = np.full(len(hosts.starts), NOBODY, np.int32)
        walk = Walk(hosts, self.seed)
        view = words(hosts.octets)
        for _label in range(1, self.shallowest):
            walk.step()
            walk.go_on()
        while len(walk.rows):
            walk.step()
            node = self.keys.find(walk.hashes)
            known = np.flatnonzero(node != NOBODY)
            ends = hosts.ends[walk.rows[known]]
            known = known[self._is_text(node[known], view, ends, ends - walk.begins[known])]
            found[walk.rows[known]] = node[known]
            chosen = np.zeros(len(node), np.bool_)
            chosen[known] = self.is_parent[node[known]]
            walk.go_on(chosen)
        return found

    def _is_text(self, nodes: I32, view: U64, ends: I64, sizes: I64) -> Bool:
        at = nodes.astype(np.intp)
        is_it: Bool = self.sizes[at] == sizes
        fit = np.flatnonzero(is_it)
        is_it[fit] = equal_tails(view, ends[fit], sizes[fit], self.text, self.text_at[at[fit]])
        return is_it

    def with_more(self, hosts: Hosts) -> tuple["Names", I32, I32]:
        """The same and further names; also the new node of each old node, and that of each further name."""
        added, node = Names.build(hosts, self.shallowest, self.seed)
        known = self._same_nodes(added)
        if known is None:
            return self._rebuilt(hosts)
        fresh = np.flatnonzero(known == NOBODY)
        known[fresh] = len(self) + np.arange(len(fresh), dtype=np.int32)
        return self._joined(added, fresh, known), np.arange(len(self), dtype=np.int32), known[node]

    def _same_nodes(self, added: "Names") -> I32 | None:
        """Our node for each of `added`, or NOBODY; None if two different names share a hash."""
        if added.seed != self.seed:
            return None
        own = added.as_hosts()
        known = self.keys.find(added.hashes())
        met = np.flatnonzero(known != NOBODY)
        ends = own.ends[met]
        is_same = self._is_text(known[met], words(own.octets), ends, ends - own.starts[met])
        return known if is_same.all() else None

    def _rebuilt(self, hosts: Hosts) -> tuple["Names", I32, I32]:
        names, node = Names.build(self.as_hosts().and_then(hosts), self.shallowest, self.seed + 1)
        return names, node[: len(self)], node[len(self) :]

    def _joined(self, added: "Names", fresh: I64, place: I32) -> "Names":
        above = added.parents[fresh]
        above = np.where(above == NOBODY, NOBODY, place[above]).astype(np.int32)
        parents = np.concatenate([self.parents, above])
        return Names(
            keys=self.keys.with_more(added.hashes()[fresh], place[fresh]),
            parents=parents,
            is_parent=_are_parents(parents),
            labels=np.concatenate([self.labels, added.labels[fresh]]),
            sizes=np.concatenate([self.sizes, added.sizes[fresh]]),
            text_at=np.concatenate([self.text_at, added.text_at[fresh] + len(self.text)]),
            text=np.concatenate([self.text, added.text]),
            seed=self.seed,
            shallowest=self.shallowest,
        )

    def hashes(self) -> U64:
        """The hash of each node."""
        hashes = np.empty(len(self), np.uint64)
        hashes[self.keys.nodes] = self.keys.keys
        return hashes

    def as_hosts(self) -> Hosts:
        """The nodes as host names: the words read backwards are the names in their own byte order.

        The first word of a name is short and stands at its lower end; it moves up to meet the rest.
        """
        counts = (self.sizes.astype(np.int64) + 7) >> 3
        text = self.text.copy()
        text[self.text_at + counts - 1] <<= (8 * (8 * counts - self.sizes)).astype(np.uint64)
        octets = np.zeros(8 * len(text) + 2 * PAD, np.uint8)
        octets[PAD : PAD + 8 * len(text)] = text[::-1].copy().view(np.uint8)
        ends = PAD + 8 * (len(self.text) - self.text_at)
        return Hosts(octets, ends - self.sizes, ends)


@dataclass(frozen=True, slots=True)
class _Steps:
    """Every suffix met on the way through all names: its hash, row, first byte, labels and the step before it."""

    hashes: U64
    rows: I64
    begins: I64
    labels: I64
    before: I64
    last_of_row: I64


def _steps(hosts: Hosts, shallowest: int, seed: int) -> _Steps:
    walk = Walk(hosts, seed)
    last = np.full(len(hosts.starts), NOBODY, np.int64)
    found: list[tuple[U64, I64, I64, I64, I64]] = []
    labels = count = 0
    while len(walk.rows):
        walk.step()
        labels += 1
        if labels >= shallowest:
            size = len(walk.rows)
            found.append((walk.hashes, walk.rows, walk.begins, np.full(size, labels), last[walk.rows]))
            last[walk.rows] = np.arange(count, count + size)
            count += size
        walk.go_on()
    if not found:
        none = np.empty(0, np.int64)
        return _Steps(none.astype(np.uint64), none, none, none, none, last)
    hashes, rows, begins, label_counts, before = (np.concatenate(part) for part in zip(*found, strict=True))
    return _Steps(hashes, rows, begins, label_counts, before, last)


def _built(hosts: Hosts, shallowest: int, seed: int) -> tuple[Names, I32] | None:
    """Nodes for all names and their endings; None if two different ones share a hash."""
    steps = _steps(hosts, shallowest, seed)
    keys, first, key = _distinct(steps.hashes)
    numbers, first = _numbered(first, len(key))
    node = numbers[key]
    ends = hosts.ends[steps.rows]
    sizes = ends - steps.begins
    view = words(hosts.octets)
    text_at, text = _stored(view, ends[first], sizes[first])
    equal = sizes == sizes[first][node]
    if not equal.all() or not equal_tails(view, ends, sizes, text, text_at[node]).all():
        return None
    before = steps.before[first]
    parents = (np.where(before == NOBODY, NOBODY, node[before]) if len(keys) else before).astype(np.int32)
    names = Names(
        keys=Keys.of_sorted(keys, numbers),
        parents=parents,
        is_parent=_are_parents(parents),
        labels=steps.labels[first].astype(np.uint8),
        sizes=sizes[first].astype(np.uint8),
        text_at=text_at,
        text=text,
        seed=seed,
        shallowest=shallowest,
    )
    return names, node[steps.last_of_row].astype(np.int32)


def _are_parents(parents: I32) -> Bool:
    found = np.zeros(len(parents), np.bool_)
    found[parents[parents != NOBODY]] = True
    return found


def _distinct(hashes: U64) -> tuple[U64, I64, I64]:
    """The distinct hashes, sorted; a step of each; and which of them each step has."""
    order = np.argsort(hashes)
    walking = hashes[order]
    is_first = np.ones(len(order), np.bool_)
    is_first[1:] = walking[1:] != walking[:-1]
    node = np.empty(len(order), np.int64)
    node[order] = np.cumsum(is_first) - 1
    return walking[is_first], order[is_first], node


def _numbered(first: I64, count: int) -> tuple[I32, I64]:
    """Number the keys in the order of the names they came from, so that near names lie near in memory.

    Gives the number of each key, and the step of each number.
    """
    is_first = np.zeros(count, np.bool_)
    is_first[first] = True
    return (np.cumsum(is_first) - 1)[first].astype(np.int32), np.flatnonzero(is_first)


def _stored(view: U64, ends: I64, sizes: I64) -> tuple[I64, U64]:
    """The texts as words, the last eight bytes of each first, and where each begins."""
    counts = (sizes + 7) >> 3
    text_at = np.cumsum(counts) - counts
    text = np.zeros(int(counts.sum()), np.uint64)
    live = np.arange(len(ends))
    step = 0
    while len(live):
        text[text_at[live] + step] = tail_word(view, ends[live] - 8 * step, sizes[live] - 8 * step)
        step += 1
        live = live[sizes[live] > 8 * step]
    return text_at, text
