"""Delimited text (RFC 4180, and what passes for it) to columns: fast where it is regular, careful where not.

A block whose quotation marks all stand where the RFC wants them goes to polars whole. Any other block is
split record by record here. Both give the same columns for the same text; a property test holds them to it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from schakel.intake.formats.shapes import RAW_LENGTH, Reject
from schakel.intake.formats.text import NEWLINE, Block

_QUOTE: Final = 0x22
PATIENCE_BYTES: Final = 64 << 20
"""How much text may be read twice in search of a closing mark, before whole stretches are set aside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What parts the fields (one ASCII character), and how many columns the header has."""

    delimiter: str
    width: int
    record_bytes: int


@dataclass(frozen=True, slots=True)
class Part:
    """Some records as text columns `c0`, `c1`, … beside `line` and `source_row`, and the rejects among them."""

    frame: pl.DataFrame
    rejects: list[Reject]


def parts(text: Iterable[Block | Reject], dialect: Dialect, wanted: Sequence[int]) -> Iterator[Part]:
    """All records of the text as columns of which only `wanted` are kept. Empty fields may be "" or null."""
    splitter = Splitter(dialect, wanted)
    for item in text:
        if isinstance(item, Reject):  # The stream has a gap here, so an open record ends.
            yield splitter.finish()
            yield Part(splitter.empty(), [item])
            continue
        yield from splitter.split(item)
    yield splitter.finish()


class Splitter:
    """Splits blocks into records, and keeps the record that a block leaves open for the next."""

    def __init__(self, dialect: Dialect, wanted: Sequence[int]) -> None:
        self._dialect = dialect
        self._wanted = wanted
        self._records = Records(dialect)
        self._open = Block(1, b"")

    def split(self, block: Block) -> Iterator[Part]:
        """The complete records of the block."""
        if self._open.body:
            block = Block(self._open.line, self._open.body + block.body)
        regular = regular_records(block, self._dialect)
        frame = None if regular is None else self._fast(block, regular)
        if regular is None or frame is None:
            yield self._careful(block, final=False)
            return
        cut = int(regular.ends[-1]) + 1
        self._open = Block(block.line + regular.newline_count, block.body[cut:])
        yield Part(frame, [])

    def finish(self) -> Part:
        """What is left, as if the text ended here."""
        block, self._open = self._open, Block(1, b"")
        return self._careful(block, final=True)

    def empty(self) -> pl.DataFrame:
        """No records, in the columns that all parts have."""
        return self._frame([], [], [])

    def _fast(self, block: Block, regular: "Regular") -> pl.DataFrame | None:
        body = block.body[: int(regular.ends[-1]) + 1]
        head = ",".join(f"c{index}" for index in range(self._dialect.width))
        names = head.replace(",", self._dialect.delimiter).encode() + b"\n"
        frame = pl.read_csv(
            names + body, separator=self._dialect.delimiter, columns=list(self._wanted), infer_schema=False
        )
        if frame.height != len(regular.ends):
            return None
        return frame.with_columns(
            pl.Series("line", regular.lines, pl.UInt32), _texts(body, regular.ends).alias("source_row")
        )

    def _careful(self, block: Block, *, final: bool) -> Part:
        rows: list[list[str]] = []
        lines: list[int] = []
        raws: list[str] = []
        rejects: list[Reject] = []
        self._open = Block(1, b"")
        for record in self._records.split(block, final=final):
            if isinstance(record, Reject):
                rejects.append(record)
            elif isinstance(record, Block):
                self._open = record
            else:
                rows.append(record.fields)
                lines.append(record.line)
                raws.append(record.raw)
        return Part(self._frame(rows, lines, raws), rejects)

    def _frame(self, rows: list[list[str]], lines: list[int], raws: list[str]) -> pl.DataFrame:
        columns = {
            f"c{index}": pl.Series([row[index] if index < len(row) else None for row in rows], dtype=pl.String)
            for index in self._wanted
        }
        kept = {"line": pl.Series(lines, dtype=pl.UInt32), "source_row": pl.Series(raws, dtype=pl.String)}
        return pl.DataFrame(columns | kept)


@dataclass(frozen=True, slots=True)
class Regular:
    """Where the records of a regular block end (offsets of newlines) and on which lines they begin."""

    ends: NDArray[np.intp]
    lines: NDArray[np.intp]
    newline_count: int


def regular_records(block: Block, dialect: Dialect) -> Regular | None:
    """The records of the block, or None where only careful reading is safe.

    Regular is: every quotation mark opens a field, closes one or is doubled inside one (RFC 4180, section 2);
    no record has more fields than the header or more bytes than the limit; between records no empty line;
    nowhere a NUL or a lone CR. A record that is open at the end is left out.
    """
    if b"\r" in block.body or b"\x00" in block.body:
        return None
    octets = np.frombuffer(block.body, np.uint8)
    signs = np.flatnonzero((octets == _QUOTE) | (octets == ord(dialect.delimiter)) | (octets == NEWLINE))
    sorts = octets[signs]
    plain = np.flatnonzero(sorts != _QUOTE)
    marks_before = plain - np.arange(len(plain))
    borders = plain[(marks_before & 1) == 0]
    newlines = np.flatnonzero(sorts[borders] == NEWLINE)
    if not newlines.size:
        return None
    last = borders[newlines]
    ends = signs[last]
    field_counts = np.diff(newlines, prepend=-1)
    lengths = np.diff(ends, prepend=-1)
    is_fit = field_counts.max() <= dialect.width and lengths.min() > 1 and lengths.max() <= dialect.record_bytes + 1
    if not is_fit or not _are_paired(signs[: last[-1] + 1], sorts[: last[-1] + 1]):
        return None
    upto = np.searchsorted(np.flatnonzero(sorts == NEWLINE), last) + 1
    return Regular(ends, block.line + np.concatenate(([0], upto[:-1])), int(upto[-1]))


def _are_paired(signs: NDArray[np.intp], sorts: NDArray[np.uint8]) -> bool:
    """Whether each odd mark follows a border or a mark, and each even mark is followed by one."""
    marks = np.flatnonzero(sorts == _QUOTE)
    adjoins = np.empty(len(signs), np.bool_)
    adjoins[0] = signs[0] == 0
    np.equal(np.diff(signs), 1, out=adjoins[1:])
    return bool(adjoins[marks[0::2]].all() and adjoins[marks[1::2] + 1].all())


def lines_of(block: Block) -> pl.DataFrame:
    """Each line as it stands (`source_row`; NUL as U+FFFD, for text cannot hold it), with its number (`line`)."""
    body = block.body.replace(b"\x00", "\ufffd".encode())
    ends = np.flatnonzero(np.frombuffer(body, np.uint8) == NEWLINE)
    lines = pl.int_range(block.line, block.line + len(ends), dtype=pl.UInt32, eager=True)
    return pl.DataFrame({"line": lines, "source_row": _texts(body, ends)})


def _texts(body: bytes, ends: NDArray[np.intp]) -> pl.Series:
    """The records as text, over the same bytes."""
    offsets = np.zeros(len(ends) + 1, np.int64)
    offsets[1:] = ends + 1
    texts = pa.LargeStringArray.from_buffers(len(ends), pa.py_buffer(offsets), pa.py_buffer(body))
    series = pl.from_arrow(texts)
    assert isinstance(series, pl.Series)
    return series.str.strip_suffix("\n")


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its first line, its fields as text, and the record as it stood."""

    line: int
    fields: list[str]
    raw: str


