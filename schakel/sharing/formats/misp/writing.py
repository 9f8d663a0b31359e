"""A document as a new event."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from schakel.sharing.document import Document
from schakel.sharing.formats.misp import reading, tags
from schakel.sharing.formats.misp.markings import DISTRIBUTIONS, PARTS
from schakel.sharing.formats.misp.parts import Maker

ENTRIES = ("texts", "weaknesses", "products", "references", "indicators", "contributors", "terms")
OURS = uuid5(NAMESPACE_URL, "urn:schakel:misp")
LEVELS = {label: number for number, label in reading.THREAT_LEVELS.items()}
STAGES = {label: number for number, label in reading.ANALYSES.items()}
UNDEFINED, COMPLETED = "4", "2"


def add(event: dict[str, Any], make: Maker, items: Iterable[tuple[tuple[str, str], Any]]) -> None:
    """Add the parts of these entries; one that was there before is there again."""
    places = {kind: {one.get("uuid"): number for number, one in enumerate(event.get(kind) or ())} for kind in PARTS}
    for (aspect, _name), value in items:
        for part in make.of(aspect, value):
            listed = event.setdefault(part.place, [])
            number = places[part.place].setdefault(part.content["uuid"], len(listed))
            if number == len(listed):
                listed.append(part.content)
            else:
                listed[number] = listed[number] | part.content | {"deleted": False}


def uuid_of(document: Document) -> UUID:
    """The event's lasting name: that of the original, or one made of publisher and key."""
    try:
        return UUID(document.key)
    except ValueError:
        return uuid5(OURS, f"{document.publisher}/{document.key or document.title}")


def event_of(document: Document) -> dict[str, Any]:
    """A complete new event."""
    own, at = uuid_of(document), stamp(document)
    event: dict[str, Any] = {
        "uuid": str(own),
        "info": document.title,
        "date": f"{document.published_at or document.revised_at or datetime.fromtimestamp(0, UTC):%Y-%m-%d}",
        "timestamp": at,
        "publish_timestamp": seconds(document.published_at),
        "published": document.published_at is not None,
        "threat_level_id": level(document.labels, LEVELS, UNDEFINED),
        "analysis": level(document.labels, STAGES, COMPLETED),
        "distribution": DISTRIBUTIONS[document.marking.tlp],
        "Orgc": {"uuid": str(uuid5(OURS, document.publisher)), "name": document.publisher or "-"},
        "Tag": [{"name": name} for name in _tags(document)],
    }
    add(event, Maker(own, at), entries(document).items())
    return taken_back(event) if document.is_withdrawn else event


def entries(document: Document) -> dict[tuple[str, str], Any]:
    """The entries of the lists of a document, each by field and name."""
    listed = {name: getattr(document, name) for name in ENTRIES if name != "terms"} | {"terms": document.marking.terms}
    return {(aspect, name_of(aspect, value)): value for aspect, values in listed.items() for value in values}


def name_of(aspect: str, value: Any) -> str:
    """By what an entry is known again when the rest of it changes."""
    if aspect == "texts":
        return f"{value.reader}/{value.language}"
    if aspect == "weaknesses":
        return str(value.cve or value.name)
    if aspect == "products":
        return str(value.key or f"{value.name}/{value.version}")
    if aspect == "references":
        return str(value.url)
    return f"{value.key}/{value.kind}/{value.value}/{value.pattern}" if aspect == "indicators" else str(value)


def seconds(at: datetime | None) -> str:
    """A moment as MISP writes it; never is 0."""
    return str(int(at.timestamp())) if at else "0"


def stamp(document: Document) -> str:
    """When it last changed."""
    return seconds(document.revised_at or document.published_at)


def level(labels: Iterable[str], numbers: dict[str, str], otherwise: str) -> str:
    """The number of the first of these labels that is a level."""
    return next((numbers[label] for label in labels if label in numbers), otherwise)


def _tags(document: Document) -> Iterator[str]:
    for said in tags.of_document(document):
        if said.value not in LEVELS and said.value not in STAGES:
            yield tags.written(said)


def taken_back(event: dict[str, Any]) -> dict[str, Any]:
    """Every part marked as deleted: servers that have the event take them back."""
    for kind in PARTS:
        if event.get(kind):
            event[kind] = [{**part, "deleted": True} for part in event[kind]]
    return event
