"""A document that came as STIX, as STIX again: its objects as they came, with what has changed since laid over them.

What we do not understand goes out as it came in. An object that changes gets a later `modified`, so that nobody holds
two contents of one version.
"""

from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from typing import Final

from schakel.sharing.document import Document
from schakel.sharing.formats.stix import fresh, remarking
from schakel.sharing.formats.stix.extension import carried, carry
from schakel.sharing.formats.stix.graph import MARKING, graph_of, references
from schakel.sharing.formats.stix.limits import Json, bundle_of
from schakel.sharing.formats.stix.meaning import document_of
from schakel.sharing.formats.stix.parts import CONTAINERS, parts_of

_FIXED: Final = frozenset({"original", "key", "publisher", "version", "revised_at"})
"""What says which document it is, not what it says."""
_HEAD: Final[dict[str, tuple[str, ...]]] = {
    "title": ("name",),
    "texts": ("description", "lang"),
    "published_at": ("published",),
    "references": ("external_references",),
    "labels": ("labels",),
    "names": ("labels",),
    "credibility": ("confidence",),
}
"""Which properties of a report each field of ours governs."""
_LABELS: Final = frozenset({"marking", "is_withdrawn"})
_ASIDE: Final = _LABELS | {"indicators", "weaknesses", "products"}
"""What changes nothing of a report itself. Loose objects get one with any change: their title is guessed from them."""
_MAKERS: Final[dict[str, tuple[frozenset[str], Callable[[Document, fresh.Frame], Iterable[Json]]]]] = {
    "weaknesses": (frozenset({"vulnerability"}), fresh.weaknesses),
    "products": (frozenset({"software"}), fresh.products),
    "texts": (frozenset({"note", "opinion", "course-of-action"}), fresh.wordings),
}
"""Which objects each field of ours becomes."""


def objects_of(document: Document, content: bytes) -> tuple[str, list[Json]]:
    """The id of the bundle that it came in, and the objects, in the words of 2.1. Raises Uncarried."""
    bundle = bundle_of(content)
    graph = graph_of(bundle)
    came, before = graph.objects, document_of(graph, parts_of(graph)[0], bundle=bundle.id)
    names = {one.name for one in fields(Document)} - _FIXED
    changed = {name for name in names if getattr(before, name) != getattr(document, name)}
    return bundle.id, _laid_over(came, before, document, changed) if changed else came


def _laid_over(came: list[Json], before: Document, after: Document, changed: set[str]) -> list[Json]:
    frame = fresh.Frame(replace(after, is_withdrawn=False))
    objects = [dict(one) for one in came]
    if "indicators" in changed:
        objects = _with_indicators(objects, before, after, frame)
    for name in sorted(changed & _MAKERS.keys()):
        objects = _with_made(objects, after, frame, name)
    is_headless = not any(one["type"] in CONTAINERS for one in objects)
    if changed - (_LABELS if is_headless else _ASIDE):
        objects = _with_head(objects, after, frame, changed)
    if "marking" in changed:
        objects = remarking.remarked(objects, after.marking, frame)
    if "is_withdrawn" in changed:
        objects = [one | {"revoked": after.is_withdrawn} if "modified" in one else one for one in objects]
    return remarking.later(remarking.supported(objects, frame), came, after.revised_at)


def _with_indicators(objects: list[Json], before: Document, after: Document, frame: fresh.Frame) -> list[Json]:
    """Those that are gone go with what speaks of them; changed ones are written anew, new ones added."""
    wanted = {fresh.indicator_key(one, frame) for one in after.indicators} | {one.key for one in after.indicators}
    gone = {one.key for one in before.indicators} - wanted
    known, observed = set(before.indicators), {one["id"] for one in objects if one["type"] != "indicator"}
    new = (one for one in after.indicators if one not in known and one.key not in observed)
    return _with(_without(objects, gone), [fresh.indicator(one, frame) for one in new])


def _with_made(objects: list[Json], after: Document, frame: fresh.Frame, name: str) -> list[Json]:
    kinds, make = _MAKERS[name]
    made = list(make(after, frame))
    gone = {one["id"] for one in objects if one["type"] in kinds} - {one["id"] for one in made}
    return _with(_without(objects, gone), made)


def _without(objects: list[Json], gone: set[str]) -> list[Json]:
    """Without these, without what speaks of them, and without their places in reports."""
    if not gone:
        return objects
    speakers = {one["id"] for one in objects if one["type"] not in CONTAINERS and not gone.isdisjoint(references(one))}
    dropped = gone | speakers
    kept = [one for one in objects if one["id"] not in dropped]
    for one in kept:
        if one["type"] in CONTAINERS:
            one["object_refs"] = [key for key in one["object_refs"] if key not in dropped] or [one["id"]]
    return kept


def _with(objects: list[Json], made: list[Json]) -> list[Json]:
    """With these: in the place of what has their id, else behind, and listed by the first report or grouping."""
    new = {one["id"]: one for one in made}
    places = {one["id"]: one for one in objects}
    for one in objects:
        if one["id"] in new:
            one.update(new[one["id"]] | ({"created": one["created"]} if "created" in one else {}))
    head = next((one for one in objects if one["type"] in CONTAINERS), None)
    if head is not None:
        head["object_refs"] = list(dict.fromkeys([*head["object_refs"], *new]))
    return [*objects, *(one for key, one in new.items() if key not in places)]


def _with_head(objects: list[Json], after: Document, frame: fresh.Frame, changed: set[str]) -> list[Json]:
    """The report with our fields laid over; loose objects get one."""
    made = fresh.report(after, frame, [one for one in objects if one["type"] != MARKING])
    at = next((index for index, one in enumerate(objects) if one["type"] in CONTAINERS), None)
    if at is None:
        return [made, *objects]
    governed = {name for field in changed for name in _HEAD.get(field, ())}
    new = {name: value for name, value in objects[at].items() if name not in governed}
    new |= {name: made[name] for name in governed if name in made}
    ours = changed | ({"reader", "summary"} if "texts" in changed else set())
    told = {name: value for name, value in carried(made).items() if name in ours}
    kept = {name: value for name, value in carried(new).items() if name not in ours}
    objects[at] = carry(new, **kept, **told)
    return objects