class Records:
    """Splits text record by record and tells broken quotation marks from open ones."""

    def __init__(self, dialect: Dialect) -> None:
        border = re.escape(dialect.delimiter).encode()
        self._dialect = dialect
        self._border = dialect.delimiter.encode()
        self._strict = re.compile(rb' *+"((?:[^"]++|"")*+)" *+(?=[\n%b])|((?! *")[^\n%b]*+)' % (border, border))
        self._lenient = re.compile(
            rb' *+"((?:[^"\n]++|"(?! *[\n%b]))*+)" *+(?=[\n%b])|((?! *")[^\n%b]*+)' % (border, border, border)
        )
        self._unclosed = re.compile(rb' *+"(?:[^"]++|"")*+\Z')
        self._patience = PATIENCE_BYTES

    def split(self, block: Block, *, final: bool) -> Iterator[Record | Reject | Block]:
        """The records of the block; last, where not final, the block of an open record."""
        body, at, line = block.body, 0, block.line
        while at < len(body):
            end = body.index(b"\n", at)
            if end == at:
                at, line = at + 1, line + 1
                continue
            fields, stop = self._fields(body, at, end)
            if fields is None and not final and self._is_open(body, at, stop):
                yield Block(line, body[at:])
                return
            if fields is None:
                fields = self._repaired(body, at, end)
                end = end if fields is not None else self._resume(body, end, stop)
            else:
                end = stop
            raw = body[at:end]
            yield self._judged(line, raw, fields)
            at, line = end + 1, line + raw.count(b"\n") + 1

    def _fields(self, body: bytes, at: int, end: int) -> tuple[list[bytes] | None, int]:
        """The fields and the end of the record at `at`; without fields, the place where reading failed."""
        if body.find(b'"', at, end) < 0:
            return body[at:end].split(self._border), end
        return self._matched(self._strict, body, at, min(at + self._dialect.record_bytes + 1, len(body)))

    def _matched(self, pattern: re.Pattern[bytes], body: bytes, at: int, limit: int) -> tuple[list[bytes] | None, int]:
        fields: list[bytes] = []
        while match := pattern.match(body, at, limit):
            quoted, plain = match.groups()
            fields.append(plain if quoted is None else quoted.replace(b'""', b'"'))
            at = match.end()
            if at >= limit:
                return None, at
            if body[at] == NEWLINE:
                return fields, at
            at += 1
        return None, at

    def _is_open(self, body: bytes, at: int, stop: int) -> bool:
        """Whether the text merely ends too early: a mark without its fellow, within the limit."""
        return len(body) - at <= self._dialect.record_bytes and self._unclosed.match(body, stop) is not None

    def _repaired(self, body: bytes, at: int, end: int) -> list[bytes] | None:
        r"""The fields of one line whose inner marks are not doubled, as in `"realm=\"x\""`, if they add up."""
        fields, _ = self._matched(self._lenient, body[at : end + 1], 0, end + 1 - at)
        if fields is None or len(fields) != self._dialect.width:
            return None
        return [field.replace(b'\\"', b'"').replace(b'""', b'"') for field in fields]

    def _resume(self, body: bytes, end: int, stop: int) -> int:
        """Where the broken record ends: after its line, or once patience is spent after all that was read."""
        self._patience -= max(0, stop - end)
        if self._patience > 0 or stop <= end:
            return end
        return body.index(b"\n", min(stop, len(body) - 1))

    def _judged(self, line: int, raw: bytes, fields: list[bytes] | None) -> Record | Reject:
        text = raw.decode(errors="replace")
        if b"\x00" in raw:
            return Reject(line=line, reason="nul-byte", raw=text[:RAW_LENGTH].replace("\x00", "\ufffd"))
        if fields is None:
            return Reject(line=line, reason="bad-quoting", raw=text[:RAW_LENGTH])
        extra = b"".join(fields[self._dialect.width :]).strip()
        if extra:
            value = extra.decode()
            return Reject(line=line, reason="too-many-fields", raw=text[:RAW_LENGTH], value=value)
        return Record(line, [field.decode() for field in fields[: self._dialect.width]], text)
