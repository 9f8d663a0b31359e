"""All that can be held, of the three kinds, and the search for what a row touches."""

import dataclasses
from dataclasses import dataclass

import numpy as np
import polars as pl

from schakel.matching import addresses, suffixes
from schakel.matching.holders import ASN, DOMAIN, NETWORK, Claims
from schakel.matching.kernel import I32, NOBODY, U8, U64
from schakel.matching.keys import Keys, spread
from schakel.matching.names import Names
from schakel.matching.networks import Networks
from schakel.matching.tables import MOST_ASN, Tables
from schakel.matching.texts import Texts
from schakel.matching.walk import Hosts

_DOMAINS_ONLY = 2  # Labels: a name of one label is always a public suffix, so only a warning list can hold it.


@dataclass(frozen=True, slots=True)
class Nodes:
    """The nodes of each basis."""

    networks: Networks
    names: Names
    asns: Keys

    @classmethod
    def build(cls, tables: Tables) -> tuple["Nodes", Claims]:
        """Arrange what the tables claim; also the claims, each with its node."""
        networks, network = Networks.build(tables.networks)
        names, name = Names.build(tables.hosts, shallowest=1 if tables.lists else _DOMAINS_ONLY)
        asns, asn = _with_asns(Keys.of_sorted(np.empty(0, np.uint64), np.empty(0, np.int32)), tables.numbers)
        nodes = cls(networks, names, asns)
        return nodes, _placed(nodes, tables, (network, name, asn))

    def with_more(self, kept: Claims, tables: Tables) -> tuple["Nodes", Claims]:
        """The nodes with what the tables add, and the claims of both."""
        networks, network = self.networks, np.empty(0, np.int32)
        node = kept.node.copy()
        if len(tables.networks):
            networks, place = Networks.build(networks.nodes.and_then(tables.networks))
            network = place[len(self.networks.nodes) :]
            node[kept.basis == NETWORK] = place[node[kept.basis == NETWORK]]
        names, moved, name = self.names.with_more(tables.hosts)
        node[kept.basis == DOMAIN] = moved[node[kept.basis == DOMAIN]]
        asns, asn = _with_asns(self.asns, tables.numbers)
        nodes = Nodes(networks, names, asns)
        added = _placed(nodes, tables, (network, name, asn))
        return nodes, Claims.all_of([dataclasses.replace(kept, node=node), added])

    def parents(self) -> list[I32]:
        """By basis, the node around each node."""
        return [self.networks.parents, self.names.parents, np.full(len(self.asns.keys), NOBODY, np.int32)]

    def find(self, rows: pl.DataFrame) -> list[tuple[int, I32]]:
        """The node of each row by basis, the most specific first; the host name before the e-mail address."""
        found: list[tuple[int, I32]] = []
        if "address" in rows.columns:
            found.append((NETWORK, self.networks.find(addresses.read(rows["address"]))))
        found += [(DOMAIN, self.names.find(_hosts(rows[name]))) for name in ("host", "email") if name in rows.columns]
        if "asn" in rows.columns:
            numbers = rows["asn"].cast(pl.Int64).fill_null(0).to_numpy()
            known = self.asns.find(spread(numbers.astype(np.uint64)))
            found.append((ASN, np.where((numbers < 1) | (numbers > MOST_ASN), np.int32(NOBODY), known)))
        return found


def _with_asns(asns: Keys, numbers: U64) -> tuple[Keys, I32]:
    keys = spread(numbers)
    fresh = np.unique(keys[asns.find(keys) == NOBODY])
    count = len(asns.keys)
    more = asns.with_more(fresh, np.arange(count, count + len(fresh), dtype=np.int32))
    return more, more.find(keys)


def _placed(nodes: Nodes, tables: Tables, places: tuple[I32, I32, I32]) -> Claims:
    """The claims of the tables with their nodes and how specific these are."""
    none = np.zeros(len(nodes.asns.keys), np.uint8)
    specificity: tuple[U8, U8, U8] = (nodes.networks.nodes.length, nodes.names.labels, none)
    placed = [
        dataclasses.replace(claims, node=place, specificity=specific[place])
        for claims, place, specific in zip(tables.claims, places, specificity, strict=True)
    ]
    return Claims.all_of(placed)


def _hosts(column: pl.Series) -> Hosts:
    texts = Texts.of(column)
    return Hosts.of(texts if texts.is_ascii else Texts.of(suffixes.to_ascii(column)))
