"""What goes over the wire about the network and its functions."""

from typing import Literal

from ninja import Field

from schakel.api.shapes import Given, Shape, Word
from schakel.governance.models import FlowKind
from schakel.oversight.network import Kind, TieKind
from schakel.registry.models import Category


class NetworkQuery(Given):
    """Which part of the network, and in which language its names are. Prospects come where they are asked for."""

    function: Word | None = None
    sector: Word | None = None
    region: Word | None = None
    category: Category | None = None
    type: Word | None = None
    kind: Kind | None = None
    words: Word | None = None
    with_prospects: bool = False
    language: Literal["nl", "en"] = "nl"


class NodeShape(Shape):
    """A partner, prospect, function or initiative."""

    id: str = Field(..., validation_alias="key")
    kind: Kind
    label: str
    type: str
    category: str
    functions: list[str]
    sectors: list[str]
    regions: list[str]
    is_joining: bool


class TieShape(Shape):
    """What joins two nodes, by their ids; it is read from `source` to `target`."""

    source: str
    target: str
    kind: TieKind


class NetworkShape(Shape):
    """A part of the network."""

    nodes: list[NodeShape]
    ties: list[TieShape]


class FunctionShape(Shape):
    """One function. `partners` counts those that take part, by role."""

    slug: str
    names: dict[str, str]
    phases: list[str]
    are_phases_certain: bool
    lead: str | None
    coordinator: str
    partners: dict[str, int]


class FunctionList(Shape):
    """Every function."""

    items: list[FunctionShape]


class FlowShape(Shape):
    """What one function gives another; `toFunction` is `*` where it gives to every one."""

    key: str
    from_function: str
    to_function: str
    kind: FlowKind
    meaning_nl: str
    meaning_en: str
    figure: str
    is_figure_certain: bool
    source: str


class FunctionInFull(FunctionShape):
    """One function with its plan as it is now, and its flows."""

    plan: dict[str, str] | None
    version: int | None
    flows: list[FlowShape]
