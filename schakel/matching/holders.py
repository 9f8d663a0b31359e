"""Who holds which node, in what role and when, chained so that one walk gives every holder of a row."""

from dataclasses import dataclass, fields

import numpy as np

from schakel.matching.kernel import I32, I64, NOBODY, U8, U16, U64, Bool, link

NETWORK, DOMAIN, ASN = 0, 1, 2
BASES = ("network", "domain", "asn")
OWNER, OPERATOR, WARNING = 0, 1, 2
ROLES = ("owner", "operator")
_ROLE_CODES = (OWNER, OPERATOR, WARNING)
_PLACES = [(basis, role) for basis in (NETWORK, DOMAIN, ASN) for role in _ROLE_CODES]
_NODE_BITS = np.uint64(32)
ALWAYS, FOREVER = np.iinfo(np.int64).min, np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Claims:
    """Who says to hold what: one row per holder. `node` counts within its basis; a span is in microseconds UTC.

    `specificity` grows with the node: prefix length, number of labels, 0 for an ASN. A warning is a claim of
    the role WARNING whose asset is the number of its list.
    """

    basis: U8
    node: I32
    specificity: U8
    role: U8
    asset: I64
    organisation: I64
    since: I64
    until: I64

    def take(self, rows: I64 | Bool) -> "Claims":
        """These rows only."""
        return Claims(*(getattr(self, part.name)[rows] for part in fields(self)))

    @classmethod
    def all_of(cls, parts: "list[Claims]") -> "Claims":
        """The rows of all parts, one behind another."""
        return cls(*(np.concatenate([getattr(part, column.name) for part in parts]) for column in fields(cls)))


@dataclass(frozen=True, slots=True)
class Holders:
    """Claims sorted by basis, role, node and asset, with the chains through them.

    A link is the number of a claim; `head` tells the first link for each node of a basis in a role. `order`
    sorts the holders of a row: role, then basis, then the most specific; equal order is equal specificity.
    """

    claims: Claims
    order: U16
    following: I32
    lengths: I32
    heads: I32
    head_at: I64
    has_spans: bool

    @classmethod
    def build(cls, claims: Claims, parents: list[I32]) -> "Holders":
        """Sort and chain claims; `parents` are those of the nodes of each basis."""
        keys = _packed(claims)
        order = _sorting(claims, keys)
        claims = claims.take(order)
        edges = np.searchsorted(keys[order], np.arange(len(_PLACES) + 1, dtype=np.uint64) << _NODE_BITS)
        following, lengths = np.empty(len(order), np.int32), np.zeros(len(order) + 1, np.int32)
        heads: list[I32] = []
        for place, (basis, _role) in enumerate(_PLACES):
            part = slice(edges[place], edges[place + 1])
            head, following[part], lengths[part] = link(claims.node[part], parents[basis], int(edges[place]))
            heads.append(np.append(head, np.int32(NOBODY)))
        return cls(
            claims=claims,
            order=_order(claims),
            following=following,
            lengths=lengths,
            heads=np.concatenate(heads),
            head_at=np.cumsum([0, *(len(head) for head in heads)]),
            has_spans=bool((claims.since != ALWAYS).any() or (claims.until != FOREVER).any()),
        )

    def head(self, basis: int, role: int, nodes: I32) -> I32:
        """The first link of each row's node, or NOBODY."""
        place = basis * len(_ROLE_CODES) + role
        heads = self.heads[self.head_at[place] : self.head_at[place + 1]]
        return heads[nodes.astype(np.intp)]  # The last entry is NOBODY, so that it follows from NOBODY.

    def has(self, role: int) -> bool:
        """Whether anything is held in this role."""
        return bool((self.claims.role == role).any())


def _packed(claims: Claims) -> U64:
    place = claims.basis.astype(np.uint64) * np.uint64(len(_ROLE_CODES)) + claims.role
    return (place << _NODE_BITS) | claims.node.astype(np.uint64)


def _sorting(claims: Claims, keys: U64) -> I64:
    """The order by basis, role and node, and among holders of one node by asset and organisation."""
    order = np.argsort(keys)
    is_tied = np.zeros(len(order) + 1, np.bool_)
    is_tied[1:-1] = keys[order][1:] == keys[order][:-1]
    places = np.flatnonzero(is_tied[1:] | is_tied[:-1])
    rows = order[places]
    order[places] = rows[np.lexsort((claims.organisation[rows], claims.asset[rows], keys[rows]))]
    return order


def _order(claims: Claims) -> U16:
    place = (claims.role.astype(np.uint16) << np.uint16(2)) | claims.basis
    return (place << np.uint16(8)) | (np.uint16(255) - claims.specificity)


def basis_of(order: U16) -> U8:
    """The basis that an order stands for."""
    return (order >> np.uint16(8)).astype(np.uint8) & np.uint8(3)


def role_of(order: U16) -> U8:
    """The role that an order stands for."""
    return (order >> np.uint16(10)).astype(np.uint8)
