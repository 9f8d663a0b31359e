"""The network as a graph: who is in it, what ties them, and how to draw and export that."""

from schakel.oversight.network.layout import Group, Grouping, Layout, laid_out
from schakel.oversight.network.reading import network
from schakel.oversight.network.values import Asked, Kind, Network, Node, Tie, TieKind

__all__ = [
    "Asked",
    "Group",
    "Grouping",
    "Kind",
    "Layout",
    "Network",
    "Node",
    "Tie",
    "TieKind",
    "laid_out",
    "network",
]
