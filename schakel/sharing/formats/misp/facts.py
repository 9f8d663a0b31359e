"""What each part of an event says in our words: an attribute, an object, a report. One part yields any number of facts.

Reading gathers the facts of all parts; laying changes over an original finds by them which part to take out.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from schakel.sharing.document import Indicator, Product, Reference, Text, Weakness
from schakel.sharing.formats.misp import tags
from schakel.sharing.formats.misp.vocabulary import (
    EXPRESSIONS,
    KINDS,
    NAMES,
    PAIRS,
    PATTERNS,
    PROSE,
    REFERENCES,
    categories,
)
from schakel.sharing.indicators import normal
from schakel.sharing.words import IndicatorKind, Reader

STATUSES = ("affected", "fixed", "not-affected", "unknown")
CVE = re.compile(r"CVE-\d{4}-\d{4,}", re.IGNORECASE)
FOR_WHOM = re.compile(rf"\[({'|'.join(Reader)})(?:, ([A-Za-z0-9-]{{2,35}}))?\]$")
CONTRIBUTOR, TERMS = "contributor", "terms of use"
"""The comments by which we know our own attributes of text again."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One entry of the field `aspect` of a document."""

    aspect: str
    value: Any


def is_deleted(part: dict[str, Any]) -> bool:
    """Whether its author took it back; it stays in the event so that every server hears of it."""
    return part.get("deleted") in (True, "1", 1)


def of_attribute(attribute: dict[str, Any], *, is_inside: bool = False) -> Iterator[Fact]:
    """The facts of an attribute. `is_inside` an object, prose is a detail of the object and no text of the event."""
    kind, value = attribute["type"], str(attribute["value"])
    if kind in KINDS:
        yield from (Fact("indicators", indicator) for indicator in _indicators(attribute, kind, value))
    elif kind == "vulnerability":
        yield Fact("weaknesses", _weakness(value))
    elif kind == "weakness" and CVE.fullmatch(attribute.get("comment") or ""):
        yield Fact("weaknesses", Weakness(cve=attribute["comment"].upper(), cwe=value))
    elif kind in REFERENCES:
        yield Fact("references", Reference(url=value, summary=attribute.get("comment") or ""))
    elif kind in NAMES:
        yield Fact("names", value)
    elif kind == "cpe" and not is_inside:
        yield Fact("products", Product(name=attribute.get("comment") or value, cpe=value))
    elif kind in PROSE and not is_inside:
        yield _prose(attribute, value)
    elif kind not in categories():  # A type of a MISP that is newer than our list: not understood, not lost.
        yield Fact("indicators", _indicator(attribute, IndicatorKind.OTHER, value, attribute.get("uuid", "")))


def of_object(part: dict[str, Any]) -> Iterator[Fact]:
    """The facts of an object: some templates are one fact, any other is as good as its attributes."""
    inside = [one for one in part.get("Attribute") or () if not is_deleted(one)]
    reader = OBJECTS.get(part["name"])
    if reader is None:
        for attribute in inside:
            yield from of_attribute(attribute, is_inside=True)
        return
    related: dict[str, list[str]] = defaultdict(list)
    for attribute in inside:
        related[attribute.get("object_relation") or ""].append(str(attribute["value"]))
    yield from reader(part, related)


def of_report(report: dict[str, Any]) -> Iterator[Fact]:
    """A report is a text; its name is its title, with the reader behind it where we wrote it."""
    name, reader, language = _addressed(report["name"])
    yield Fact("texts", Text(reader=reader, language=language, title=name, body=report.get("content") or ""))


def _indicators(attribute: dict[str, Any], type_name: str, value: str) -> Iterator[Indicator]:
    """One for a plain attribute, one for each half that counts of a pair; the first has the attribute's own name."""
    kinds, key = KINDS[type_name], attribute.get("uuid") or ""
    values = value.split("|", 1) if type_name in PAIRS else [value]
    for number, (kind, half) in enumerate(zip(kinds, values, strict=False), start=1):
        yield _indicator(attribute, kind, half, key if number == 1 else f"{key}/{number}")


def _indicator(attribute: dict[str, Any], kind: str, value: str, key: str) -> Indicator:
    if "Tag" in attribute or "Galaxy" in attribute or "Sighting" in attribute or "warnings" in attribute:
        names = list(tags.names(attribute))
        labels = (*_labels(names), *_seen(attribute), *_warned(attribute))
        kind = _own_kind(names) or kind
        confidence = tags.confidence_of(names)
    else:
        labels, confidence = (), None
    is_expression = kind in EXPRESSIONS
    found = None if is_expression else _address(value) if kind == IndicatorKind.IP else normal(kind, value)
    if kind == IndicatorKind.IP and found and "/" in found:
        kind = IndicatorKind.NETWORK
    return Indicator(
        # What is no address or hash after all is nothing to search by.
        kind=kind if found or is_expression else IndicatorKind.OTHER,
        value="" if is_expression else found or value,
        key=key,
        pattern=value if is_expression else "",
        pattern_type=PATTERNS.get(attribute["type"], attribute["type"]) if is_expression else "",
        valid_from=moment(attribute.get("first_seen")),
        valid_until=moment(attribute.get("last_seen")),
        confidence=confidence,
        for_detection=attribute.get("to_ids", False) in (True, "1", 1),
        labels=labels,
        comment=attribute.get("comment") or "",
    )


