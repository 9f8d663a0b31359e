"""Outlines for the map of the Kingdom: the provinces from a package, the islands our own, made small when we are built.

The provinces are those of the npm package `@svg-maps/netherlands` (after MapSVG; CC BY 4.0, which asks to name both and
to say that we changed them: `ATTRIBUTION`). They are simplified by the algorithm of Ramer, Douglas and Peucker, so that
the picture can come with its page. The islands lie in boxes beside them, each as large as its box lets it be.
"""

import json
import math
import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

ATTRIBUTION: Final = "MapSVG, @svg-maps/netherlands"
LICENCE: Final = "CC BY 4.0"
ISLANDS: Final = Path(__file__).with_name("islands.toml")
BUILT: Final = Path(__file__).resolve().parents[3] / "build" / "web" / "kingdom.json"
WIDTH, HEIGHT = 613, 724
COARSE: Final = 1.1
SMALLEST: Final = 5.0
BOX: Final = (98, 112)
ISLAND: Final = (70, 58)
COLUMNS: Final = 2
ORDER: Final = ("NL-BQ1", "NL-BQ3", "NL-BQ2", "NL-AW", "NL-CW", "NL-SX")
"""The islands, in the order of their boxes: the special municipalities first."""
STEPS: Final = 36

Point = tuple[float, float]
Ring = list[Point]


@cache
def kingdom() -> dict[str, Any]:
    """The outlines as they were built: by region its path and the place of its name. Raises FileNotFoundError."""
    if not BUILT.is_file():
        raise FileNotFoundError(f"{BUILT} is missing: run `make setup`")
    return dict(json.loads(BUILT.read_text(encoding="utf-8")))


def built(package: str) -> str:
    """The file `kingdom.json` from the text of the package's module."""
    found = json.loads(package.strip().removeprefix("export default").rstrip(";"))
    regions = {f"NL-{one['id'].upper()}": _province(one["path"]) for one in found["locations"]}
    regions |= {code: _island(code, at) for at, code in enumerate(ORDER)}
    return json.dumps({"width": WIDTH, "height": HEIGHT, "regions": regions})


def _province(path: str) -> dict[str, Any]:
    rings = [simplified(ring) for ring in read(path) if abs(area(ring)) >= SMALLEST]
    x, y = middle(max(rings, key=lambda ring: abs(area(ring))))
    return {"path": "".join(map(_written, rings)), "x": x, "y": y, "is_island": False}


def _island(code: str, at: int) -> dict[str, Any]:
    """An island in the middle of its box, with its name below it."""
    points: list[Point] = [(x, y) for x, y in tomllib.loads(ISLANDS.read_text(encoding="utf-8"))[code]["points"]]
    flat = math.cos(math.radians(points[0][1]))  # A degree of longitude is shorter than one of latitude.
    wide, high = [x * flat for x, _ in points], [-y for _, y in points]
    scale = min(ISLAND[0] / (max(wide) - min(wide)), ISLAND[1] / (max(high) - min(high)))
    x, y = (at % COLUMNS + 0.5) * BOX[0], at // COLUMNS * BOX[1] + 42
    left, top = x - scale * (max(wide) + min(wide)) / 2, y - scale * (max(high) + min(high)) / 2
    ring = [(left + scale * one, top + scale * other) for one, other in zip(wide, high, strict=True)]
    return {"path": _written(ring), "x": round(x, 1), "y": y + 44.0, "is_island": True}


def read(path: str) -> list[Ring]:
    """The rings of an SVG path of relative moves and lines. Raises ValueError for other commands."""
    if strange := set(re.findall("[A-Za-z]", path)) - {"m", "z"}:
        raise ValueError(f"unknown in the outlines: {', '.join(sorted(strange))}")
    rings, begun = [], (0.0, 0.0)
    for part in path.split("z"):
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", part)]
        ring, place = [], begun
        for across, down in zip(numbers[::2], numbers[1::2], strict=True):
            place = place[0] + across, place[1] + down
            ring.append(place)
        if ring:
            rings.append(ring)
            begun = ring[0]  # SVG 2, section 9.3.4: after z, the next move counts from where the ring began.
    return rings


def simplified(ring: Ring, *, within: float = COARSE) -> Ring:
    """The ring without points that lie nearer than `within` to a straight line between those that stay."""
    far = max(range(len(ring)), key=lambda at: math.dist(ring[0], ring[at]))
    there, back = _thinned(ring[: far + 1], within), _thinned([*ring[far:], ring[0]], within)
    return there[:-1] + back[:-1]


def _thinned(line: Sequence[Point], within: float) -> Ring:
    """The line's ends and what must stay between them (Ramer 1972; Douglas and Peucker 1973)."""
    kept, waiting = {0, len(line) - 1}, [(0, len(line) - 1)]
    while waiting:
        first, last = waiting.pop()
        between = range(first + 1, last)
        far = max(between, key=lambda at: _away(line[at], line[first], line[last]), default=first)
        if far != first and _away(line[far], line[first], line[last]) > within:
            kept.add(far)
            waiting += [(first, far), (far, last)]
    return [line[at] for at in sorted(kept)]


def _away(point: Point, start: Point, end: Point) -> float:
    """How far a point is from the piece of line between two others."""
    across, down = end[0] - start[0], end[1] - start[1]
    length = across * across + down * down
    along = ((point[0] - start[0]) * across + (point[1] - start[1]) * down) / length if length else 0.0
    along = min(1.0, max(0.0, along))
    return math.dist(point, (start[0] + along * across, start[1] + along * down))


def area(ring: Sequence[Point]) -> float:
    """The area of a ring, below nought where it runs against the clock (the shoelace formula)."""
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs) / 2


def middle(ring: Sequence[Point]) -> Point:
    """The place within a ring that is farthest from its edge, to within a step: where a name fits best."""
    left, right = min(x for x, _ in ring), max(x for x, _ in ring)
    top, bottom = min(y for _, y in ring), max(y for _, y in ring)
    steps = [(at + 0.5) / STEPS for at in range(STEPS)]
    places = [(left + (right - left) * across, top + (bottom - top) * down) for across in steps for down in steps]
    edges = list(zip(ring, [*ring[1:], ring[0]], strict=True))
    best = max(
        (place for place in places if _holds(edges, place)), key=lambda place: min(_away(place, *e) for e in edges)
    )
    return round(best[0], 1), round(best[1], 1)


def _holds(edges: Sequence[tuple[Point, Point]], place: Point) -> bool:
    """Whether a ring holds a place: a ray from there crosses its edges an odd number of times."""
    x, y = place
    crossed = [(a, b) for a, b in edges if (a[1] > y) != (b[1] > y)]
    return sum(x < (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]) + a[0] for a, b in crossed) % 2 == 1


def _written(ring: Sequence[Point]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ring) + "Z"
