"""The objects of one bundle together: which is the newest of each, what refers to what, and what holds for each."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final

from django.utils.translation import gettext as _

from schakel.sharing.document import Marking
from schakel.sharing.formats.base import Unreadable
from schakel.sharing.formats.stix import markings, rules, upgrade
from schakel.sharing.formats.stix.limits import Bundle, Json

MARKING: Final = "marking-definition"
SUPPORT: Final = frozenset({"identity", MARKING, "extension-definition"})
"""What says nothing by itself, and comes along with what refers to it."""
ATTACHED: Final = frozenset({"relationship", "sighting", "note", "opinion", "language-content"})
"""What speaks about other objects, and goes where they go."""
_SUPPORTING: Final = frozenset({"created_by_ref", "object_marking_refs"})


@dataclass(frozen=True, slots=True)
class Graph:
    """The objects of a bundle: as they `came`, in the words of 2.1, and what holds for each, all by the same index.

    `newest` is the index of the newest version by id, `versions` all of them; `speakers` says for each index which
    objects speak about it.
    """

    came: list[Json]
    objects: list[Json]
    markings: list[Marking]
    newest: dict[str, int]
    versions: dict[str, list[int]]
    speakers: dict[int, list[int]]

    def present(self, references: Iterator[str]) -> list[int]:
        """Where what is referred to stands; what is elsewhere is left out."""
        return [self.newest[key] for key in references if key in self.newest]


def graph_of(bundle: Bundle) -> Graph:
    """All objects of a bundle, each checked, and together. Raises Unreadable."""
    objects = [_current(one, bundle.version) for one in bundle.objects]
    for index, one in enumerate(objects):
        rules.check(one, place=_place(index))
    newest = _newest(objects)
    definitions = _definitions(objects)
    said = [markings.of_object(one, definitions, place=_place(index)) for index, one in enumerate(objects)]
    versions: dict[str, list[int]] = defaultdict(list)
    for index, one in enumerate(objects):
        versions[one["id"]].append(index)
    return Graph(bundle.objects, objects, said, newest, versions, _speakers(objects, newest))


def references(one: Json, *, supporting: bool = False) -> Iterator[str]:
    """The ids that an object names, wherever in it; those of its author and its markings only where asked for."""
    for name, value in one.items():
        if name in _SUPPORTING:
            if supporting:
                yield from _ids(value)
        elif name == "granular_markings" or (supporting and name == "extensions"):
            yield from _supports(name, value) if supporting else ()
        elif name.endswith(("_ref", "_refs")):
            yield from _ids(value)
        elif isinstance(value, dict | list):
            yield from _inner(value)


def _current(one: Json, bundle: str) -> Json:
    return upgrade.upgraded(one) if upgrade.is_old(one, bundle=bundle) else one


def _newest(objects: list[Json]) -> dict[str, int]:
    newest: dict[str, int] = {}
    seen: dict[tuple[str, Any], int] = {}
    for index, one in enumerate(objects):
        version = (one["id"], one.get("modified"))
        if objects[seen.setdefault(version, index)] != one:
            reason = _("This version of the object stands in the bundle twice, with different contents.")
            raise Unreadable(reason, place=_place(index), code="duplicate")
        before = newest.get(one["id"])
        if before is None or str(one.get("modified", "")) > str(objects[before].get("modified", "")):
            newest[one["id"]] = index
    return newest


def _definitions(objects: list[Json]) -> dict[str, markings.Definition]:
    found = markings.known()
    marked: dict[str, list[str]] = {}
    for index, one in enumerate(objects):
        if one["type"] == MARKING:
            found[one["id"]] = markings.definition(one, place=_place(index))
            marked[one["id"]] = [*_ids(one.get("object_marking_refs", [])), *_supports("granular_markings", one)]
    try:
        TopologicalSorter(marked).prepare()
    except CycleError as error:
        place = next(_place(index) for index, one in enumerate(objects) if one["id"] == error.args[1][0])
        raise Unreadable(_("This marking marks itself."), place=place, code="cycle") from None
    return found


def _speakers(objects: list[Json], newest: dict[str, int]) -> dict[int, list[int]]:
    speakers: dict[int, list[int]] = defaultdict(list)
    for index, one in enumerate(objects):
        if one["type"] in ATTACHED:
            for about in {newest[key] for key in references(one) if key in newest}:
                speakers[about].append(index)
    return speakers


def _supports(name: str, value: Any) -> Iterator[str]:
    if name == "extensions" and isinstance(value, dict):
        yield from value
    elif name == "granular_markings":
        parts = value.get(name, ()) if isinstance(value, dict) else value
        yield from (part["marking_ref"] for part in parts if "marking_ref" in part)


def _inner(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _inner(one)
    elif isinstance(value, dict):
        for name, one in value.items():
            if name.endswith(("_ref", "_refs")):
                yield from _ids(one)
            else:
                yield from _inner(one)


def _ids(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield from (one for one in value if isinstance(one, str))


def _place(index: int) -> str:
    return f"/objects/{index}"