def _address(value: str) -> str | None:
    """MISP writes networks as addresses."""
    return normal(IndicatorKind.NETWORK if "/" in value else IndicatorKind.IP, value)


def _labels(names: list[str]) -> Iterator[str]:
    """The tags that say nothing that has a place of its own; labels of TLP were judged for the whole event."""
    for name in names:
        said = tags.said(name, "")
        if said.aspect in {"labels", "names"} and not name.startswith(tags.OWN_PLACES):
            yield name if said.aspect == "names" else said.value


def _own_kind(names: list[str]) -> str | None:
    found = [name[len(tags.INDICATOR) : -1] for name in names if name.startswith(tags.INDICATOR)]
    return found[0] if found and found[0] in set(IndicatorKind) else None


def _seen(attribute: dict[str, Any]) -> Iterator[str]:
    """Whether others saw it, or took it for a false alarm (MISP sightings, types 0 and 1)."""
    kinds = {str(sighting.get("type", "0")) for sighting in attribute.get("Sighting") or ()}
    yield from (label for kind, label in (("0", tags.SIGHTED), ("1", tags.FALSE_ALARM)) if kind in kinds)


def _warned(attribute: dict[str, Any]) -> Iterator[str]:
    """The warning lists on which the sender's server found it."""
    for hit in attribute.get("warnings") or ():
        if hit.get("warninglist_name"):
            yield tags.WARNED.format(hit["warninglist_name"])


def _weakness(value: str) -> Weakness:
    return Weakness(cve=value.upper()) if CVE.fullmatch(value) else Weakness(name=value)


def _prose(attribute: dict[str, Any], value: str) -> Fact:
    comment = attribute.get("comment") or ""
    if comment == CONTRIBUTOR:
        return Fact("contributors", value)
    if comment == TERMS:
        return Fact("terms", value)
    return Fact("texts", Text(body=value))


def _addressed(name: str) -> tuple[str, str, str]:
    """The name of a report without for whom it was written, and for whom."""
    found = FOR_WHOM.search(name)
    return (name[: found.start()].strip(), found[1], found[2] or "") if found else (name, Reader.EXPERT, "")


def _vulnerability(_part: dict[str, Any], related: dict[str, list[str]]) -> Iterator[Fact]:
    scores = []
    for given in related["cvss-score"]:
        with suppress(ValueError):
            scores.append(float(given))
    name = next(iter(related["summary"] or related["description"]), "")
    score = max((one for one in scores if 0 <= one <= 10), default=None)  # noqa: PLR2004 - CVSS ends there
    for number in related["id"] or [""]:
        found = _weakness(number)
        yield Fact(
            "weaknesses",
            Weakness(cve=found.cve, name=name or found.name, scores=tuple(related["cvss-string"]), score=score),
        )
    yield from (Fact("references", Reference(url=url)) for url in related["references"])


def _software(part: dict[str, Any], related: dict[str, list[str]]) -> Iterator[Fact]:
    status, _colon, cves = (part.get("comment") or "").partition(": ")
    yield Fact(
        "products",
        Product(
            name=next(iter(related["name"]), ""),
            vendor=next(iter(related["vendor"]), ""),
            version=next(iter(related["version"]), ""),
            cpe=next(iter(related["cpe"]), ""),
            key=part.get("uuid") or "",
            status=status if status in STATUSES else "unknown",
            cves=tuple(cve for cve in cves.split(", ") if CVE.fullmatch(cve)),
        ),
    )


def _course_of_action(part: dict[str, Any], related: dict[str, list[str]]) -> Iterator[Fact]:
    _name, reader, language = _addressed(part.get("comment") or "")
    words = [*related["description"], *related["objective"]] or related["name"]
    yield Fact("texts", Text(reader=reader, language=language, action="\n\n".join(words)))


def _report(part: dict[str, Any], related: dict[str, list[str]]) -> Iterator[Fact]:
    _name, reader, language = _addressed(part.get("comment") or "")
    summary = "\n\n".join(related["summary"])
    if summary:
        yield Fact("texts", Text(reader=reader, language=language, summary=summary))
    yield from (Fact("references", Reference(url=url)) for url in related["link"])


OBJECTS: dict[str, Callable[[dict[str, Any], dict[str, list[str]]], Iterator[Fact]]] = {
    "vulnerability": _vulnerability,
    "software": _software,
    "course-of-action": _course_of_action,
    "report": _report,
}


def moment(given: str | None) -> datetime | None:
    """A moment of MISP, which leaves the zone out where it means UTC."""
    if not given:
        return None
    at = datetime.fromisoformat(given)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
