"""A CSV file, plain or gzipped, as a stream of records in bounded memory."""

import codecs
import gzip
import zlib
from collections.abc import Generator, Iterator
from itertools import chain
from typing import BinaryIO

import numpy as np
import polars as pl

from schakel.registry.files.headers import columns_of
from schakel.registry.files.records import (
    LONGEST_RAW,
    LONGEST_RECORD,
    Broken,
    Records,
    Shape,
    careful,
    regular,
    regular_ends,
)
from schakel.registry.files.refusals import FileRefused
from schakel.registry.files.tables import Table

CHUNK_BYTES = 8 << 20
SEPARATORS = ",;\t"
UTF8_BOM = b"\xef\xbb\xbf"
UTF16_BOMS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def read(file: BinaryIO, table: Table, limit: int) -> Iterator[Records]:
    """Records in frames of at most `limit` rows. Raises FileRefused."""
    chunks = _as_utf8_or_cp1252(_unpacked(file))
    first = b""
    while b"\n" not in first and len(first) <= LONGEST_RECORD and (chunk := next(chunks, b"")):
        first += chunk
    if b"\x00" in first[:LONGEST_RECORD]:
        raise FileRefused("binary", "The file is no table of text; CSV, XLSX and Parquet are read.")
    head, _, rest = first.partition(b"\n")
    shape = _shape(decoded(head), table)
    return _records(chain([rest], chunks), shape, limit)


def _unpacked(file: BinaryIO) -> Iterator[bytes]:
    is_gzip = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    stream = gzip.GzipFile(fileobj=file) if is_gzip else file
    try:
        while chunk := stream.read(CHUNK_BYTES):
            yield chunk
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise FileRefused("broken-archive", "The gzip archive is damaged or cut short.") from error


def _as_utf8_or_cp1252(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same text without a byte order mark and with LF or CR LF at the end of lines."""
    first = next(chunks, b"")
    code = UTF16_BOMS.get(first[:2])
    has_only_cr = code is None and b"\r" in first[:-1] and b"\n" not in first
    decoder = codecs.getincrementaldecoder(code)("replace") if code else None
    for chunk in chain([first[2:] if code else first.removeprefix(UTF8_BOM)], chunks):
        text = decoder.decode(chunk).encode() if decoder else chunk
        yield text.replace(b"\r", b"\n") if has_only_cr else text


def decoded(text: bytes) -> str:
    """UTF-8, or line by line cp1252 where a line is no UTF-8 (Excel on Windows writes it)."""
    try:
        return text.decode()
    except UnicodeDecodeError:
        return "".join(_decoded_line(line) for line in text.splitlines(keepends=True))


def _decoded_line(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")


def _shape(header: str, table: Table) -> Shape:
    """The columns and the separator that makes the most columns known."""
    if not header.strip():
        raise FileRefused("empty", "The file has no header.")
    known = {column.name for column in table.columns}
    names = {mark: [name.strip().strip('"') for name in header.strip().split(mark)] for mark in SEPARATORS}
    separator = max(SEPARATORS, key=lambda mark: len(known.intersection(name.lower() for name in names[mark])))
    return Shape(tuple(columns_of(names[separator], table)), separator)


def _records(chunks: Iterator[bytes], shape: Shape, limit: int) -> Iterator[Records]:
    rest, line, is_last = b"", 2, False
    while not is_last:
        chunk = next(chunks, None)
        is_last = chunk is None
        text = (rest + (chunk or b"")).replace(b"\r\n", b"\n")
        text += b"\n" if is_last and text and not text.endswith(b"\n") else b""
        if b"\n" not in text and len(text) > LONGEST_RECORD:
            yield _endless(text, line, shape)
            text, line = _after_line(chunks), line + 1
        body, tail = text[: text.rfind(b"\n") + 1], text[text.rfind(b"\n") + 1 :]
        rest = b""
        if body:
            rest, line = yield from _of_block(decoded(body), shape, line, limit, is_last=is_last)
        rest += tail


def _of_block(
    text: str, shape: Shape, line: int, limit: int, *, is_last: bool
) -> Generator[Records, None, tuple[bytes, int]]:
    """The records of whole lines; returns the bytes left over and the line where they begin."""
    body = text.encode()
    ends = regular_ends(np.frombuffer(body, np.uint8), shape, is_last=is_last)
    if ends is not None and len(ends):
        taken = int(ends[-1]) + 1
        yield from regular(body[:taken], ends, shape, line, limit)
        return body[taken:], line + body.count(b"\n", 0, taken)
    records, taken = careful(text, shape, line, is_last=is_last)
    yield from records.pieces(limit)
    return text[taken:].encode(), line + text.count("\n", 0, taken)


def _endless(text: bytes, line: int, shape: Shape) -> Records:
    broken = Broken(line, "too-long", decoded(text[:LONGEST_RAW]))
    return Records(pl.DataFrame(schema={"line": pl.UInt32(), **shape.schema}), [broken])


def _after_line(chunks: Iterator[bytes]) -> bytes:
    """What follows the end of the line that the chunks are in."""
    for chunk in chunks:
        _, end, rest = chunk.partition(b"\n")
        if end:
            return rest
    return b""
