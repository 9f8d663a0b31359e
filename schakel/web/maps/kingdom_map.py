"""The map of the Kingdom: how much of each region can be reached, in tints, patterns and numbers.

No colour speaks alone: every step has a pattern of its own, and every region carries its number. What is not known is
drawn as not known, never as nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from schakel.web import labels
from schakel.web.maps.outlines import ATTRIBUTION, LICENCE, kingdom

STEPS = (20, 40, 60, 80)
"""Where one step ends and the next begins, in hundredths."""
UNKNOWN = 0
INK = "#0b6475"
FACES = {
    0: ("#e9eeed", 1), 1: ("#ffffff", 1), 2: (INK, 0.08), 3: (INK, 0.16), 4: (INK, 0.26), 5: (INK, 0.62),
}  # fmt: skip
"""Fill and its opacity by step, where no style sheet says otherwise."""
KEY_WIDTH = 98


@dataclass(frozen=True, slots=True)
class Reached:
    """Of a region: how many organisations are known, and between which numbers can be reached."""

    population: int
    low: int
    high: int

    @property
    def least(self) -> int:
        """The hundredths that are sure to be reached, rounded down: a map must not promise."""
        return 100 * self.low // self.population

    @property
    def most(self) -> int:
        """The hundredths that can be reached if all that is estimated is true, rounded down."""
        return min(100, 100 * self.high // self.population)


@dataclass(frozen=True, slots=True)
class Shape:
    """One region: its outline, its step (0: not known), its name and number and where they stand."""

    code: str
    path: str
    step: int
    name: str
    words: str
    x: float
    y: float
    is_island: bool

    @property
    def face(self) -> tuple[str, float]:
        """How it is filled where no style sheet says otherwise."""
        return FACES[self.step]


def draw(figures: Mapping[str, Reached | None], *, title: str) -> SafeString:
    """The map; a region without figures, or of which no organisation is known, is shown as not known."""
    return render_to_string("ui/kingdom.html", _drawn(figures, title))


def as_file(figures: Mapping[str, Reached | None], *, title: str) -> SafeString:
    """The map as an SVG file, with its legend and the source of its outlines; no page's styles go with it."""
    drawn = _drawn(figures, title)
    legend = [(step, face, words, 12 + KEY_WIDTH * at) for at, (step, face, words) in enumerate(drawn["legend"])]
    source = _("Outlines of the provinces: %(attribution)s (%(licence)s), simplified. The islands are not to scale.")
    more = {"legend": legend, "source": source % {"attribution": ATTRIBUTION, "licence": LICENCE}}
    return render_to_string("ui/kingdom.svg", drawn | more)


def _drawn(figures: Mapping[str, Reached | None], title: str) -> dict[str, Any]:
    outlines = kingdom()
    names = dict(labels.regions())
    shapes = [_shape(code, names.get(code, code), one, figures.get(code)) for code, one in outlines["regions"].items()]
    counted = [shape for shape in shapes if shape.step != UNKNOWN]
    return {
        "width": outlines["width"],
        "height": outlines["height"],
        "shapes": shapes,
        "title": title,
        "description": _("%(known)d of %(all)d regions have figures. The table holds the same numbers.")
        % {"known": len(counted), "all": len(shapes)},
        "legend": [(step, FACES[step], words) for step, words in legend()],
    }


def step_of(reached: Reached | None) -> int:
    """The step of a region by what is sure: 1 to 5, or 0 where nothing is known."""
    if not is_known(reached):
        return UNKNOWN
    return 1 + sum(reached.least >= bound for bound in STEPS)  # type: ignore[union-attr]


def is_known(reached: Reached | None) -> bool:
    """Whether anything can be said of a region: some organisation of it is known."""
    return reached is not None and reached.population > 0


def in_words(reached: Reached | None) -> str:
    """A number, a band where estimates leave room, or that it is not known."""
    if reached is None or not is_known(reached):
        return _("not known")
    if reached.least == reached.most:
        return _("%(percent)d %%") % {"percent": reached.least}
    return _("%(least)d to %(most)d %%") % {"least": reached.least, "most": reached.most}


def legend() -> list[tuple[int, str]]:
    """Each step with its words, the unknown one last."""
    bounds = [0, *STEPS, 100]
    words = [
        _("%(least)d to %(most)d %%") % {"least": low, "most": high if high == bounds[-1] else high - 1}
        for low, high in pairwise(bounds)
    ]
    return [*enumerate(words, start=1), (UNKNOWN, _("not known"))]


def _shape(code: str, name: str, outline: Mapping[str, object], reached: Reached | None) -> Shape:
    words = in_words(reached) if is_known(reached) else "?"
    place = {key: outline[key] for key in ("path", "x", "y", "is_island")}
    return Shape(code=code, step=step_of(reached), name=name, words=words, **place)  # type: ignore[arg-type]
