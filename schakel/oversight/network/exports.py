"""The network as files for other programs: Cytoscape's JSON, GraphML and SVG, streamed and never without a trace.

JSON: the form that Cytoscape.js reads and writes (`elements`, each with `data` and `position`). GraphML: "The GraphML
File Format", graphml.graphdrawing.org. SVG 2, drawn with attributes alone, so that no policy of a site can spoil it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from schakel.journal.actions import record
from schakel.kit.markup import escaped, quoted
from schakel.kit.refusals import permit
from schakel.oversight.network.layout import Group, Layout
from schakel.oversight.network.picture import svg
from schakel.oversight.network.values import Network, Node, Tie
from schakel.policy.access import Actor, Permission

LISTS = ("functions", "sectors", "regions")
NODE_KEYS = {
    "kind": "string",
    "label": "string",
    "type": "string",
    "category": "string",
    "joining": "boolean",
} | dict.fromkeys(LISTS, "string")
ROWS_AT_ONCE = 200


class Format(StrEnum):
    """What a network can be exported as."""

    JSON = "json"
    GRAPHML = "graphml"
    SVG = "svg"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A network with its places, and the words that a picture of it needs: by group key, and its title."""

    network: Network
    layout: Layout
    names: Mapping[str, str]
    title: str


def exported(drawn: Drawn, *, form: Format, filters: list[str], by: Actor, at: datetime) -> Iterator[str]:
    """A file in pieces. `filters` names what was asked, without values. Raises NotPermitted; recorded at once."""
    permit(bool(by.reach(Permission.NETWORK_VIEW)))
    record("oversight.network.exported", by=by, at=at, form=form.value, nodes=len(drawn.network.nodes), filters=filters)
    if form == Format.SVG:
        return svg(drawn.network, drawn.layout, names=drawn.names, title=drawn.title)
    return as_json(drawn.network, drawn.layout) if form == Format.JSON else as_graphml(drawn.network)


def as_json(network: Network, layout: Layout, *, names: Mapping[str, str] | None = None) -> Iterator[str]:
    """Cytoscape's JSON in pieces; with `names` of groups the groups too, each with its place and how many it holds."""
    yield '{"elements":{"nodes":['
    yield from _joined(_json_node(node, layout) for node in network.nodes)
    yield '],"edges":['
    yield from _joined(_json_tie(tie, at) for at, tie in enumerate(network.ties))
    yield "]}"
    if names is not None:
        groups = [_json_group(one, names.get(one.key, one.value)) for one in layout.groups]
        yield f',"groups":{json.dumps(groups, ensure_ascii=False)}'
    yield "}"


def _joined(rows: Iterator[dict[str, Any]]) -> Iterator[str]:
    """Rows as JSON with commas between them, some at a time."""
    lead, waiting = "", []
    for row in rows:
        waiting.append(json.dumps(row, ensure_ascii=False, separators=(",", ":")))
        if len(waiting) == ROWS_AT_ONCE:
            yield lead + ",".join(waiting)
            lead, waiting = ",", []
    if waiting:
        yield lead + ",".join(waiting)


def _json_node(node: Node, layout: Layout) -> dict[str, Any]:
    x, y = layout.places[node.key]
    facts = {name: list(getattr(node, name)) for name in LISTS}
    plain = {"kind": node.kind, "label": node.label, "type": node.type, "category": node.category}
    return {"data": {"id": node.key, **plain, **facts, "joining": node.is_joining}, "position": {"x": x, "y": y}}


def _json_group(group: Group, name: str) -> dict[str, Any]:
    place = {"x": group.x, "y": group.y, "radius": group.radius}
    return {"key": group.key, "label": name, "count": len(group.keys), **place}


def _json_tie(tie: Tie, at: int) -> dict[str, Any]:
    return {"data": {"id": f"tie-{at}", "source": tie.source, "target": tie.target, "kind": tie.kind}}


def as_graphml(network: Network) -> Iterator[str]:
    """GraphML in pieces; several values of one thing are parted by blanks, as none of them holds one."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
    for name, kind in NODE_KEYS.items():
        yield f'<key id="{name}" for="node" attr.name="{name}" attr.type="{kind}"/>\n'
    yield '<key id="tie" for="edge" attr.name="tie" attr.type="string"/>\n<graph id="network" edgedefault="directed">\n'
    for node in network.nodes:
        yield f"<node id={quoted(node.key)}>{''.join(_graphml_facts(node))}</node>\n"
    for at, tie in enumerate(network.ties):
        ends = f"source={quoted(tie.source)} target={quoted(tie.target)}"
        yield f'<edge id="tie-{at}" {ends}><data key="tie">{tie.kind}</data></edge>\n'
    yield "</graph>\n</graphml>\n"


def _graphml_facts(node: Node) -> Iterator[str]:
    facts: dict[str, str] = {"kind": node.kind, "label": node.label, "type": node.type, "category": node.category}
    facts |= {name: " ".join(getattr(node, name)) for name in LISTS}
    facts["joining"] = "true" if node.is_joining else ""
    for name, value in facts.items():
        if value:
            yield f'<data key="{name}">{escaped(value)}</data>'
