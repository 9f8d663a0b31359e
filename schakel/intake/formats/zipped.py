"""Zip archives read forwards, by their local headers (PKWARE APPNOTE 6.3.10, section 4.3).

The directory of a zip stands at its end, where a pipe has not arrived yet and a broken download never will.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from schakel.intake.formats.flows import CHUNK, Allowance, Broken, Flow
from schakel.intake.formats.shapes import FormatRefused

LOCAL: Final = b"PK\x03\x04"
EMPTY: Final = b"PK\x05\x06"
_DIRECTORY: Final = (b"PK\x01\x02", EMPTY, b"PK\x06\x06", b"PK\x06\x08")
_DESCRIPTOR: Final = b"PK\x07\x08"
_HEADER: Final = struct.Struct("<4xHHH4xLLLHH")
_ENCRYPTED, _SIZES_FOLLOW, _UTF8 = 0x0001, 0x0008, 0x0800
_STORED, _DEFLATED = 0, 8
_ZIP64: Final = 0x0001
_UNSTATED: Final = 0xFFFFFFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    name: str
    flags: int
    method: int
    crc: int
    size: int


def entries(source: Flow, *, name: str, allowance: Allowance) -> Iterator[tuple[str, Flow]]:
    """Each file of the archive, in order. Raises FormatRefused for what may not or cannot be opened."""
    while source.peek(4) == LOCAL:
        entry = _entry(source)
        if entry is None:
            break
        _refuse(entry)
        flow = Flow(_content(source, entry, allowance))
        if not entry.name.endswith("/") and not entry.name.startswith("__MACOSX/"):
            yield entry.name, flow
        while flow.read(CHUNK):
            pass
        if flow.broken:
            return
    if source.peek(4) not in _DIRECTORY:
        yield name, Flow(_breaking("truncated" if len(source.peek(4)) < len(LOCAL) else "damaged"))


def inflate(source: Flow, allowance: Allowance, *, window: int) -> Iterator[bytes]:
    """One deflated stream (RFC 1951) in pieces; what follows it stays in `source`. Raises Broken."""
    engine = zlib.decompressobj(wbits=window)
    pending = source.read(CHUNK)
    while not engine.eof:
        try:
            out = engine.decompress(pending, CHUNK)
        except zlib.error as wrong:
            raise Broken("damaged") from wrong
        if out:
            allowance.spend(len(out), taken=source.taken)
            yield out
        pending = engine.unconsumed_tail
        if not pending and not engine.eof:
            pending = source.read(CHUNK)
            if not pending and not out:
                raise Broken("truncated")
    source.unread(engine.unused_data)


def _entry(source: Flow) -> _Entry | None:
    """The local header, or None where it is cut off."""
    header = source.read(_HEADER.size)
    if len(header) < _HEADER.size:
        return None
    _, flags, method, crc, compressed, size, name_length, extra_length = _HEADER.unpack(header)
    name = source.read(name_length).decode("utf-8" if flags & _UTF8 else "cp437", "replace")
    extra = source.read(extra_length)
    if _UNSTATED in {compressed, size}:
        size = _long_size(extra, size)
    return _Entry(name=name, flags=flags, method=method, crc=crc, size=size)


def _long_size(extra: bytes, size: int) -> int:
    """The uncompressed size from the Zip64 field (section 4.5.3), where there is one."""
    while len(extra) >= 4:  # noqa: PLR2004 - two words: tag and length
        tag, length = struct.unpack_from("<HH", extra)
        if tag == _ZIP64 and length >= 8:  # noqa: PLR2004 - the size is its first 8 bytes
            return int(struct.unpack_from("<Q", extra, 4)[0])
        extra = extra[4 + length :]
    return size


def _refuse(entry: _Entry) -> None:
    if entry.flags & _ENCRYPTED:
        raise FormatRefused("encrypted", f"{entry.name} is locked with a password; send it without one.")
    if entry.name == "[Content_Types].xml" or entry.name.startswith(("xl/", "word/")):
        raise FormatRefused("office-document", "This is an office document; save it as CSV and send that.")
    if entry.method not in {_STORED, _DEFLATED} or (entry.method == _STORED and entry.flags & _SIZES_FOLLOW):
        raise FormatRefused("unknown-archive", f"{entry.name} is packed in a way that we do not open.")


def _content(source: Flow, entry: _Entry, allowance: Allowance) -> Iterator[bytes]:
    crc = size = 0
    pieces = _stored(source, entry, allowance)
    if entry.method == _DEFLATED:
        pieces = inflate(source, allowance, window=-zlib.MAX_WBITS)
    for piece in pieces:
        crc = zlib.crc32(piece, crc)
        size += len(piece)
        yield piece
    stated = entry.crc
    if entry.flags & _SIZES_FOLLOW:
        stated = _descriptor(source)
    if stated != crc:
        raise Broken("damaged")


def _stored(source: Flow, entry: _Entry, allowance: Allowance) -> Iterator[bytes]:
    left = entry.size
    while left:
        piece = source.read(min(left, CHUNK))
        if not piece:
            raise Broken("truncated")
        left -= len(piece)
        allowance.spend(len(piece), taken=source.taken)
        yield piece


def _descriptor(source: Flow) -> int:
    """Take the data descriptor (section 4.3.9) and return its checksum. Raises Broken where it is cut off."""
    if source.peek(4) == _DESCRIPTOR:
        source.read(4)
    words = source.read(12)
    if len(words) < 12:  # noqa: PLR2004 - checksum and two sizes
        raise Broken("truncated")
    if _is_long(source):
        source.read(8)  # Zip64 writes both sizes as 8 bytes.
    return int(struct.unpack_from("<L", words)[0])


def _is_long(source: Flow) -> bool:
    """Whether no header follows at once, as after a descriptor with 8-byte sizes of which 8 are left."""
    ahead = source.peek(12)
    return not ahead.startswith((LOCAL, *_DIRECTORY)) and ahead[8:].startswith((LOCAL, *_DIRECTORY))


def _breaking(reason: str) -> Iterator[bytes]:
    yield b""
    raise Broken(reason)
