"""The network as an SVG file: ties first, then what they join, so that nothing is written over.

Kinds differ by shape, not by colour alone: a function is a box, a partner a full dot, a prospect an open dashed one, an
initiative a diamond. Every dot carries its name as text and as a title.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from schakel.kit.markup import escaped
from schakel.oversight.network.layout import Group, Layout, Point
from schakel.oversight.network.values import Kind, Network, Node, Tie, TieKind

INK, SOFT, LINE, GROUND = "#16262b", "#4c5f65", "#b9c4c1", "#ffffff"
LONGEST_NAME: Final = 22
DOT: Final = 7
FACES: Final = {
    Kind.PARTNER: f'<circle r="{DOT}" fill="#0b6475"/>',
    Kind.PROSPECT: f'<circle r="{DOT}" fill="{GROUND}" stroke="#7b4f9d" stroke-width="1.5" stroke-dasharray="3 2"/>',
    Kind.INITIATIVE: '<path d="M0 -9L9 0L0 9L-9 0Z" fill="#b3541e"/>',
    Kind.FUNCTION: '<rect x="-78" y="-17" width="156" height="34" rx="6" fill="#dfecec" stroke="#0b5160"/>',
}
STROKES: Final = {
    TieKind.LEADS: 'stroke-width="3"',
    TieKind.SUITS: 'stroke-dasharray="2 4"',
    TieKind.GIVES: 'stroke-dasharray="9 5" stroke-width="2" stroke="#0b5160"',
}


def svg(network: Network, layout: Layout, *, names: Mapping[str, str], title: str) -> Iterator[str]:
    """The file in pieces; `names` are those of the groups, by their keys."""
    left, top, width, height = layout.box
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left} {top} {width} {height}" role="img" '
        f'font-family="sans-serif" font-size="9" text-anchor="middle">\n<title>{escaped(title)}</title>\n'
        f'<rect x="{left}" y="{top}" width="{width}" height="{height}" fill="{GROUND}"/>\n'
    )
    yield from (_group(group, names.get(group.key, group.value)) for group in layout.groups)
    yield f'<g stroke="{LINE}" stroke-width="1">\n'
    yield from (_tie(tie, layout) for tie in network.ties)
    yield "</g>\n"
    yield from (_node(node, layout.places[node.key]) for node in network.nodes)
    yield "</svg>\n"


def _group(group: Group, name: str) -> str:
    around = group.radius + 18
    return (
        f'<circle cx="{group.x}" cy="{group.y}" r="{around}" fill="none" stroke="{LINE}"/>'
        f'<text x="{group.x}" y="{group.y - around - 8}" font-size="18" font-weight="600" fill="{INK}">'
        f"{escaped(name)} ({len(group.keys)})</text>\n"
    )


def _tie(tie: Tie, layout: Layout) -> str:
    (x1, y1), (x2, y2) = layout.places[tie.source], layout.places[tie.target]
    stroke = STROKES.get(tie.kind, "")
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" {stroke}/>\n'


def _node(node: Node, place: Point) -> str:
    is_function = node.kind == Kind.FUNCTION
    name = node.label if is_function else short(node.label)
    written = f'y="4" font-weight="600" fill="{INK}"' if is_function else f'y="17" font-size="5" fill="{SOFT}"'
    face = f"<title>{escaped(node.label)}</title>{FACES[node.kind]}<text {written}>{escaped(name)}</text>"
    return f'<g transform="translate({place[0]} {place[1]})">{face}</g>\n'


def short(name: str) -> str:
    """A name that fits below its dot."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…"
