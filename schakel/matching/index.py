"""The index: the registry goes in once, report rows go in as often as they come, holders come out.

Build it, keep it (`save`, `load`), and hand it what changed (`update`) rather than the whole registry again.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import polars as pl

from schakel.matching import store
from schakel.matching.holders import (
    ALWAYS,
    BASES,
    DOMAIN,
    FOREVER,
    OPERATOR,
    OWNER,
    WARNING,
    Claims,
    Holders,
    basis_of,
    role_of,
)
from schakel.matching.kernel import I32, NOBODY, U32, Bool, follow, ranks
from schakel.matching.matches import First, Matches
from schakel.matching.nodes import Nodes
from schakel.matching.tables import Tables

_BLOCK = 1 << 18  # Rows at a time: what they need stays near the processor.
_LEAST = 1 << 15  # Smaller blocks cost more than another thread brings.
_FORM = 3  # Of the saved folder; a folder of another form is to be built anew.
_TWO_NAMES = 2

Found = list[tuple[int, I32]]
Block = tuple[int, pl.DataFrame]
Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class _Arrays:
    """What is saved as arrays."""

    nodes: Nodes
    holders: Holders
    lists: tuple[str, ...]


class Index:
    """Who holds which network, domain name and autonomous system, ready to be asked about columns of rows.

    `refused` has the rows of the registry that cannot count: table, asset, value, reason.
    """

    def __init__(self, nodes: Nodes, holders: Holders, lists: tuple[str, ...], refused: pl.DataFrame) -> None:
        self._nodes, self._holders, self._lists = nodes, holders, lists
        self._roles = [role for role in (OWNER, OPERATOR) if holders.has(role)]
        self._warns = holders.has(WARNING)
        self.refused = refused

    @classmethod
    def build(
        cls,
        *,
        networks: pl.DataFrame | None = None,
        domains: pl.DataFrame | None = None,
        asns: pl.DataFrame | None = None,
        warnings: pl.DataFrame | None = None,
    ) -> "Index":
        """Arrange a registry.

        Each table has `asset` and `organisation` (integers) and its own column: `network` (text, IPv4 or IPv6,
        address or CIDR), `domain` (text) or `asn` (integer). Optional columns: `role` ("owner", the default, or
        "operator") and `valid_from`, `valid_until` (Datetime in UTC, the end excluded, null for open).
        `warnings` has `kind` ("network" or "domain"), `value` and `name` of the list; what is on a list matches
        nobody.
        """
        tables = Tables.read(networks=networks, domains=domains, asns=asns, warnings=warnings)
        nodes, claims = Nodes.build(tables)
        return cls(nodes, Holders.build(claims, nodes.parents()), tables.lists, tables.refused)

    def update(
        self,
        *,
        networks: pl.DataFrame | None = None,
        domains: pl.DataFrame | None = None,
        asns: pl.DataFrame | None = None,
        removed: pl.DataFrame | None = None,
    ) -> "Index":
        """The index after a change; this one stays as it is.

        `removed` goes first (`table`: network, domain or asn; `asset`), then the tables come in, as in `build`.
        An asset that changed is in both. Warning lists stay as they are.
        """
        tables = Tables.read(networks=networks, domains=domains, asns=asns)
        kept, refused = _without(self._holders.claims, removed), self.refused
        if removed is not None:
            refused = refused.join(removed.select("table", "asset"), on=["table", "asset"], how="anti")
        nodes, claims = self._nodes.with_more(kept, tables)
        refused = pl.concat([refused, tables.refused])
        return Index(nodes, Holders.build(claims, nodes.parents()), self._lists, refused)

    def match(self, rows: pl.DataFrame) -> Matches:
        """Every holder of every row, the most specific first.

        Columns, each optional and null where a row has none: `address` (text; an address, or a network, which
        matches the networks that contain it wholly), `host` (text; a name, or an e-mail address), `email`
        (text), `asn` (integer), `observed_at` (Datetime in UTC).

        Networks come first, the longest prefix at the front; then names, the longest at the front; then the
        ASN; operators only after all owners. An asset counts where valid_from <= observed_at < valid_until; a
        row without a moment is held by assets without a span only.

        Raises ValueError when assets have spans and the rows have no column `observed_at`.
        """
        return Matches.all_of(list(self.match_blocks(rows)))

    def match_blocks(self, rows: pl.DataFrame) -> Iterator[Matches]:
        """What `match` gives, in parts: each for the next rows, so that they need not all be held at once.

        Uses as many threads as polars does (POLARS_MAX_THREADS).
        """
        self._require_moments(rows)
        return _in_turn(lambda block: self._match(block[1]).moved(block[0]), _blocks(rows))

    def first(self, rows: pl.DataFrame) -> First:
        """Only the first line that `match` would give for each row, sooner."""
        self._require_moments(rows)
        return First.all_of(list(_in_turn(lambda block: self._first(block[1]), _blocks(rows))))

    def _match(self, rows: pl.DataFrame) -> Matches:
        found, warned = self._unwarned(self._nodes.find(rows))
        row, links = self._lines(found, rows)
        at = links.astype(np.intp)  # Once: numpy is slow in turning each index of three look-ups into its own kind.
        claims, order = self._holders.claims, self._holders.order[at]
        return Matches(
            row=row,
            organisation=claims.organisation[at],
            asset=claims.asset[at],
            basis=basis_of(order),
            rank=ranks(row, order),
            role=role_of(order),
            warned=warned,
        )

    def _first(self, rows: pl.DataFrame) -> First:
        found, _warned = self._unwarned(self._nodes.find(rows))
        if self._holders.has_spans or _has_two_names(found):
            row, links = self._lines(found, rows)
            link = np.full(len(rows), NOBODY, np.int32)
            link[row[::-1]] = links[::-1]  # Of several lines the first is written last.
        else:
            link = _first_of([head for role in self._roles for head in self._heads(found, role)], len(rows))
        return self._told(link)

    def _told(self, link: I32) -> First:
        claims = self._holders.claims
        first = First.blank(len(link))
        held = np.flatnonzero(link != NOBODY)
        first.organisation[held] = claims.organisation[link[held]]
        first.asset[held] = claims.asset[link[held]]
        first.basis[held] = claims.basis[link[held]]
        return first

    def _heads(self, found: Found, role: int) -> list[I32]:
        return [self._holders.head(basis, role, nodes) for basis, nodes in found]

    def _unwarned(self, found: Found) -> tuple[Found, pl.DataFrame]:
        """What is left when the rows on a warning list are taken out, and these rows."""
        link = np.empty(0, np.int32)
        if self._warns and found:
            link = _first_of(self._heads(found, WARNING), len(found[0][1]))
            found = [(basis, np.where(link == NOBODY, nodes, np.int32(NOBODY))) for basis, nodes in found]
        rows = np.flatnonzero(link != NOBODY)
        names = pl.Series(self._lists, dtype=pl.String).gather(self._holders.claims.asset[link[rows]])
        return found, pl.DataFrame({"row": rows.astype(np.uint32), "list": names})

    def _lines(self, found: Found, rows: pl.DataFrame) -> tuple[U32, I32]:
        """Row and link of every holder that counts at the row's moment, in order."""
        heads = [head for role in self._roles for head in self._heads(found, role)]
        if not heads:
            return np.empty(0, np.uint32), np.empty(0, np.int32)
        row, links = follow(heads, self._holders.following, self._holders.lengths)
        if self._holders.has_spans:
            counts = self._counts_at(rows["observed_at"], row, links)
            row, links = row[counts], links[counts]
        return self._once(row, links) if _has_two_names(found) else (row, links)

    def _counts_at(self, moments: pl.Series, row: U32, links: I32) -> Bool:
        at = moments.cast(pl.Datetime("us")).cast(pl.Int64)
        claims = self._holders.claims
        has_begun = claims.since[links] <= at.fill_null(ALWAYS).to_numpy()[row]
        return has_begun & (at.fill_null(FOREVER - 1).to_numpy()[row] < claims.until[links])

    def _once(self, row: U32, links: I32) -> tuple[U32, I32]:
        """Lines in order and each once, where host and e-mail address may have brought the same."""
        claims = self._holders.claims
        order = np.lexsort((links, claims.organisation[links], claims.asset[links], self._holders.order[links], row))
        row, links = row[order], links[order]
        is_new = np.ones(len(row), np.bool_)
        is_new[1:] = (row[1:] != row[:-1]) | (links[1:] != links[:-1])
        return row[is_new], links[is_new]

    def _require_moments(self, rows: pl.DataFrame) -> None:
        if self._holders.has_spans and "observed_at" not in rows.columns:
            raise ValueError("assets have spans, so the rows need a column observed_at")

    def save(self, folder: Path) -> None:
        """Keep the index in a folder, in place of what is there."""
        store.save(folder, _Arrays(self._nodes, self._holders, self._lists), self.refused, form=_FORM)

    @classmethod
    def load(cls, folder: Path) -> "Index":
        """Take up a kept index; its arrays stay in the file until they are used.

        Raises FileNotFoundError where there is none, ValueError where it is damaged or of an older form.
        """
        arrays, refused = store.load(folder, _Arrays, form=_FORM)
        return cls(arrays.nodes, arrays.holders, tuple(arrays.lists), refused)


