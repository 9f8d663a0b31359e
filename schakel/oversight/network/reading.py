"""Reading the network: everything that an actor may see, or the part of it that is asked for."""

from collections.abc import Iterable, Sequence
from datetime import date

from schakel.kit.refusals import permit
from schakel.oversight.network.sources import SOURCES, Source
from schakel.oversight.network.values import Asked, Kind, Network, Node, Tie
from schakel.policy.access import Actor, Permission

EVERYTHING = Asked()
ORDER = {kind: at for at, kind in enumerate(Kind)}
MEMBERS = {Kind.PARTNER, Kind.PROSPECT}


def network(
    actor: Actor, *, day: date, language: str, asked: Asked = EVERYTHING, sources: Sequence[Source] = SOURCES
) -> Network:
    """The part of the network that is asked for and that the actor may see, on `day`, with names in `language`.

    Raises NotPermitted. A constant number of queries.
    """
    permit(bool(actor.reach(Permission.NETWORK_VIEW)))
    parts = [source(actor, day, language) for source in sources]
    nodes = [node for found, _ties in parts for node in found]
    ties = [tie for _found, found in parts for tie in found]
    return narrowed(nodes, ties, asked)


def narrowed(nodes: Iterable[Node], ties: Iterable[Tie], asked: Asked) -> Network:
    """What is asked for, sorted; ties stay where both ends do.

    Functions and initiatives have no sector, region, category or type: where one of these is asked for, they stay as
    far as a partner or prospect that fits is tied to them.
    """
    everything = {node.key: node for node in nodes if asked.with_prospects or node.kind != Kind.PROSPECT}
    whole = [tie for tie in ties if tie.source in everything and tie.target in everything]
    kept = {key for key, node in everything.items() if _fits(node, asked)}
    if asked.is_about_members:
        kept |= {key for key in _beside(whole, kept) if _may_stand_beside(everything[key], asked)}
    kept |= {
        key
        for key in _beside(whole, kept)
        if everything[key].kind == Kind.FUNCTION and _is_asked(everything[key], asked)
    }
    shown = sorted((everything[key] for key in kept), key=lambda one: (ORDER[one.kind], one.label.casefold(), one.key))
    return Network(tuple(shown), tuple(tie for tie in whole if tie.source in kept and tie.target in kept))


def _fits(node: Node, asked: Asked) -> bool:
    """Whether a node itself is what is asked for."""
    wants = (
        (asked.kind, (node.kind.value,)),
        (asked.function, node.functions),
        (asked.sector, node.sectors),
        (asked.region, node.regions),
        (asked.category, (node.category,)),
        (asked.type, (node.type,)),
    )
    return all(not wanted or wanted in had for wanted, had in wants) and asked.words.casefold() in node.label.casefold()


def _beside(ties: Iterable[Tie], kept: set[str]) -> set[str]:
    """The other ends of the ties of what is kept."""
    ends = {tie.target for tie in ties if tie.source in kept} | {tie.source for tie in ties if tie.target in kept}
    return ends - kept


def _may_stand_beside(node: Node, asked: Asked) -> bool:
    """Whether an initiative is shown for the partner that is tied to it."""
    fits = (not asked.function or asked.function in node.functions) and not asked.kind and not asked.words
    return node.kind == Kind.INITIATIVE and fits


def _is_asked(node: Node, asked: Asked) -> bool:
    """Whether a function is shown for what is tied to it: every one, unless one is asked for."""
    return not asked.function or asked.function in node.functions
