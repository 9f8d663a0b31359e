import json
import math
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schakel.journal.queries import last
from schakel.kit.refusals import NotPermitted
from schakel.oversight.network import Grouping, Kind, Network, Node, Tie, TieKind, laid_out
from schakel.oversight.network.exports import Drawn, Format, as_graphml, as_json, exported
from schakel.oversight.network.layout import STEP
from schakel.oversight.network.picture import short, svg
from tests.cast import AUDITOR, DESK, NOON, STEWARD

GRAPHML = "{http://graphml.graphdrawing.org/xmlns}"
SVG = "{http://www.w3.org/2000/svg}"
SMALL = Network(
    (
        Node("function-knowledge", Kind.FUNCTION, "kennis", "knowledge", functions=("knowledge",)),
        Node(
            "partner-1", Kind.PARTNER, 'Haven & <Zee> "NV"', 1, "isac", "core", ("knowledge",), ("energy",), ("NL-ZE",)
        ),
        Node("partner-2", Kind.PARTNER, "Kring\x07", 2, "csirt", is_joining=True),
        Node("prospect-3", Kind.PROSPECT, "Misschien", 3),
        Node("initiative-4", Kind.INITIATIVE, "Oefenen", "oefenen"),
    ),
    (Tie("partner-1", "function-knowledge", TieKind.LEADS), Tie("prospect-3", "function-knowledge", TieKind.SUITS)),
)


def many(count, types=7):
    nodes = (Node(f"partner-{at}", Kind.PARTNER, f"P{at}", at, f"t{at % types}") for at in range(count))
    functions = (Node(f"function-{at}", Kind.FUNCTION, f"F{at}", f"f{at}") for at in range(5))
    return Network(
        (*functions, *nodes), tuple(Tie(f"partner-{at}", f"function-{at % 5}", TieKind.INFORMS) for at in range(count))
    )


def test_json_is_what_cytoscape_reads():
    elements = json.loads("".join(as_json(SMALL, laid_out(SMALL))))["elements"]
    assert [node["data"]["id"] for node in elements["nodes"]] == [node.key for node in SMALL.nodes]
    assert elements["nodes"][1]["data"] == {
        "id": "partner-1", "kind": "partner", "label": 'Haven & <Zee> "NV"', "type": "isac", "category": "core",
        "functions": ["knowledge"], "sectors": ["energy"], "regions": ["NL-ZE"], "joining": False,
    }  # fmt: skip
    assert set(elements["nodes"][1]["position"]) == {"x", "y"}
    assert elements["edges"][0]["data"] == {
        "id": "tie-0", "source": "partner-1", "target": "function-knowledge", "kind": "lead",
    }  # fmt: skip


def test_groups_come_along_with_their_names_where_they_are_asked_for():
    layout = laid_out(SMALL)
    given = json.loads("".join(as_json(SMALL, layout, names={"partner:isac": "ISAC"})))
    isac = next(one for one in given["groups"] if one["key"] == "partner:isac")
    assert (isac["label"], isac["count"]) == ("ISAC", 1)
    assert len(given["groups"]) == len(layout.groups) == 4
    assert "groups" not in json.loads("".join(as_json(SMALL, layout)))


@pytest.mark.parametrize("count", [0, 1, 199, 200, 201, 450])
def test_pieces_of_json_join_whatever_their_number(count):
    found = many(count)
    elements = json.loads("".join(as_json(found, laid_out(found))))["elements"]
    assert (len(elements["nodes"]), len(elements["edges"])) == (count + 5, count)


