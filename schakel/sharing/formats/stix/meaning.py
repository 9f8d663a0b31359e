"""What a part of a bundle says in our words. What has no place here stays in the original and goes out with it."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from schakel.sharing.document import Document, Indicator, Product, Reference, Revision, Weakness
from schakel.sharing.formats.stix import observing, wording
from schakel.sharing.formats.stix.extension import AUTHOR, carried
from schakel.sharing.formats.stix.graph import ATTACHED, SUPPORT, Graph
from schakel.sharing.formats.stix.limits import Json
from schakel.sharing.formats.stix.parts import CONTAINERS, Part
from schakel.sharing.formats.stix.rules import moment
from schakel.sharing.words import Credibility, ItemKind

NAMED: Final = (
    *("incident", "campaign", "intrusion-set", "threat-actor", "malware", "attack-pattern", "tool", "infrastructure"),
)
"""What is a name of a threat, an actor or their means, the weightiest first."""
_TITLED: Final = (*NAMED[:5], "vulnerability", "course-of-action", *NAMED[5:], "indicator")
_CREDIBILITY: Final = ((80, Credibility.ONE), (60, Credibility.TWO), (40, Credibility.THREE), (20, Credibility.FOUR))
"""Confidence to credibility: STIX 2.1, appendix A, the Admiralty scale."""
_KINDS: Final = {"vulnerability": ItemKind.ADVISORY, "indicator": ItemKind.INDICATORS}


def document_of(graph: Graph, part: Part, *, bundle: str) -> Document:
    """The document that a part of the bundle with that id is; without its original."""
    objects = list(_newest(graph, part))
    head = graph.objects[part.head] if part.head is not None else {}
    title = head.get("name") or _title(objects) or bundle
    mine, main = carried(head), [one for one in objects if one["type"] not in SUPPORT | ATTACHED]
    return Document(
        kind=mine.get("kind") or _kind(head, main),
        title=title,
        texts=wording.texts(head, objects, title=title),
        marking=part.marking,
        key=mine.get("key") or head.get("id") or (main[0]["id"] if len(main) == 1 else bundle),
        version=mine.get("version") or head.get("modified") or max(_told(main, "modified"), default=""),
        publisher=_author(graph, head or (main or objects)[0]),
        published_at=_moment(head.get("published") or min(_told(main, "created"), default=None)),
        revised_at=_moment(head.get("modified") or max(_told(main, "modified"), default=None)),
        is_withdrawn=_is_withdrawn(head, main),
        credibility=mine.get("credibility") or _credibility(head.get("confidence")),
        weaknesses=tuple(_weaknesses(objects)),
        products=tuple(_products(objects)),
        references=tuple(_references([head] if head else main)),
        indicators=tuple(_indicators(objects)),
        names=tuple(mine.get("names") or _names(objects)),
        labels=tuple(_labels(head, mine, main)),
        revisions=tuple(_revision(one) for one in mine.get("revisions", ())),
        **_said(mine),
    )


def _said(mine: Json) -> dict[str, Any]:
    """What only our own extension says."""
    words = {name: str(mine.get(name, "")) for name in ("probability", "damage", "reliability", "phase")}
    times = {name: _moment(mine.get(name)) for name in ("valid_from", "valid_until")}
    return {**words, **times, "contributors": tuple(mine.get("contributors", ()))}


def _newest(graph: Graph, part: Part) -> Iterator[Json]:
    for index in part.members:
        one = graph.objects[index]
        if graph.newest[one["id"]] == index:
            yield one


def _told(objects: Iterable[Json], name: str) -> list[str]:
    return [one[name] for one in objects if name in one]


def _kind(head: Json, main: list[Json]) -> str:
    for name in head.get("report_types", ()):
        if name in _KINDS:
            return _KINDS[name]
    held = {one["type"] for one in main} - CONTAINERS
    if held == {"course-of-action"}:
        return ItemKind.COURSE_OF_ACTION
    if "vulnerability" in held and "indicator" not in held:
        return ItemKind.ADVISORY
    is_observed = held and all(kind == "indicator" or _is_observable(one) for one in main for kind in [one["type"]])
    return ItemKind.INDICATORS if is_observed and not head else ItemKind.THREAT_REPORT


def _is_observable(one: Json) -> bool:
    return "created" not in one or one["type"] == "observed-data"


def _title(objects: list[Json]) -> str:
    named = [one for one in objects if one.get("name") and one["type"] in _TITLED]
    best = min(named, key=lambda one: _TITLED.index(one["type"]), default=None)
    return str(best["name"]) if best else next((str(one["name"]) for one in objects if one.get("name")), "")


def _author(graph: Graph, one: Json) -> str:
    author = graph.newest.get(one.get("created_by_ref", ""))
    is_other = author is not None and graph.objects[author]["id"] != AUTHOR
    return str(graph.objects[author].get("name", "")) if author is not None and is_other else ""


def _moment(text: Any) -> datetime | None:
    return moment(text) if isinstance(text, str) else None


def _is_withdrawn(head: Json, main: list[Json]) -> bool:
    if head:
        return bool(head.get("revoked", False))
    return bool(main) and all(one.get("revoked", False) for one in main)


def _credibility(confidence: int | None) -> str:
    if confidence is None:
        return ""
    return next((word for least, word in _CREDIBILITY if confidence >= least), Credibility.FIVE)


def _weaknesses(objects: list[Json]) -> Iterator[Weakness]:
    for one in objects:
        if one["type"] == "vulnerability":
            mine, elsewhere = carried(one), one.get("external_references", ())
            cve = next((_outside(ref) for ref in elsewhere if ref["source_name"].lower() == "cve"), "")
            name = one["name"] if one["name"] != cve else mine.get("name", "")
            if not cve and name.upper().startswith("CVE-"):
                cve, name = name.upper(), ""
            cwe = next((_outside(ref) for ref in elsewhere if ref["source_name"].lower() == "cwe"), "")
            yield Weakness(cve=cve, name=name, cwe=cwe, scores=tuple(mine.get("scores", ())), score=mine.get("score"))


def _outside(reference: Json) -> str:
    return str(reference.get("external_id", ""))


def _products(objects: list[Json]) -> Iterator[Product]:
    for one in objects:
        if one["type"] == "software":
            mine = carried(one)
            yield Product(
                name=one["name"],
                vendor=one.get("vendor", ""),
                version=one.get("version", ""),
                cpe=one.get("cpe", ""),
                purl=mine.get("purl", ""),
                key=mine.get("key") or one["id"],
                status=mine.get("status", "unknown"),
                cves=tuple(mine.get("cves", ())),
            )


def _references(objects: list[Json]) -> Iterator[Reference]:
    seen = set()
    for reference in (one for each in objects for one in each.get("external_references", ())):
        if "url" in reference and reference["url"] not in seen:
            seen.add(reference["url"])
            yield Reference(url=reference["url"], summary=reference.get("description") or _source(reference))


def _source(reference: Json) -> str:
    return "" if reference["source_name"] == "url" else str(reference["source_name"])


def _indicators(objects: list[Json]) -> Iterator[Indicator]:
    for one in objects:
        if one["type"] == "indicator":
            yield from observing.of_indicator(one)
        elif "created" not in one:
            yield from observing.of_observable(one)
        elif one["type"] == "observed-data":
            for inner in one.get("objects", {}).values():
                yield from observing.of_observable({"id": one["id"]} | inner)


def _names(objects: list[Json]) -> Iterator[str]:
    named = (str(one["name"]) for one in objects if one["type"] in NAMED and one.get("name"))
    return iter(dict.fromkeys(named))


def _labels(head: Json, mine: Json, main: list[Json]) -> Iterator[str]:
    """Those of the report, but for the names that we write among them for readers that do not know our extension."""
    given = head.get("labels", ()) if head else _shared(main)
    return (label for label in given if label not in mine.get("names", ()))


def _shared(main: list[Json]) -> list[str]:
    """What all parts are labelled with says something about the whole."""
    every = [one.get("labels", []) for one in main]
    return [label for label in every[0] if all(label in labels for labels in every)] if every else []


def _revision(one: Json) -> Revision:
    return Revision(number=str(one.get("number", "")), at=_moment(one.get("at")), summary=str(one.get("summary", "")))
