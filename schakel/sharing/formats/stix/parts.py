"""Which objects of a bundle become one document: a report or grouping with its parts, or loose objects by label.

Nothing moves into a document of a wider label than its own, and nothing is lost: each object is in one part at least.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from django.utils.translation import gettext as _

from schakel.policy import sharing
from schakel.policy.sharing import Tlp
from schakel.sharing.document import Marking
from schakel.sharing.formats.base import Unreadable
from schakel.sharing.formats.stix import markings
from schakel.sharing.formats.stix.graph import ATTACHED, SUPPORT, Graph, references
from schakel.sharing.formats.stix.limits import MAXIMUM_OBJECTS

CONTAINERS: Final = frozenset({"report", "grouping"})
MOST_WORK: Final = 4 * MAXIMUM_OBJECTS
"""Objects over all documents of a bundle; where there are more, its reports all contain each other's."""


@dataclass(frozen=True, slots=True)
class Part:
    """Objects that become one document, by index in the order of the bundle. `head` is their report or grouping."""

    head: int | None
    members: tuple[int, ...]
    marking: Marking


def parts_of(graph: Graph) -> list[Part]:
    """The documents in a bundle. Raises Unreadable where reports contain each other in a circle."""
    parts = list(_all_contained(graph))
    taken = {index for part in parts for index in part.members}
    _no_circles(graph, taken)
    loose = [index for index in range(len(graph.objects)) if index not in taken]
    if len(parts) == 1:
        parts, loose = (
            [_filled(graph, parts[0], loose)],
            [index for index in loose if not _joins(graph, parts[0], index)],
        )
    groups = list(_by_label(graph, loose))
    spare = set(loose).difference(*(group.members for group in groups))
    parts += groups
    if spare and not parts:
        return [Part(head=None, members=_sorted(spare), marking=_joined(graph, spare))]
    if spare:
        parts[0] = replace(parts[0], members=_sorted((*parts[0].members, *spare)))
    return parts


def _heads(graph: Graph) -> list[int]:
    """The containers that no other one contains."""
    containers = [index for index, one in enumerate(graph.objects) if _is_head(graph, index, one["type"])]
    inner = {key for index in containers for key in graph.objects[index].get("object_refs", ())}
    return [index for index in containers if graph.objects[index]["id"] not in inner]


def _is_head(graph: Graph, index: int, kind: str) -> bool:
    return kind in CONTAINERS and graph.newest[graph.objects[index]["id"]] == index


def _no_circles(graph: Graph, taken: set[int]) -> None:
    for index, one in enumerate(graph.objects):
        if one["type"] in CONTAINERS and graph.newest[one["id"]] not in taken:
            reason = _("Reports or groupings contain each other in a circle: none of them comes first.")
            raise Unreadable(reason, place=f"/objects/{index}/object_refs", code="cycle")


def _all_contained(graph: Graph) -> Iterator[Part]:
    work = 0
    for head in _heads(graph):
        part = _contained(graph, head)
        work += len(part.members)
        if work > MOST_WORK:
            raise Unreadable(
                _("The reports in this bundle share too many objects."), place="/objects", code="too-large"
            )
        yield part


def _contained(graph: Graph, head: int) -> Part:
    members = _reached(graph, head)
    labels = (graph.markings[index].tlp for index in members if index != head)
    own = graph.markings[head].tlp
    tlp = sharing.of_parts((label for label in labels if label), whole=own)
    marking = replace(_joined(graph, members), tlp=tlp)
    attached = [index for index in _attached(graph, set(members)) if _fits(graph, index, tlp)]
    return Part(head=head, members=_with_support(graph, [*members, *attached], tlp), marking=marking)


def _joins(graph: Graph, part: Part, index: int) -> bool:
    """Whether a loose object goes with the only report: its author forgot to list it, and labelled both alike."""
    return graph.markings[index].tlp == part.marking.tlp


def _filled(graph: Graph, part: Part, loose: list[int]) -> Part:
    joining = [index for index in loose if _joins(graph, part, index)]
    marking = replace(markings.joined((part.marking, _joined(graph, joining))), tlp=part.marking.tlp)
    return replace(part, members=_with_support(graph, (*part.members, *joining), part.marking.tlp), marking=marking)


def _reached(graph: Graph, head: int) -> list[int]:
    """The head, what it lists, and what that is made of; not what relationships lead to."""
    found, ahead = {head}, [head]
    while ahead:
        one = graph.objects[ahead.pop()]
        if one["type"] not in ATTACHED:
            new = set(graph.present(references(one))) - found
            found |= new
            ahead += new
    return [version for index in found for version in graph.versions[graph.objects[index]["id"]]]


def _attached(graph: Graph, members: set[int]) -> Iterator[int]:
    """What speaks of members alone."""
    speakers = {speaker for index in members for speaker in graph.speakers.get(index, ())} - members
    return (index for index in speakers if members.issuperset(graph.present(references(graph.objects[index]))))


def _with_support(graph: Graph, members: Iterable[int], tlp: Tlp | None) -> tuple[int, ...]:
    """Members with their authors, markings and extensions, as far as their own label lets them come along."""
    found, ahead = set(members), list(members)
    while ahead:
        one = graph.objects[ahead.pop()]
        new = {index for index in graph.present(references(one, supporting=True)) if _is_support(graph, index)} - found
        allowed = {index for index in new if _fits(graph, index, tlp)}
        found |= allowed
        ahead += allowed
    return _sorted(found)


def _is_support(graph: Graph, index: int) -> bool:
    return graph.objects[index]["type"] in SUPPORT


def _fits(graph: Graph, index: int, tlp: Tlp | None) -> bool:
    own = graph.markings[index].tlp
    return own is None or own == tlp or sharing.is_wider(own, than=tlp)


def _by_label(graph: Graph, loose: list[int]) -> Iterator[Part]:
    groups: dict[Tlp | None, list[int]] = defaultdict(list)
    for index in loose:
        label = graph.markings[index].tlp or _inherited(graph, index)
        if label or not _is_support(graph, index):
            groups[label].append(index)
    for label, members in groups.items():
        marking = replace(_joined(graph, members), tlp=label)
        yield Part(head=None, members=_with_support(graph, members, label), marking=marking)


def _inherited(graph: Graph, index: int) -> Tlp | None:
    """What speaks about others and carries no label is as closed as they are."""
    if graph.objects[index]["type"] not in ATTACHED:
        return None
    about = (graph.markings[other].tlp for other in graph.present(references(graph.objects[index])))
    labels = [label for label in about if label]
    return sharing.strictest(labels) if labels else None


def _joined(graph: Graph, members: Iterable[int]) -> Marking:
    return markings.joined(graph.markings[index] for index in members)


def _sorted(members: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(set(members)))
