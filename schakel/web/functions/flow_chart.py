"""The functions and what they give each other, as a picture: functions on a circle, an arrow per pair and direction.

Every arrow carries the numbers of its flows in the table beside it, so that colour and place say nothing alone.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

WIDTH, HEIGHT = 780, 530
AROUND = 205
HALF_WIDTH, HALF_HEIGHT = 96, 30
BEND = 34
LETTERS_PER_LINE = 16
LINE_HEIGHT = 17

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Flow:
    """One flow of the table: its number there, from where to where; to nowhere in particular is to every function."""

    number: int
    source: str
    target: str | None


@dataclass(frozen=True, slots=True)
class Box:
    """A function: middle and corner of its box, its lines of text with their heights, its flows to all others."""

    x: float
    left: float
    top: float
    lines: tuple[tuple[float, str], ...]
    to_all: str


@dataclass(frozen=True, slots=True)
class Arrow:
    """A bent line with its label and where that stands."""

    path: str
    label: str
    x: float
    y: float


def draw(names: dict[str, str], flows: Sequence[Flow], *, title: str, description: str, every: str) -> SafeString:
    """The picture of `flows` between the functions of `names` (slug to name); flows of others are left out."""
    places = _places(list(names))
    context = {
        "title": title,
        "description": description,
        "every": every,
        "below": 2 * HALF_HEIGHT + 20,
        "width": WIDTH,
        "height": HEIGHT,
        "box": (2 * HALF_WIDTH, 2 * HALF_HEIGHT),
        "boxes": [_box(places[slug], name, flows, slug) for slug, name in names.items()],
        "arrows": [_arrow(places[a], places[b], numbers) for (a, b), numbers in _pairs(flows, places).items()],
    }
    return render_to_string("ui/flow_chart.html", context)


def _places(slugs: list[str]) -> dict[str, Point]:
    """Each function on a circle, the first on top."""
    turns = {slug: 2 * math.pi * at / len(slugs) - math.pi / 2 for at, slug in enumerate(slugs)}
    return {
        slug: (WIDTH / 2 + 1.32 * AROUND * math.cos(turn), HEIGHT / 2 + 20 + AROUND * math.sin(turn))
        for slug, turn in turns.items()
    }


def _pairs(flows: Sequence[Flow], places: dict[str, Point]) -> dict[tuple[str, str], list[int]]:
    """The numbers of the flows by pair and direction."""
    pairs: dict[tuple[str, str], list[int]] = {}
    for flow in flows:
        if flow.source in places and flow.target in places:
            pairs.setdefault((flow.source, flow.target), []).append(flow.number)
    return pairs


def _box(place: Point, name: str, flows: Sequence[Flow], slug: str) -> Box:
    lines = wrapped(name)
    top = place[1] - (len(lines) - 1) * LINE_HEIGHT / 2 + 5
    to_all = [flow.number for flow in flows if flow.target is None and flow.source == slug]
    placed = tuple((_short(top + at * LINE_HEIGHT), line) for at, line in enumerate(lines))
    corner = _short(place[0] - HALF_WIDTH), _short(place[1] - HALF_HEIGHT)
    return Box(_short(place[0]), *corner, placed, ", ".join(map(str, to_all)))


def wrapped(name: str) -> list[str]:
    """A name in lines that fit a box, broken between words."""
    lines = [""]
    for word in name.split():
        joined = f"{lines[-1]} {word}".strip()
        lines = [*lines[:-1], joined] if len(joined) <= LETTERS_PER_LINE or not lines[-1] else [*lines, word]
    return lines


def _arrow(start: Point, end: Point, numbers: list[int]) -> Arrow:
    """From the edge of one box to that of another, bent to its own right, so that two directions part."""
    length = math.dist(start, end)
    across = (-(end[1] - start[1]) / length * BEND, (end[0] - start[0]) / length * BEND)
    middle = ((start[0] + end[0]) / 2 + across[0], (start[1] + end[1]) / 2 + across[1])
    first, last = _edge(start, middle), _edge(end, middle, gap=7)
    x, y = ((first[0] + 2 * middle[0] + last[0]) / 4, (first[1] + 2 * middle[1] + last[1]) / 4)
    path = f"M{_pair(first)}Q{_pair(middle)} {_pair(last)}"
    return Arrow(path, ", ".join(map(str, numbers)), _short(x), _short(y))


def _edge(box: Point, towards: Point, gap: float = 2) -> Point:
    """Where a line from the middle of a box leaves it."""
    across, down = towards[0] - box[0], towards[1] - box[1]
    reach = min((HALF_WIDTH + gap) / abs(across or 1e-9), (HALF_HEIGHT + gap) / abs(down or 1e-9))
    return box[0] + across * reach, box[1] + down * reach


def _pair(point: Point) -> str:
    return f"{_short(point[0])} {_short(point[1])}"


def _short(number: float) -> float:
    return round(number, 1)
