"""The picture of the network on its page: small enough to come with it, whole without a script.

Groups are discs as large as they are many, functions are boxes, and a bundle of ties is as thick as it is strong. The
table below it says the same in words, and the file says everything.
"""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from schakel.oversight.network import Kind, Layout, Network
from schakel.web.functions.flow_chart import wrapped

WIDTH, HEIGHT = 960, 680
MIDDLE = (WIDTH / 2, HEIGHT / 2)
RING = (390.0, 270.0)
INNER = (170.0, 120.0)
LARGEST, LEAST = 46, 12
THICKEST = 14.0
LINE_HEIGHT = 15

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Disc:
    """One group: where, how large, of which kind, its name in lines, and of how many."""

    x: float
    y: float
    radius: float
    kind: str
    lines: tuple[tuple[float, str], ...]
    count: int


@dataclass(frozen=True, slots=True)
class Bundle:
    """The ties between a group and a function."""

    path: str
    width: float
    kind: str


def draw(network: Network, layout: Layout, *, names: Mapping[str, str]) -> SafeString:
    """The picture; `names` are those of the groups, by their keys. Prospects are one group here."""
    functions = [node for node in network.nodes if node.kind == Kind.FUNCTION]
    reach = INNER if len(functions) > 1 else (0.0, 0.0)
    boxes = {node.key: _turned(reach, at, len(functions)) for at, node in enumerate(functions)}
    members = _members(layout)
    places = {key: _turned(RING, at, len(members)) for at, key in enumerate(members)}
    most = max(map(len, members.values()), default=1)
    context = {
        "width": WIDTH,
        "height": HEIGHT,
        "bundles": _bundles(network, members, boxes, places),
        "discs": [_disc(places[key], key, names.get(key, key), len(keys), most) for key, keys in members.items()],
        "boxes": [(*_short(boxes[node.key]), _lines(node.label, boxes[node.key][1])) for node in functions],
        "description": _("%(groups)d groups around %(functions)d functions. The list below says the same in words.")
        % {"groups": len(members), "functions": len(functions)},
    }
    return render_to_string("network/_picture.html", context)


def _members(layout: Layout) -> dict[str, list[str]]:
    """The keys of the nodes of each group; all prospects together."""
    members: dict[str, list[str]] = {}
    for one in layout.groups:
        members.setdefault(one.kind.value if one.kind == Kind.PROSPECT else one.key, []).extend(one.keys)
    return members


def _turned(reach: Point, at: int, count: int) -> Point:
    """The place of number `at` of `count` on an ellipse around the middle, the first on top."""
    angle = 2 * math.pi * at / max(count, 1) - math.pi / 2
    return MIDDLE[0] + reach[0] * math.cos(angle), MIDDLE[1] + reach[1] * math.sin(angle)


def _disc(place: Point, key: str, name: str, count: int, most: int) -> Disc:
    radius = round(LEAST + (LARGEST - LEAST) * math.sqrt(count / most), 1)
    below = place[1] + radius + LINE_HEIGHT
    lines = tuple((round(below + at * LINE_HEIGHT, 1), line) for at, line in enumerate(wrapped(name)))
    return Disc(*_short(place), radius, key.split(":", maxsplit=1)[0], lines, count)


def _lines(name: str, middle: float) -> list[tuple[float, str]]:
    lines = wrapped(name)
    top = middle - (len(lines) - 1) * LINE_HEIGHT / 2 + 5
    return [(round(top + at * LINE_HEIGHT, 1), line) for at, line in enumerate(lines)]


def _bundles(
    network: Network, members: Mapping[str, list[str]], boxes: Mapping[str, Point], places: Mapping[str, Point]
) -> list[Bundle]:
    """One line per group and function that ties join, as thick as they are many."""
    group_of = {key: group for group, keys in members.items() for key in keys}
    ends = ((group_of.get(tie.source), tie.target) for tie in network.ties)
    strengths = Counter((group, box) for group, box in ends if group and box in boxes)
    most = max(strengths.values(), default=1)
    return [
        Bundle(_line(places[group], boxes[box]), round(1 + THICKEST * math.sqrt(count / most), 1), group.split(":")[0])
        for (group, box), count in sorted(strengths.items(), key=lambda item: (-item[1], item[0]))
    ]


def _line(start: Point, end: Point) -> str:
    (x1, y1), (x2, y2) = _short(start), _short(end)
    return f"M{x1} {y1}L{x2} {y2}"


def _short(point: Point) -> Point:
    return round(point[0], 1), round(point[1], 1)