def test_graphml_holds_the_same():
    root = ET.fromstring("".join(as_graphml(SMALL)))
    nodes = root.findall(f"{GRAPHML}graph/{GRAPHML}node")
    facts = {one.get("id"): {part.get("key"): part.text for part in one} for one in nodes}
    assert facts["partner-1"]["label"] == 'Haven & <Zee> "NV"'
    assert facts["partner-1"]["sectors"] == "energy"
    assert facts["partner-2"] == {
        "kind": "partner", "label": "Kring\N{REPLACEMENT CHARACTER}", "type": "csirt", "joining": "true",
    }  # fmt: skip
    edges = root.findall(f"{GRAPHML}graph/{GRAPHML}edge")
    assert [(one.get("source"), one.get("target"), one[0].text) for one in edges] == [
        ("partner-1", "function-knowledge", "lead"),
        ("prospect-3", "function-knowledge", "suits"),
    ]
    declared = {one.get("id") for one in root.findall(f"{GRAPHML}key")}
    assert {part for one in facts.values() for part in one} | {"tie"} <= declared


def test_the_picture_holds_the_same_and_nothing_that_a_policy_forbids():
    text = "".join(svg(SMALL, laid_out(SMALL), names={"partner:isac": "ISAC's"}, title="Het netwerk"))
    root = ET.fromstring(text)
    assert root.find(f"{SVG}title").text == "Het netwerk"
    titles = [one.text for one in root.iter(f"{SVG}title")]
    assert titles[1:] == [node.label.replace("\x07", "\N{REPLACEMENT CHARACTER}") for node in SMALL.nodes]
    assert len(list(root.iter(f"{SVG}line"))) == len(SMALL.ties)
    assert "ISAC's (1)" in "".join(root.itertext())
    assert "style" not in text
    assert "<script" not in text


def test_the_same_network_lies_the_same_way():
    one, other = many(300), many(300)
    assert laid_out(one) == laid_out(other)
    assert laid_out(one, by=Grouping.REGION) != laid_out(one)


def test_an_empty_network_can_be_drawn():
    empty = Network()
    assert laid_out(empty).places == {}
    ET.fromstring("".join(svg(empty, laid_out(empty), names={}, title="Leeg")))
    assert json.loads("".join(as_json(empty, laid_out(empty)))) == {"elements": {"nodes": [], "edges": []}}


@given(st.integers(1, 1200), st.integers(1, 18), st.sampled_from(Grouping))
def test_nothing_covers_anything_and_all_is_in_the_box(count, types, by):
    found = many(count, types)
    layout = laid_out(found, by=by)
    left, top, width, height = layout.box
    assert all(left < x < left + width and top < y < top + height for x, y in layout.places.values())
    assert len(set(layout.places.values())) == len(found.nodes)
    for one in layout.groups:
        for other in layout.groups:
            if one.key < other.key:
                assert math.dist((one.x, one.y), (other.x, other.y)) >= one.radius + other.radius
    points = [layout.places[key] for key in layout.groups[0].keys[:40]]
    apart = [math.dist(a, b) for at, a in enumerate(points) for b in points[:at]]
    assert min(apart, default=STEP) > 14 + 2  # A dot is 14 wide.
    assert all(math.dist((one.x, one.y), (0, 0)) - one.radius > 300 for one in layout.groups)  # Functions stay free.


def test_an_export_leaves_its_trace_and_a_refused_one_none(country):
    drawn = Drawn(SMALL, laid_out(SMALL), {}, "Het netwerk")
    for form in Format:
        assert "".join(exported(drawn, form=form, filters=["sector"], by=DESK, at=NOON))
    facts = [event.facts for event in last(to=AUDITOR, limit=3, tag="oversight.network.exported")]
    assert facts[0] == {"form": "svg", "nodes": 5, "filters": ["sector"]}
    with pytest.raises(NotPermitted):
        exported(drawn, form=Format.JSON, filters=[], by=STEWARD, at=NOON)
    assert len(last(to=AUDITOR, limit=9, tag="oversight.network.exported")) == 3


def test_long_names_are_cut_and_short_ones_not():
    assert short("Havenkring") == "Havenkring"
    assert short("Vereniging van Nederlandse Havens") == "Vereniging van Nederl…"
