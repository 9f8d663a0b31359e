"""Nodes and ties as plain values, and what of them is asked for."""

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What a node stands for, in the order in which lists show them."""

    FUNCTION = "function"
    PARTNER = "partner"
    PROSPECT = "prospect"
    INITIATIVE = "initiative"


class TieKind(StrEnum):
    """What a tie means, read from its first end to its second."""

    INFORMS = "informer"
    CONTRIBUTES = "contributor"
    LEADS = "lead"
    SUITS = "suits"
    GIVES = "gives"
    SERVES = "serves"
    OWNS = "owns"
    TAKES_PART = "takes-part"
    WORKS_ON = "works-on"


@dataclass(frozen=True, slots=True)
class Node:
    """One partner, prospect, function or initiative: `key` is unique in the graph, `page` finds its own page."""

    key: str
    kind: Kind
    label: str
    page: int | str
    type: str = ""
    category: str = ""
    functions: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    is_joining: bool = False


@dataclass(frozen=True, slots=True)
class Tie:
    """What joins two nodes, by their keys."""

    source: str
    target: str
    kind: TieKind


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of the network; what is empty narrows nothing. Prospects come only where they are asked for."""

    function: str = ""
    sector: str = ""
    region: str = ""
    category: str = ""
    type: str = ""
    kind: str = ""
    words: str = ""
    with_prospects: bool = False

    @property
    def is_about_members(self) -> bool:
        """Whether it asks for what only partners and prospects have."""
        return bool(self.sector or self.region or self.category or self.type)

    @property
    def is_narrow(self) -> bool:
        """Whether it leaves anything out."""
        return self.is_about_members or bool(self.function or self.kind or self.words)


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes by kind and label, and the ties between them."""

    nodes: tuple[Node, ...] = ()
    ties: tuple[Tie, ...] = field(default=())

    def ties_of(self) -> dict[str, list[tuple[Tie, Node]]]:
        """For each node's key its ties, each with the node at the other end."""
        by_key = {node.key: node for node in self.nodes}
        found: dict[str, list[tuple[Tie, Node]]] = {key: [] for key in by_key}
        for tie in self.ties:
            found[tie.source].append((tie, by_key[tie.target]))
            found[tie.target].append((tie, by_key[tie.source]))
        return found
