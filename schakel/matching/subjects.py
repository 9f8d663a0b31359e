"""By what a row can be found again: its address, its name and its number as plain keys.

A key says enough to find every row that an asset may hold, and a few more; which of them it does hold, the index says.
A name's key is that of its last two labels: an asset has two at least, whatever the list of public suffixes said when
the row came in.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from schakel.matching import addresses, suffixes
from schakel.matching.addresses import FOUR, SIX, Addresses
from schakel.matching.kernel import I64, U32, U64
from schakel.matching.texts import Texts
from schakel.matching.walk import Hosts, Walk

KINDS = {"four": np.uint32, "six": np.uint64, "name": np.uint32, "number": np.uint32}
"""The kinds of keys, and what a key of each fits in."""
_SEED = 0x5C4A
_HALF = np.uint64(32)


@dataclass(frozen=True, slots=True)
class Keys:
    """Of one kind: the keys of some rows, and the row of each."""

    keys: U64 | U32
    rows: I64

    def sorted(self) -> "Keys":
        """The same, the least key first."""
        order = np.argsort(self.keys)
        return Keys(self.keys[order], self.rows[order])


@dataclass(frozen=True, slots=True)
class Ranges:
    """Closed ranges of keys, sorted and disjoint."""

    starts: U64
    ends: U64

    @classmethod
    def of(cls, starts: U64, ends: U64) -> "Ranges":
        """Join ranges that overlap."""
        order = np.argsort(starts, kind="stable")
        starts, furthest = starts[order], np.maximum.accumulate(ends[order]) if len(ends) else ends
        is_new = np.ones(len(starts), np.bool_)
        is_new[1:] = starts[1:] > furthest[:-1]
        firsts = np.flatnonzero(is_new)
        return cls(starts[firsts], furthest[np.append(firsts[1:], len(starts)) - 1] if len(firsts) else furthest)

    def places(self, keys: U64 | U32) -> I64:
        """Where keys, which are sorted, lie within the ranges; keys of 32 bits are not made longer for it."""
        first = np.searchsorted(keys, self.starts.astype(keys.dtype), side="left")
        counts = np.searchsorted(keys, self.ends.astype(keys.dtype), side="right") - first
        begins = np.cumsum(counts) - counts
        places: I64 = np.arange(int(counts.sum()), dtype=np.int64) + np.repeat(first - begins, counts)
        return places


Sought = Mapping[str, Ranges]
"""By kind what is looked for; a kind that is missing is not."""


def keys_of(rows: pl.DataFrame) -> dict[str, Keys]:
    """The keys of rows with the columns `address`, `host`, `email` and `asn`, each optional, by kind."""
    found: dict[str, list[tuple[U64, I64]]] = {kind: [] for kind in KINDS}
    if "address" in rows.columns:
        read = addresses.read(rows["address"])
        for kind, family, half in (("four", FOUR, read.low), ("six", SIX, read.high)):
            at = np.flatnonzero(read.family == family)
            found[kind].append((half[at], at))
    found["name"] = [_names(rows[name]) for name in ("host", "email") if name in rows.columns]
    if "asn" in rows.columns:
        at = np.flatnonzero(rows["asn"].is_not_null().to_numpy())
        found["number"].append((rows["asn"].gather(at).cast(pl.UInt64).to_numpy(), at))
    return {kind: _together(parts) for kind, parts in found.items()}


def sought(
    *, networks: pl.DataFrame | None = None, domains: pl.DataFrame | None = None, asns: pl.DataFrame | None = None
) -> Sought:
    """Where rows lie that these assets may hold: tables as `Index.build` takes them."""
    found: dict[str, Ranges] = {}
    if networks is not None and networks.height:
        read = addresses.read(networks["network"])
        four, six = read.take(read.family == FOUR), read.take(read.family == SIX)
        found |= {"four": _spans(four, four.low, 1), "six": _spans(six, six.high, 0)}
    if domains is not None and domains.height:
        found["name"] = _exactly(_names(suffixes.normal(domains["domain"]))[0])
    if asns is not None and asns.height:
        found["number"] = _exactly(asns["asn"].drop_nulls().cast(pl.UInt64).to_numpy())
    return {kind: ranges for kind, ranges in found.items() if len(ranges.starts)}


def sought_by(rows: pl.DataFrame) -> Sought:
    """Where other rows of the same addresses, names and numbers lie."""
    found = {kind: _exactly(keys.keys) for kind, keys in keys_of(rows).items()}
    return {kind: ranges for kind, ranges in found.items() if len(ranges.starts)}


def _spans(networks: Addresses, firsts: U64, half: int) -> Ranges:
    return Ranges.of(firsts, firsts | networks.masks()[half])


def _exactly(keys: U64 | U32) -> Ranges:
    distinct = np.unique(keys.astype(np.uint64, copy=False))
    return Ranges(distinct, distinct)


def _names(column: pl.Series) -> tuple[U64, I64]:
    """Keys of the last two labels, for the rows whose name has as many."""
    texts = Texts.of(column)
    walk = Walk(Hosts.of(texts if texts.is_ascii else Texts.of(suffixes.to_ascii(column))), _SEED)
    walk.step()
    walk.go_on()
    walk.step()
    return walk.hashes >> _HALF, walk.rows.astype(np.int64)


def _together(parts: list[tuple[U64, I64]]) -> Keys:
    keys = np.concatenate([np.empty(0, np.uint64), *(part[0] for part in parts)])
    return Keys(keys, np.concatenate([np.empty(0, np.int64), *(part[1] for part in parts)]))
