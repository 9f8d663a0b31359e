"""An event as a document: the facts of its parts, gathered."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from schakel.sharing.document import Document, Text, Weakness
from schakel.sharing.formats.misp import facts, markings, tags
from schakel.sharing.formats.misp.facts import Fact
from schakel.sharing.words import Credibility, ItemKind, Reliability

# Threat level (1 high, 2 medium, 3 low, 4 undefined) in the words that MISP's own taxonomy has for it.
THREAT_LEVELS = {
    word: f'misp:threat-level="{label}-risk"' for word, label in zip("123", ("high", "medium", "low"), strict=True)
}
# Analysis (0 initial, 1 ongoing, 2 completed): what is not done should be known to who reads it.
ANALYSES = {"0": 'misp:analysis="initial"', "1": 'misp:analysis="ongoing"'}


def document_of(event: dict[str, Any], place: str = "/Event") -> Document:
    """The document that a sound event is. Raises Unreadable for labels that are none."""
    marking = markings.marking_of(event, place)  # First: it knows the place of a label that is none.
    found = gathered(event)
    said = _said(event, place)
    return Document(
        kind=_first(said["kind"]) or _kind(found),
        title=event["info"],
        texts=_texts(found["texts"], event["info"]),
        marking=replace(marking, terms=(*marking.terms, *found["terms"])),
        key=event["uuid"].lower(),
        version=str(event.get("timestamp") or ""),
        publisher=(event.get("Orgc") or {}).get("name", ""),
        contributors=tuple(found["contributors"]),
        published_at=_published_at(event),
        revised_at=_moment(event.get("timestamp")),
        probability=_first(said["probability"]),
        damage=_first(said["damage"]),
        reliability=_agreed(said["reliability"], Reliability.F),
        credibility=_agreed(said["credibility"], Credibility.SIX),
        phase=_first(said["phase"]),
        is_withdrawn=bool(said["is_withdrawn"]),
        weaknesses=tuple(_weaknesses(found["weaknesses"])),
        products=_once(found["products"]),
        references=_once(found["references"]),
        indicators=_once(found["indicators"]),
        names=_once([*said["names"], *found["names"], *_names_of_parts(event)]),
        labels=_once([*_levels(event), *said["labels"]]),
    )


def gathered(event: dict[str, Any]) -> dict[str, list[Any]]:
    """The facts of all parts that their author has not deleted, by the field that they belong to."""
    found: dict[str, list[Any]] = defaultdict(list)
    for fact in _facts(event):
        found[fact.aspect].append(fact.value)
    return found


def _facts(event: dict[str, Any]) -> Iterator[Fact]:
    for kind, reader in (
        ("EventReport", facts.of_report),
        ("Attribute", facts.of_attribute),
        ("Object", facts.of_object),
    ):
        for part in event.get(kind) or ():
            if not facts.is_deleted(part):
                yield from reader(part)


def _said(event: dict[str, Any], place: str) -> dict[str, list[Any]]:
    said: dict[str, list[Any]] = defaultdict(list)
    for name in tags.names(event):
        one = tags.said(name, f"{place}/Tag")
        said[one.aspect].append(one.value)
    return said


def _names_of_parts(event: dict[str, Any]) -> Iterator[str]:
    attributes = [*(event.get("Attribute") or ())]
    attributes += [one for part in event.get("Object") or () for one in part.get("Attribute") or ()]
    for attribute in attributes:
        for name in tags.names(attribute):
            said = tags.said(name, "")
            if said.aspect == "names":
                yield said.value


def _levels(event: dict[str, Any]) -> Iterator[str]:
    yield from filter(None, [THREAT_LEVELS.get(str(event.get("threat_level_id")))])
    yield from filter(None, [ANALYSES.get(str(event.get("analysis")))])


def _kind(found: dict[str, list[Any]]) -> str:
    """What it is, where its author does not say: by what it mostly holds."""
    if found["weaknesses"] and not found["indicators"]:
        return ItemKind.ADVISORY
    has_report = any(text.title for text in found["texts"])
    return ItemKind.INDICATORS if found["indicators"] and not has_report else ItemKind.THREAT_REPORT


def _texts(found: list[Text], title: str) -> tuple[Text, ...]:
    """One text for each reader and language, of all that is said to them."""
    groups: dict[tuple[str, str], list[Text]] = defaultdict(list)
    for text in found:
        groups[text.reader, text.language].append(text)
    return tuple(_joined(texts, title) for texts in groups.values())


def _joined(texts: list[Text], title: str) -> Text:
    """The first title is the title; further reports keep theirs as a heading."""
    titled = [text for text in texts if text.title]
    bodies = [f"## {text.title}\n\n{text.body}" if text in titled[1:] else text.body for text in texts]
    return replace(
        texts[0],
        title=titled[0].title if titled else title,
        summary=_paragraphs(text.summary for text in texts),
        body=_paragraphs(bodies),
        action=_paragraphs(text.action for text in texts),
    )


def _paragraphs(parts: Iterable[str]) -> str:
    return "\n\n".join(filter(None, parts))


def _weaknesses(found: list[Weakness]) -> Iterator[Weakness]:
    """One for each number or name, with what any part says of it."""
    groups: dict[str, list[Weakness]] = defaultdict(list)
    for one in found:
        groups[one.cve or one.name].append(one)
    for several in groups.values():
        yield replace(
            several[0],
            name=_first([one.name for one in several if one.name]),
            cwe=_first([one.cwe for one in several if one.cwe]),
            scores=tuple(dict.fromkeys(score for one in several for score in one.scores)),
            score=max((one.score for one in several if one.score is not None), default=None),
        )


def _once(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(values))


def _first(values: list[str]) -> str:
    return values[0] if values else ""


def _agreed(values: list[str], unknown: str) -> str:
    """Where two judge differently, it cannot be judged."""
    different = set(values)
    return unknown if len(different) > 1 else _first(values)


def _published_at(event: dict[str, Any]) -> datetime | None:
    is_published = event.get("published") in (True, "1", 1)
    return (_moment(event.get("publish_timestamp")) or _moment(event.get("timestamp"))) if is_published else None


def _moment(seconds: Any) -> datetime | None:
    """A moment; 0 is MISP's word for never."""
    return datetime.fromtimestamp(int(seconds), UTC) if seconds and int(seconds) else None
