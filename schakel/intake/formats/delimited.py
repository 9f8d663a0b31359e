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
from schakel.matching import bits
from schakel.matching.bits import Bits

_QUOTE: Final = 0x22
_SPACE, _FIRST_SIGN, _LAST_SIGN = 0x20, 0x21, 0x7F
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
    """Some records as text columns `c0`, `c1`, … beside `line` and `source_row`, and the rejects among them.

    is_tidy: known to have no space around a field and no control character within one.
    """

    frame: pl.DataFrame
    rejects: list[Reject]
    is_tidy: bool = False


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
        yield Part(frame, [], is_tidy=regular.is_tidy)

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
    is_tidy: bool


def regular_records(block: Block, dialect: Dialect) -> Regular | None:
    """The records of the block, or None where only careful reading is safe.

    Regular is: every quotation mark opens a field, closes one or is doubled inside one (RFC 4180, section 2);
    no record has more fields than the header or more bytes than the limit; between records no empty line;
    nowhere a NUL or a lone CR. A record that is open at the end is left out.
    """
    if b"\r" in block.body or b"\x00" in block.body:
        return None
    octets = np.frombuffer(block.body, np.uint8)
    quotes, delimiters, newlines = (bits.of(octets == sign) for sign in (_QUOTE, ord(dialect.delimiter), NEWLINE))
    within = bits.parity(quotes)
    ends = bits.numbers(newlines & ~within)
    if not ends.size or not _are_paired(quotes, within, quotes | delimiters | newlines, last=int(ends[-1])):
        return None
    field_counts = np.diff(bits.counts(delimiters & ~within, ends), prepend=0) + 1
    lengths = np.diff(ends, prepend=-1)
    if field_counts.max() > dialect.width or lengths.min() == 1 or lengths.max() > dialect.record_bytes + 1:
        return None
    upto = bits.counts(newlines, ends) + 1
    lines = block.line + np.concatenate(([0], upto[:-1]))
    is_tidy = _are_tidy(octets, quotes, (delimiters | newlines) & ~within)
    return Regular(ends, lines, int(upto[-1]), is_tidy=is_tidy)


def _are_paired(quotes: Bits, within: Bits, signs: Bits, *, last: int) -> bool:
    """Whether up to the place `last` each opening mark follows a sign, and a sign follows each closing mark."""
    astray = quotes & ((within & ~bits.after(signs)) | (~within & ~bits.before(signs)))
    return not bits.upto(astray, last).any()


def _are_tidy(octets: NDArray[np.uint8], quotes: Bits, borders: Bits) -> bool:
    """Whether no field holds a control character, nor begins or ends with a space or anything outside ASCII."""
    firsts, finals = bits.after(borders), bits.before(borders)
    edges = firsts | finals | bits.after(quotes & firsts) | bits.before(quotes & finals)
    is_outside = octets - np.uint8(_FIRST_SIGN) > _LAST_SIGN - _FIRST_SIGN  # What is below runs over.
    untidy = bits.of(octets < _SPACE) | (bits.of(is_outside) & edges)
    return not (untidy & ~borders).any()


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
