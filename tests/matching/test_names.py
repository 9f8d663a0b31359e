"""Names as nodes: growing, and two names with one hash."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schakel.matching import names as names_module
from schakel.matching import walk
from schakel.matching.kernel import NOBODY
from schakel.matching.names import Names
from schakel.matching.texts import Texts
from schakel.matching.walk import Hosts

labels = st.sampled_from(["a", "b", "eightlet", "a-label-of-more-than-sixteen-bytes"])
names = st.lists(labels, min_size=2, max_size=5).map(".".join)


def hosts(values):
    return Hosts.of(Texts.of(pl.Series(values, dtype=pl.String)))


def texts_of(table):
    """The name of each node."""
    own = table.as_hosts()
    return [own.octets[begin:end].tobytes().decode() for begin, end in zip(own.starts, own.ends, strict=True)]


def plain(registered, wanted):
    """The longest ending of `wanted` that is a registered name or the ending of one, of two labels or more."""
    endings = {
        ".".join(parts[at:]) for parts in (name.split(".") for name in registered) for at in range(len(parts) - 1)
    }
    parts = wanted.split(".")
    return next((".".join(parts[at:]) for at in range(len(parts)) if ".".join(parts[at:]) in endings), None)


def agrees(table, registered, wanted):
    texts = texts_of(table)
    found = [None if node == NOBODY else texts[node] for node in table.find(hosts(wanted))]
    return found == [plain(registered, name) for name in wanted]


@settings(deadline=None)
@given(st.lists(names), st.lists(names), st.lists(names))
def test_names_that_come_later_are_found_like_the_first(first, later, wanted):
    before, node = Names.build(hosts(first), shallowest=2)
    assert [texts_of(before)[at] for at in node] == first
    assert agrees(before, first, wanted)
    after, moved, more = before.with_more(hosts(later))
    texts = texts_of(after)
    assert [texts[at] for at in moved] == texts_of(before)
    assert [texts[at] for at in more] == later
    assert agrees(after, first + later, wanted)
    parents = [None if above == NOBODY else texts[above] for above in after.parents]
    assert parents == [text.partition(".")[2] if text.count(".") > 1 else None for text in texts]


class WeakWalk(walk.Walk):
    """A walk in which all names have one hash, until the third seed is tried."""

    def __init__(self, hosts, seed):
        super().__init__(hosts, seed)
        self.is_weak = seed < 3

    def step(self):
        super().step()
        if self.is_weak:
            self.hashes = np.zeros_like(self.hashes)


def test_another_seed_is_tried_when_two_names_share_a_hash(monkeypatch):
    monkeypatch.setattr(names_module, "Walk", WeakWalk)
    table, _node = Names.build(hosts(["a.example", "b.example"]), shallowest=2)
    assert table.seed == 3
    assert agrees(table, ["a.example", "b.example"], ["x.a.example", "b.example", "c.example"])


@pytest.mark.parametrize("later", [["b.example"], ["a.example", "b.example"], ["a.example"]])
def test_a_later_name_with_the_same_hash_does_not_lie(monkeypatch, later):
    monkeypatch.setattr(names_module, "Walk", WeakWalk)
    before, _node = Names.build(hosts(["a.example"]), shallowest=2)
    after, moved, more = before.with_more(hosts(later))
    texts = texts_of(after)
    assert [texts[at] for at in moved] == ["a.example"]
    assert [texts[at] for at in more] == later
    assert agrees(after, ["a.example", *later], ["x.a.example", "b.example", "c.example"])


def test_a_hash_alone_is_no_match(monkeypatch):
    monkeypatch.setattr(names_module, "Walk", WeakWalk)
    table, _node = Names.build(hosts(["a.example"]), shallowest=2)
    assert table.find(hosts(["a.example", "b.example", "longer.example"])).tolist() == [0, NOBODY, NOBODY]
