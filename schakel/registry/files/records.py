"""CSV bytes into records, with the line where each begins.

Two ways with one outcome. Well-formed text, nearly always, is measured with arrays (where do quotes open and
close, how many fields has each record) and handed to polars as it is. Where anything is unusual, the block
goes the careful way: record by record, so that one broken row is reported and the rest stays.
Source of the form: RFC 4180; a single LF and other separators are taken as well.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

LF, QUOTE = ord("\n"), ord('"')
LONGEST_RECORD = 1 << 17  # also the longest field that the csv module takes
LONGEST_RAW = 2000


@dataclass(frozen=True, slots=True)
class Broken:
    """A record that has no columns: where it begins, why, and its text."""

    line: int
    reason: str
    raw: str


@dataclass(slots=True)
class Records:
    """Records of one block: `frame` has `line` and a text column for each column of the header."""

    frame: pl.DataFrame
    broken: list[Broken] = field(default_factory=list)

    def pieces(self, limit: int) -> "Iterator[Records]":
        """The same in frames of at most `limit` rows; the broken ones come with the first."""
        for at in range(0, max(len(self.frame), 1), limit):
            yield Records(self.frame.slice(at, limit), self.broken if at == 0 else [])


@dataclass(frozen=True, slots=True)
class Shape:
    """The header's columns and the separator."""

    columns: tuple[str, ...]
    separator: str

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """All text: what the values are is judged later."""
        return dict.fromkeys(self.columns, pl.String())


def regular_ends(text: NDArray[np.uint8], shape: Shape, *, is_last: bool) -> NDArray[np.intp] | None:
    """Where the records end (index of their LF), or None when the text must go the careful way."""
    quotes = np.flatnonzero(text == QUOTE)
    if not _quotes_are_regular(text, quotes, shape.separator) or (is_last and len(quotes) % 2):
        return None
    ends = _outside(np.flatnonzero(text == LF), quotes)
    starts = np.concatenate([[0], ends[:-1] + 1]) if len(ends) else ends
    rest = len(text) - (ends[-1] + 1 if len(ends) else 0)
    if rest > LONGEST_RECORD or (ends - starts > LONGEST_RECORD).any() or (ends == starts).any():
        return None
    separators = _outside(np.flatnonzero(text == ord(shape.separator)), quotes)
    field_counts = np.diff(np.searchsorted(separators, ends), prepend=0) + 1
    return ends if (field_counts == len(shape.columns)).all() else None


def _quotes_are_regular(text: NDArray[np.uint8], quotes: NDArray[np.intp], separator: str) -> bool:
    """Whether each quote opens after a separator, closes before one, or is doubled."""
    neighbours = np.zeros(256, np.bool_)
    neighbours[[LF, QUOTE, ord(separator)]] = True
    opens, closes = quotes[::2], quotes[1::2]
    before = text[opens[opens > 0] - 1]
    after = text[closes[closes < len(text) - 1] + 1]
    return bool(neighbours[before].all() and neighbours[after].all())


def _outside(places: NDArray[np.intp], quotes: NDArray[np.intp]) -> NDArray[np.intp]:
    return places[np.searchsorted(quotes, places) % 2 == 0] if len(quotes) else places


def regular(block: bytes, ends: NDArray[np.intp], shape: Shape, first_line: int, limit: int) -> Iterator[Records]:
    """The records of regular text, in frames of at most `limit` rows."""
    newlines = np.flatnonzero(np.frombuffer(block, np.uint8) == LF) if len(ends) else ends
    starts = np.concatenate([[0], ends[:-1] + 1])
    lines = first_line + (np.arange(len(ends)) if len(newlines) == len(ends) else np.searchsorted(newlines, starts))
    for at in range(0, len(ends), limit):
        upto = min(at + limit, len(ends))
        piece = memoryview(block)[starts[at] : ends[upto - 1] + 1]
        frame = pl.read_csv(
            bytes(piece),
            has_header=False,
            separator=shape.separator,
            schema=shape.schema,
            low_memory=True,
            truncate_ragged_lines=False,
        )
        yield Records(frame.select(pl.Series("line", lines[at:upto].astype(np.uint32)), pl.all()))


def careful(text: str, shape: Shape, first_line: int, *, is_last: bool) -> tuple[Records, int]:
    """The records of any text that ends in LF, and how many of its characters they took.

    A broken record loses its first line only: a quote that was opened by mistake must not swallow what follows.
    """
    rows: list[tuple[int, list[str]]] = []
    broken: list[Broken] = []
    pattern = _pattern(shape.separator)
    at, line = 0, first_line
    while at < len(text):
        found = pattern.match(text, at)
        if not found and not is_last and len(text) - at <= LONGEST_RECORD:
            break  # The open quote may be closed in what is still to come.
        record = found.group() if found else text[at : text.index("\n", at) + 1]
        fields = _fields(record, shape) if found else "quoting"
        if isinstance(fields, str):
            record = record[: record.index("\n") + 1]
            broken.append(Broken(line, fields, record[:LONGEST_RAW].rstrip("\n")))
        elif fields:
            rows.append((line, fields))
        at, line = at + len(record), line + record.count("\n")
    frame = pl.DataFrame([row for _, row in rows], schema=shape.schema, orient="row")
    lines = pl.Series("line", [line for line, _ in rows], dtype=pl.UInt32)
    return Records(frame.select(lines, pl.all()), broken), at


def _pattern(separator: str) -> re.Pattern[str]:
    """A record with its line end. Nothing matches where a quote opens and never closes."""
    plain = rf"[^{separator}\n]*"
    value = rf'(?:"[^"]*+(?:""[^"]*+)*+"{plain}|(?!"){plain})'
    return re.compile(rf"{value}(?:{separator}{value})*\n")


def _fields(record: str, shape: Shape) -> list[str] | str:
    """The fields of a record, none for a blank line, or the reason why it is broken."""
    text = record.removesuffix("\n")
    if len(text) > LONGEST_RECORD:
        return "too-long"
    try:
        fields = next(csv.reader([text], delimiter=shape.separator, strict=True), [])
    except csv.Error:
        return "quoting"
    if text.strip() and len(fields) != len(shape.columns):
        return "column-count"
    return fields if text.strip() else []
