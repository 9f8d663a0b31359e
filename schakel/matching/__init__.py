"""Who holds this address, name or number: millions of rows against a whole country's registry.

A library without a framework: polars frames in, numpy arrays out. Start at `Index`.
"""

from schakel.matching.holders import ASN, BASES, DOMAIN, NETWORK, OPERATOR, OWNER, ROLES
from schakel.matching.index import Index
from schakel.matching.kernel import NOBODY
from schakel.matching.matches import NO_BASIS, First, Matches
from schakel.matching.tables import Reason

__all__ = [
    "ASN",
    "BASES",
    "DOMAIN",
    "NETWORK",
    "NOBODY",
    "NO_BASIS",
    "OPERATOR",
    "OWNER",
    "ROLES",
    "First",
    "Index",
    "Matches",
    "Reason",
]
