"""The few marks of a notice's text, turned into plain text and HTML.

Paragraphs, numbered and bulleted lists, `**bold**` and `` `code` ``: enough for instructions, and so little
that nothing which a report or a person wrote can become markup. Marks are read in our own text alone, before
values are put in; HTML escapes both.
"""

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

WIDTH: Final = 72
_ITEM: Final = re.compile(r"(?:(?P<number>\d+)\.|-) +(?P<words>.+)")
_BOLD: Final = re.compile(r"\*\*(.+?)\*\*")
_CODE: Final = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph (`tag` p, one line) or a list (`tag` ol or ul, a line for each item)."""

    tag: str
    lines: tuple[str, ...]


def blocks(markdown: str) -> Iterator[Block]:
    """The blocks of a text; they are parted by empty lines, and wrapped lines are joined."""
    for chunk in re.split(r"\n\s*\n", markdown.strip()):
        lines = [line.strip() for line in chunk.splitlines()]
        first = _ITEM.fullmatch(lines[0])
        if first is None:
            yield Block("p", (" ".join(lines),))
        else:
            yield Block("ol" if first["number"] else "ul", tuple(_items(lines)))


def filled(markdown: str, words: Mapping[str, str]) -> str:
    """The Markdown with its placeholders filled, without paragraphs that stay empty."""
    paragraphs = (part.format_map(words).strip() for part in re.split(r"\n\s*\n", markdown))
    return "\n\n".join(part for part in paragraphs if part)


def plain(sections: Sequence[tuple[str, str]], words: Mapping[str, str]) -> str:
    """Headings underlined, lines wrapped, lists numbered or bulleted, marks left out; ends in a line end."""
    parts: list[str] = []
    for heading, markdown in sections:
        parts.append(f"{heading}\n{'-' * len(heading)}")
        parts += (_plain_block(block, words) for block in blocks(markdown))
    return "\n\n".join(part for part in parts if part) + "\n"


def html(sections: Sequence[tuple[str, str]], words: Mapping[str, str]) -> str:
    """Headings of level 2, paragraphs and lists; everything escaped, bold and code in our own text marked."""
    safe = {name: escape(value) for name, value in words.items()}
    parts: list[str] = []
    for heading, markdown in sections:
        parts.append(f"<h2>{escape(heading)}</h2>")
        parts += (_html_block(block, safe) for block in blocks(markdown))
    return "\n".join(part for part in parts if part)


def _items(lines: Sequence[str]) -> Iterator[str]:
    """The items of a list; a line that opens none belongs to the item above it."""
    item = ""
    for line in lines:
        opening = _ITEM.fullmatch(line)
        if opening and item:
            yield item
        item = opening["words"] if opening else f"{item} {line}"
    yield item


def _plain_block(block: Block, words: Mapping[str, str]) -> str:
    lines = [_CODE.sub(r"\1", _BOLD.sub(r"\1", line)).format_map(words) for line in block.lines]
    if block.tag == "p":
        return _wrapped(lines[0], mark="")
    marks = (f"{number}. " if block.tag == "ol" else "- " for number in range(1, len(lines) + 1))
    return "\n".join(_wrapped(line, mark=mark) for line, mark in zip(lines, marks, strict=True))


def _wrapped(line: str, *, mark: str) -> str:
    return textwrap.fill(
        line,
        WIDTH,
        initial_indent=mark,
        subsequent_indent=" " * len(mark),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _html_block(block: Block, safe: Mapping[str, str]) -> str:
    lines = [_marked(line).format_map(safe) for line in block.lines]
    if block.tag == "p":
        return f"<p>{lines[0]}</p>" if lines[0] else ""
    items = "".join(f"<li>{line}</li>" for line in lines)
    return f"<{block.tag}>{items}</{block.tag}>"


def _marked(line: str) -> str:
    return _CODE.sub(r"<code>\1</code>", _BOLD.sub(r"<strong>\1</strong>", escape(line)))