def _blocks(rows: pl.DataFrame) -> list[tuple[int, pl.DataFrame]]:
    """The rows in parts, with where each begins; at least one for each thread where that pays."""
    size = min(max(-(-len(rows) // pl.thread_pool_size()), _LEAST), _BLOCK)
    return [(at, rows.slice(at, size)) for at in range(0, max(len(rows), 1), size)]


def _in_turn(work: Callable[[Block], Done], blocks: list[Block]) -> Iterator[Done]:
    """Work on blocks, several at once and a few ahead, and give the results in order."""
    workers = min(pl.thread_pool_size(), len(blocks))
    if workers == 1:
        yield from map(work, blocks)
        return
    with ThreadPoolExecutor(workers) as pool:
        ahead = deque(pool.submit(work, block) for block in blocks[: workers + 1])
        for block in blocks[workers + 1 :]:
            yield ahead.popleft().result()
            ahead.append(pool.submit(work, block))
        while ahead:
            yield ahead.popleft().result()


def _first_of(heads: list[I32], size: int) -> I32:
    link = np.full(size, NOBODY, np.int32)
    for head in heads:
        link = np.where(link == NOBODY, head, link)
    return link


def _has_two_names(found: Found) -> bool:
    named = [nodes != NOBODY for basis, nodes in found if basis == DOMAIN]
    return len(named) == _TWO_NAMES and bool((named[0] & named[1]).any())


def _without(claims: Claims, removed: pl.DataFrame | None) -> Claims:
    """The claims that stay; warnings always do."""
    if removed is None:
        return claims
    gone = np.zeros(len(claims.node), np.bool_)
    for basis, table in enumerate(BASES):
        assets = removed.filter(pl.col("table") == table)["asset"].to_numpy()
        if len(assets):
            gone |= (claims.basis == basis) & (claims.role != WARNING) & np.isin(claims.asset, assets)
    return claims.take(~gone)
