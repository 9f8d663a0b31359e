"""Where everything stands in the picture: functions in the middle, all else in groups around them.

The same network always lies the same way, so that two pictures can be compared: nothing here is left to chance, and
nothing depends on the language.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from schakel.oversight.network.values import Kind, Network, Node

Point = tuple[int, int]

GOLDEN: Final = math.pi * (3 - math.sqrt(5))
"""The angle that spreads points evenly over a disc (H. Vogel, "A better way to construct the sunflower head", 1979)."""
STEP: Final = 32
GAP: Final = 90
INNER: Final = 210
LEAST_RING: Final = 420
MARGIN: Final = 70


class Grouping(StrEnum):
    """By what partners and prospects are put together."""

    TYPE = "type"
    CATEGORY = "category"
    SECTOR = "sector"
    REGION = "region"


@dataclass(frozen=True, slots=True)
class Group:
    """Nodes of one kind that share a value (empty: nobody said which), as a disc with its middle and radius."""

    kind: Kind
    value: str
    keys: tuple[str, ...]
    x: int
    y: int
    radius: int

    @property
    def key(self) -> str:
        """Unique in a picture."""
        return f"{self.kind.value}:{self.value}"


@dataclass(frozen=True, slots=True)
class Layout:
    """The place of every node by its key, the groups, and the box around it all: left, top, width, height."""

    places: dict[str, Point]
    groups: tuple[Group, ...]
    box: tuple[int, int, int, int]


def laid_out(network: Network, *, by: Grouping = Grouping.TYPE) -> Layout:
    """A place for every node."""
    places = _functions([node for node in network.nodes if node.kind == Kind.FUNCTION])
    groups = _around(_grouped((node for node in network.nodes if node.kind != Kind.FUNCTION), by))
    for group in groups:
        places |= {key: _in_disc(group, at) for at, key in enumerate(group.keys)}
    return Layout(places, groups, _box(places.values(), groups))


def _functions(nodes: list[Node]) -> dict[str, Point]:
    """On a circle in the middle, the first on top; one alone stands in the middle itself."""
    across = INNER if len(nodes) > 1 else 0
    return {node.key: _on_circle(across, at / len(nodes)) for at, node in enumerate(nodes)}


def _on_circle(across: float, turn: float) -> Point:
    """A point on a circle around the middle; `turn` runs from 0 to 1, with the clock, from the top."""
    angle = 2 * math.pi * turn - math.pi / 2
    return round(across * math.cos(angle)), round(across * math.sin(angle))


def _grouped(nodes: Iterable[Node], by: Grouping) -> dict[tuple[Kind, str], list[str]]:
    groups: dict[tuple[Kind, str], list[str]] = {}
    for node in nodes:
        groups.setdefault((node.kind, _value(node, by)), []).append(node.key)
    order = list(Kind)
    return dict(sorted(groups.items(), key=lambda item: (order.index(item[0][0]), item[0][1])))


def _value(node: Node, by: Grouping) -> str:
    """By which value a node is grouped: of several the first. Initiatives are one group."""
    if node.kind == Kind.INITIATIVE:
        return ""
    firsts = {
        Grouping.TYPE: node.type,
        Grouping.CATEGORY: node.category,
        Grouping.SECTOR: next(iter(node.sectors), ""),
        Grouping.REGION: next(iter(node.regions), ""),
    }
    return firsts[by]


def _around(groups: dict[tuple[Kind, str], list[str]]) -> tuple[Group, ...]:
    """Discs on a ring around the functions, each with as much of the ring as it is wide."""
    radii = [round(STEP * math.sqrt(len(keys))) for keys in groups.values()]
    length = sum(2 * radius + GAP for radius in radii)
    ring = max(LEAST_RING + max(radii, default=0), length / (2 * math.pi))
    placed, begun = [], 0.0
    for ((kind, value), keys), radius in zip(groups.items(), radii, strict=True):
        width = 2 * radius + GAP
        x, y = _on_circle(ring, (begun + width / 2) / length)
        placed.append(Group(kind, value, tuple(keys), x, y, radius))
        begun += width
    return tuple(placed)


def _in_disc(group: Group, at: int) -> Point:
    """The place of the node that is number `at` in its disc, from the middle outwards."""
    across, angle = STEP * 0.9 * math.sqrt(at), at * GOLDEN
    return round(group.x + across * math.cos(angle)), round(group.y + across * math.sin(angle))


def _box(places: Iterable[Point], groups: Iterable[Group]) -> tuple[int, int, int, int]:
    points = [*places, (0, 0)]
    for one in groups:
        points += [(one.x - one.radius, one.y - one.radius), (one.x + one.radius, one.y + one.radius)]
    left, right = min(x for x, _ in points) - MARGIN, max(x for x, _ in points) + MARGIN
    top, bottom = min(y for _, y in points) - MARGIN, max(y for _, y in points) + MARGIN
    return left, top, right - left, bottom - top
