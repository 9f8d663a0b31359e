import json
import math
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schakel.registry.files.lists import slugs
from schakel.web import build
from schakel.web.maps import outlines

SQUARE = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]
POINTS = st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=3, max_size=30, unique=True)


def test_rings_are_read_as_svg_says():
    assert outlines.read("m 1,1 2,0 0,2 z m 10,0 1,1 z") == [[(1, 1), (3, 1), (3, 3)], [(11, 1), (12, 2)]]
    assert outlines.read("m -.15,2 -1,-1 z") == [[(-0.15, 2), (-1.15, 1)]]
    with pytest.raises(ValueError, match="unknown in the outlines: C"):
        outlines.read("M0 0C1 1 2 2 3 3Z".replace("M", "m").replace("Z", "z"))


def test_points_on_a_straight_line_go_and_corners_stay():
    along = [(x / 4, 0.0) for x in range(40)] + [(10.0, y / 4) for y in range(40)] + [(10.0, 10.0), (0.0, 10.0)]
    assert set(outlines.simplified(along, within=0.1)) == set(SQUARE)


@given(POINTS, st.floats(0.1, 20))
def test_what_is_left_out_lies_near_what_stays(ring, within):
    kept = outlines.simplified(ring, within=within)
    assert set(kept) <= set(ring)
    edges = list(zip(kept, [*kept[1:], kept[0]], strict=True))
    for point in ring:
        assert min(outlines._away(point, *edge) for edge in edges) <= within + 1e-9


def test_a_name_stands_where_there_is_most_room():
    assert abs(outlines.area(SQUARE)) == 100
    assert math.dist(outlines.middle(SQUARE), (5, 5)) < 0.5
    boot = [(0, 0), (4, 0), (4, 20), (20, 20), (20, 24), (0, 24)]  # Its centre of gravity lies outside it.
    x, y = outlines.middle(boot)
    assert 0 < x < 4 or 20 < y < 24


def test_every_region_of_the_kingdom_has_an_outline_within_the_picture():
    found = json.loads(outlines.built((build.ROOT / "node_modules" / build.OUTLINES).read_text()))
    assert set(found["regions"]) == set(slugs("regions"))
    assert sum(one["is_island"] for one in found["regions"].values()) == 6
    boxes = {}
    for code, one in found["regions"].items():
        ET.fromstring(f'<path d="{one["path"]}"/>')
        pairs = [
            tuple(map(float, pair.split())) for ring in one["path"].strip("MZ").split("ZM") for pair in ring.split("L")
        ]
        boxes[code] = (
            min(x for x, _ in pairs),
            min(y for _, y in pairs),
            max(x for x, _ in pairs),
            max(y for _, y in pairs),
        )
        assert -1 <= boxes[code][0] < boxes[code][2] <= found["width"] + 1, code
        assert -1 <= boxes[code][1] < boxes[code][3] <= found["height"] + 1, code
        assert 0 < one["x"] < found["width"]
    islands = [boxes[code] for code in outlines.ORDER]
    apart = [
        a[2] < b[0] or b[2] < a[0] or a[3] < b[1] or b[3] < a[1] for at, a in enumerate(islands) for b in islands[:at]
    ]
    assert all(apart)
    assert sum(len(one["path"]) for one in found["regions"].values()) < 25_000  # It comes with its page.


def test_the_source_keeps_its_name_and_licence():
    package = json.loads((build.ROOT / "node_modules" / "@svg-maps" / "netherlands" / "package.json").read_text())
    assert package["license"].replace("-", " ", 1).replace("-4", " 4") == outlines.LICENCE
    assert package["name"] in outlines.ATTRIBUTION


def test_without_the_build_it_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(outlines, "BUILT", tmp_path / "kingdom.json")
    with pytest.raises(FileNotFoundError, match="make setup"):
        outlines.kingdom.__wrapped__()
