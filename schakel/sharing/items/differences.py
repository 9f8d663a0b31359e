"""What is different between two versions of an item: in its facts, its texts and its lists."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Literal

from schakel.sharing.document import Document, Text

Sign = Literal["same", "gone", "new"]
Piece = tuple[Sign, str]
FACTS = (
    "title", "kind", "phase", "probability", "damage", "reliability", "credibility", "publisher", "contributors",
    "valid_from", "valid_until",
)  # fmt: skip
LISTS = ("weaknesses", "products", "references")
PARTS = ("title", "summary", "action", "body")
LONGEST = 3000
"""Texts of more lines are compared as one piece: finding what moved in them would take seconds."""
_WORDS = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True, slots=True)
class Changed:
    """One fact, before and after."""

    name: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class TextChange:
    """One text for one kind of reader, piece by piece, by part of it."""

    reader: str
    language: str
    parts: dict[str, list[Piece]]


@dataclass(frozen=True, slots=True)
class ListChange:
    """What a list lost and gained."""

    name: str
    gone: tuple[object, ...]
    new: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """All that is different."""

    facts: list[Changed]
    texts: list[TextChange]
    lists: list[ListChange]


def difference(before: Document, after: Document) -> Difference:
    """What changed from one version to another; indicators are asked of their rows."""
    return Difference(
        facts=[
            Changed(name, getattr(before, name), getattr(after, name))
            for name in FACTS
            if getattr(before, name) != getattr(after, name)
        ],
        texts=list(_texts(before, after)),
        lists=[change for name in LISTS if (change := _listed(name, getattr(before, name), getattr(after, name)))],
    )


def _texts(before: Document, after: Document) -> Iterator[TextChange]:
    old, new = ({(one.reader, one.language): one for one in told.texts} for told in (before, after))
    for reader, language in dict.fromkeys([*new, *old]):
        one, other = (texts.get((reader, language), Text()) for texts in (old, new))
        parts = {
            part: list(pieces(getattr(one, part), getattr(other, part)))
            for part in PARTS
            if getattr(one, part) != getattr(other, part)
        }
        if parts:
            yield TextChange(reader, language, parts)


def _listed(name: str, before: Sequence[object], after: Sequence[object]) -> ListChange | None:
    gone = tuple(one for one in before if one not in after)
    new = tuple(one for one in after if one not in before)
    return ListChange(name, gone, new) if gone or new else None


def pieces(before: str, after: str) -> Iterator[Piece]:
    """Two texts as one: what stayed, what went, what came. Lines that changed are compared word by word."""
    lines = before.splitlines(keepends=True), after.splitlines(keepends=True)
    if max(map(len, lines)) > LONGEST:
        yield from _piece("gone", before)
        yield from _piece("new", after)
        return
    yield from _merged(_compared(*lines))


def _compared(old: list[str], new: list[str]) -> Iterator[Piece]:
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from _piece("same", "".join(old[a:b]))
        else:
            for one, other in zip_longest(old[a:b], new[c:d], fillvalue=""):
                yield from _by_word(one, other)


def _by_word(one: str, other: str) -> Iterator[Piece]:
    old, new = _WORDS.findall(one), _WORDS.findall(other)
    if max(len(old), len(new)) > LONGEST:
        old, new = [one], [other]
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from _piece("same", "".join(old[a:b]))
        else:
            yield from _piece("gone", "".join(old[a:b]))
            yield from _piece("new", "".join(new[c:d]))


def _piece(sign: Sign, text: str) -> Iterator[Piece]:
    if text:
        yield sign, text


def _merged(found: Iterator[Piece]) -> Iterator[Piece]:
    """Neighbours of one sign as one piece."""
    last: Piece | None = None
    for sign, text in found:
        if last and last[0] == sign:
            last = (sign, last[1] + text)
            continue
        if last:
            yield last
        last = (sign, text)
    if last:
        yield last
