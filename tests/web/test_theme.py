"""The palette's pairs of text and ground, measured as WCAG 2.2 says (relative luminance, success criteria 1.4.3, 1.4.11)."""

import re

import pytest

from schakel.web.build import ROOT

CSS = (ROOT / "schakel" / "web" / "static" / "theme.css").read_text()
BADGES = ("critical", "high", "medium", "low", "info", "good")
TEXTS = [
    (ink, on)
    for ink in ("ink", "ink-soft", "brand", "brand-strong")
    for on in ("ground", "surface", "sunken", "brand-soft")
]
TEXTS += [(name, f"{name}-soft") for name in BADGES]
TEXTS += [("on-brand", "brand"), ("on-brand", "brand-strong"), ("on-masthead", "masthead"), ("surface", "critical")]
MARKS = [("edge", "surface"), ("edge", "ground"), *((name, "surface") for name in BADGES)]
MARKS += [(f"series-{number}", "surface") for number in range(1, 7)]


def colours(text):
    return dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", text))


LIGHT = colours(CSS[: CSS.index("@media")])
THEMES = {"light": LIGHT, "dark": LIGHT | colours(CSS[CSS.index("@media") :])}


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("pairs", "least"), [(TEXTS, 4.5), (MARKS, 3)], ids=["texts", "marks"])
def test_pairs_can_be_told_apart(theme, pairs, least):
    palette = THEMES[theme]
    weak = [pair for pair in pairs if contrast(palette[pair[0]], palette[pair[1]]) < least]
    assert weak == []


def test_black_on_white_is_twenty_one():
    assert round(contrast("#000000", "#ffffff"), 1) == 21
