"""The words of a CSAF document: its notes, and what its weaknesses say, as texts for readers (3.1.5, 3.2.1.8).

A body is made of sections, each under its own heading; a section is a note. Titles tell the notes with a meaning of
their own: the two axes of the advisories of the Dutch NCSC, the course of action, and why a document was withdrawn.
"""

import re
from collections.abc import Iterator
from typing import Any

from schakel.sharing.document import Document, Text, Weakness
from schakel.sharing.words import Chance, Reader

Json = dict[str, Any]
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
AXES = {"kans": "probability", "schade": "damage"}
CHANCES = {word: chance.value for chance in Chance for word in (chance.value, chance.value[0])} | {
    "hoog": "high",
    "gemiddeld": "medium",
    "midden": "medium",
    "laag": "low",
}
ACTION = "Course of action"
ACTIONS = {
    "course of action",
    "handelingsperspectief",
    "oplossingen",
    "solution",
    "recommended practices",
    "mitigations",
}
WITHDRAWAL = "Reasoning for Withdrawal"
"""The title that CSAF 2.1 gives it (6.1.27.17); in 2.0, which has no profile for it, the same title says it."""


def title(note: Json) -> str:
    """The title of a note, to compare with."""
    return str(note.get("title", "")).strip().lower()


def chances(document: Json) -> dict[str, str]:
    """Probability and damage, where notes say them."""
    found = {
        AXES[title(note)]: CHANCES.get(note["text"].strip().lower(), "") for note in _notes(document) if _axis(note)
    }
    severity = re.fullmatch(r"([HML])/([HML])", document.get("aggregate_severity", {}).get("text", "").strip().upper())
    if severity and not found:
        found = dict(
            zip(("probability", "damage"), (CHANCES[letter.lower()] for letter in severity.groups()), strict=True)
        )
    return found


def is_withdrawn(document: Json) -> bool:
    """Whether its author has withdrawn it."""
    return document["category"] == "csaf_withdrawn" or any(
        title(note) == WITHDRAWAL.lower() for note in _notes(document)
    )


def texts(csaf: Json) -> tuple[Text, ...]:
    """What it says, expert readers first."""
    document = csaf["document"]
    readers = [Reader.EXPERT.value, *sorted({reader(note) for note in _notes(document)} - {Reader.EXPERT.value})]
    return tuple(_text(csaf, one) for one in readers)


def _text(csaf: Json, reader_: str) -> Text:
    document = csaf["document"]
    is_expert = reader_ == Reader.EXPERT.value
    mine = [note for note in _notes(document) if reader(note) == reader_]
    summary = next((note for note in mine if note["category"] == "summary" and not _has_meaning(note)), {})
    return Text(
        reader=reader_,
        language=document.get("lang", ""),
        title=document["title"] if is_expert else summary.get("title", ""),
        summary=summary.get("text", ""),
        body="\n\n".join(section for _place, section in sections(csaf, reader_)),
        action="\n\n".join(action for _place, action in actions(csaf, reader_)),
    )


def sections(csaf: Json, reader_: str = Reader.EXPERT) -> Iterator[tuple[str, str]]:
    """The parts of the body for one kind of reader, each with the JSON pointer of its note."""
    has_summary = False
    for number, note in enumerate(_notes(csaf["document"])):
        if reader(note) != reader_ or _has_meaning(note) or note["category"] == "legal_disclaimer":
            continue
        if note["category"] == "summary" and not has_summary:
            has_summary = True
            continue
        yield f"/document/notes/{number}", section(_heading(note), note["text"])
    if reader_ == Reader.EXPERT:
        yield from _of_weaknesses(csaf)


def _of_weaknesses(csaf: Json) -> Iterator[tuple[str, str]]:
    for number, weakness in enumerate(csaf.get("vulnerabilities", ())):
        name = name_of(weakness, number)
        for at, note in enumerate(weakness.get("notes", ())):
            if note["text"] not in {weakness.get("title"), name}:  # A note that we had to write says nothing new.
                heading = ": ".join(filter(None, (name, _heading(note))))
                yield f"/vulnerabilities/{number}/notes/{at}", section(heading, note["text"])


