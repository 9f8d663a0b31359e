"""The first line of a table: what parts its columns, and what it calls them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Final

from schakel.intake.formats.delimited import Dialect, Record, Records
from schakel.intake.formats.shapes import FormatRefused, Limits, Reject
from schakel.intake.formats.text import Block

DELIMITERS: Final = (",", ";", "\t", "|")
_QUOTED: Final = re.compile(r'"[^"]*"')
_STATED: Final = re.compile(rb"sep=([,;|\t])", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The names as they stand, and the dialect of the rows below."""

    names: tuple[str, ...]
    dialect: Dialect


def delimiter_of(line: str) -> str:
    """The sign that parts most fields of this line; a comma where there is none."""
    bare = _QUOTED.sub("", line)
    return max(DELIMITERS, key=bare.count)


def plain_name(name: str) -> str:
    """A column's name for comparison: lower case, every run of other signs one underscore."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def take(
    text: Iterator[Block | Reject], *, limits: Limits, delimiter: str | None = None
) -> tuple[Header, Iterator[Block | Reject]] | None:
    """The header and the text below it, or None where there is no line at all.

    Excel's opening line `sep=;` states the delimiter. Raises FormatRefused for a header that cannot be read.
    """
    for item in text:
        if isinstance(item, Reject):
            raise FormatRefused("bad-header", "The first line of the table cannot be read.")
        start, line = _first_line(item)
        if not line:
            continue
        if stated := _STATED.fullmatch(line):
            rest = Block(item.line + 1, item.body[start + len(line) + 1 :])
            return take(chain([rest], text), limits=limits, delimiter=stated.group(1).decode())
        delimiter = delimiter or delimiter_of(line.decode())
        header, below = _parsed(Block(item.line, item.body), delimiter, limits)
        return header, chain([below], text)
    return None


def _first_line(block: Block) -> tuple[int, bytes]:
    """Offset and content of the first line that is not empty; nothing where all are."""
    body = block.body
    start = len(body) - len(body.lstrip(b"\n"))
    return start, body[start : body.find(b"\n", start)] if start < len(body) else b""


def _parsed(block: Block, delimiter: str, limits: Limits) -> tuple[Header, Block]:
    open_ended = Dialect(delimiter=delimiter, width=limits.columns + 1, record_bytes=limits.line_bytes)
    record = next(Records(open_ended).split(block, final=True))
    if not isinstance(record, Record):
        raise FormatRefused("bad-header", "The first line of the table cannot be read.")
    names = tuple(name.strip() for name in record.fields)
    if len(names) > limits.columns:
        raise FormatRefused("too-many-columns", f"The table has more than {limits.columns} columns.")
    skipped = record.line - block.line
    rest = block.body[skipped + len(record.raw.encode()) + 1 :]
    dialect = Dialect(delimiter=delimiter, width=len(names), record_bytes=limits.line_bytes)
    return Header(names=names, dialect=dialect), Block(record.line + record.raw.count("\n") + 1, rest)
