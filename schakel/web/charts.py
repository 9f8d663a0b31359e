"""Charts as SVG from the server: drawn with attributes and classes only, so that they obey the site's policy.

Colour never speaks alone: lines differ by dash, parts by their place and the legend, and the page shows every chart's
figures in a table beside it. Sizes are in the units of the view box; the page scales the picture.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.template.loader import render_to_string
from django.utils.formats import date_format, number_format
from django.utils.safestring import SafeString

WIDTH, HEIGHT = 560, 230
LEFT, RIGHT, TOP, BOTTOM = 60, 12, 12, 30
GRID_LINES = 4
DATE_LABELS = 5
BAR_HEIGHT = 28


@dataclass(frozen=True, slots=True)
class Line:
    """One row of values over the chart's days; `tone` is 1 to 6 of the series' colours."""

    label: str
    values: Sequence[int]
    tone: int = 1
    is_area: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a stacked bar; `tone` names a colour: 1 to 6, or critical, high, medium, low, info, good."""

    label: str
    count: int
    tone: str


def scale(highest: int) -> int:
    """The top of an axis: the next of 1, 2 or 5 times a power of ten that four grid lines divide, never below 4."""
    if highest <= GRID_LINES:
        return GRID_LINES
    step = highest / GRID_LINES
    power: int = 10 ** math.floor(math.log10(step))
    nice = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= step)
    return nice * GRID_LINES


def lines(series: Sequence[Line], *, days: Sequence[date], title: str, description: str) -> str:
    """Lines over days, oldest first; each of `series` has a value for each day."""
    top = scale(max((value for line in series for value in line.values), default=0))
    context = {
        "title": title,
        "description": description,
        "identity": _identity(title),
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "right": WIDTH - RIGHT,
        "bottom": HEIGHT - BOTTOM,
        "grid": [(_y(value, top), number_format(value, force_grouping=True)) for value in _grid(top)],
        "labels": [(_x(at, len(days)), date_format(days[at], "j b")) for at in _label_places(len(days))],
        "lines": [(line, _path(line.values, top), _area(line.values, top)) for line in series],
    }
    return render_to_string("ui/chart_lines.html", context)


def bar(parts: Sequence[Part], *, title: str, description: str = "") -> str:
    """One bar whose parts add up to the whole; parts of nothing leave no trace but in the legend."""
    whole = sum(part.count for part in parts)
    context = {
        "title": title,
        "description": description or _in_words(parts),
        "identity": _identity(title),
        "width": WIDTH,
        "height": BAR_HEIGHT,
        "parts": _slices(parts, whole),
        "legend": parts,
    }
    return render_to_string("ui/chart_bar.html", context)


def mini_bar(parts: Sequence[Part], *, whole: int) -> SafeString:
    """A bar of `parts` against `whole`, for a table's cell: the numbers stand beside it, so it is only drawn."""
    return render_to_string("ui/chart_mini.html", {"parts": _slices(parts, whole), "width": WIDTH})


def _slices(parts: Sequence[Part], whole: int) -> list[tuple[Part, float, float]]:
    """Each part that is not empty with its start and width."""
    slices, start = [], 0.0
    for part in parts:
        width = WIDTH * part.count / whole if whole else 0.0
        if part.count:
            slices.append((part, round(start, 2), round(width, 2)))
        start += width
    return slices


def _in_words(parts: Sequence[Part]) -> str:
    return ", ".join(f"{part.label}: {number_format(part.count, force_grouping=True)}" for part in parts)


def _identity(title: str) -> str:
    """A name for the picture's own parts, stable per title."""
    return "chart-" + "".join(letter if letter.isalnum() else "-" for letter in title.lower())


def _grid(top: int) -> list[int]:
    return [top * step // GRID_LINES for step in range(GRID_LINES + 1)]


def _x(at: int, count: int) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT) * (at / (count - 1) if count > 1 else 0.5), 1)


def _y(value: int, top: int) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top, 1)


def _label_places(count: int) -> list[int]:
    """Some days to write below the axis, evenly spread, the first and the last among them."""
    shown = min(count, DATE_LABELS)
    return sorted({round(step * (count - 1) / max(shown - 1, 1)) for step in range(shown)})


def _path(values: Sequence[int], top: int) -> str:
    points = (f"{_x(at, len(values))} {_y(value, top)}" for at, value in enumerate(values))
    return "M" + "L".join(points) if values else ""


def _area(values: Sequence[int], top: int) -> str:
    if not values:
        return ""
    floor = HEIGHT - BOTTOM
    return f"{_path(values, top)}L{_x(len(values) - 1, len(values))} {floor}L{_x(0, len(values))} {floor}Z"