def name_of(weakness: Json, number: int) -> str:
    """How a text calls a weakness: CVE, title, other numbers."""
    others = ", ".join(dict.fromkeys(one["text"] for one in weakness.get("ids", ())))
    return str(weakness.get("cve") or weakness.get("title") or others or f"#{number + 1}")


def own_name(weakness: Weakness, number: int) -> str:
    """How a text calls a weakness of ours."""
    return weakness.cve or weakness.name or f"#{number + 1}"


def actions(csaf: Json, reader_: str = Reader.EXPERT) -> Iterator[tuple[str, str]]:
    """The parts of the course of action for one kind of reader, each once, with their JSON pointers."""
    for number, note in enumerate(_notes(csaf["document"])):
        if reader(note) == reader_ and title(note) in ACTIONS:
            yield f"/document/notes/{number}", note["text"]
    seen: set[str] = set()
    for number, weakness in enumerate(csaf.get("vulnerabilities", ()) if reader_ == Reader.EXPERT else ()):
        for at, remedy in enumerate(weakness.get("remediations", ())):
            words = "\n".join(filter(None, (remedy["details"], remedy.get("url"))))
            if words not in seen:
                seen.add(words)
                yield f"/vulnerabilities/{number}/remediations/{at}", words


def section(heading: str, text: str) -> str:
    """One part of a body."""
    return f"## {heading}\n\n{text}" if heading else text


def parts(body: str) -> Iterator[tuple[str, str]]:
    """Heading and text of each part of a body, as `section` put them together."""
    found = HEADING.split(body)
    if found[0].strip():
        yield "", found[0].strip("\n")
    for heading, text in zip(found[1::2], found[2::2], strict=True):
        yield heading, text.strip("\n")


def written(document: Document, text: Text) -> Iterator[Json]:
    """The notes of one text: summary, sections, course of action, for the reader that it is meant for."""
    is_expert = text.reader == Reader.EXPERT
    head = "" if is_expert else text.title
    if text.summary or head:
        yield note("summary", head, text.summary or head, text.reader)
    names = [own_name(weakness, number) for number, weakness in enumerate(document.weaknesses)]
    for heading, words in parts(text.body):
        if words and not any(is_expert and _is_of(heading, name) for name in names):
            yield note("description", heading, words, text.reader)
    if text.action:
        yield note("general", ACTION, text.action, text.reader)


def of_weakness(document: Document, name: str) -> list[Json]:
    """The notes of one weakness: the sections of the body that are headed by its name."""
    expert = next((text for text in document.texts if text.reader == Reader.EXPERT), None)
    found = parts(expert.body) if expert and name else iter(())
    return [
        note("description", heading.removeprefix(name).removeprefix(": "), words)
        for heading, words in found
        if words and _is_of(heading, name)
    ]


def axes(document: Document) -> Iterator[Json]:
    """The notes that say probability and damage, under the titles that the Dutch NCSC gives them."""
    for heading, field in AXES.items():
        if getattr(document, field):
            yield note("general", heading.title(), getattr(document, field))


def note(category: str, heading: str, text: str, reader_: str = Reader.EXPERT) -> Json:
    """A note; who is no expert is named as its audience."""
    found = {"category": category, "text": text}
    found |= {"title": heading} if heading else {}
    return found | ({"audience": str(reader_)} if reader_ != Reader.EXPERT else {})


def reader(note_: Json) -> str:
    """For whom a note is meant; an audience in words of its author's own is shown with the heading."""
    audience = str(note_.get("audience", ""))
    return audience if audience in Reader.values else Reader.EXPERT.value


def _heading(note_: Json) -> str:
    heading = " ".join(str(note_.get("title", "")).split())
    audience = " ".join(str(note_.get("audience", "")).split())
    return f"{heading} ({audience})".strip() if audience and audience not in Reader.values else heading


def _is_of(heading: str, name: str) -> bool:
    return heading == name or heading.startswith(f"{name}: ")


def _axis(note_: Json) -> bool:
    return title(note_) in AXES and note_["text"].strip().lower() in CHANCES


def _has_meaning(note_: Json) -> bool:
    return _axis(note_) or title(note_) in ACTIONS or title(note_) == WITHDRAWAL.lower()


def _notes(document: Json) -> list[Json]:
    return list(document.get("notes", ()))
