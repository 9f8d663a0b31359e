"""Bytes of any encoding to whole lines of UTF-8, in blocks that bound the memory however long a line is."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from schakel.intake.formats.flows import Flow
from schakel.intake.formats.shapes import RAW_LENGTH, FormatRefused, Reject

BLOCK: Final = 4 << 20
"""Small enough that what is computed of a block stays in the cache of a processor."""
NEWLINE: Final = 0x0A
_BOMS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_RETURNS: Final = re.compile(rb"\r+\n")
_HEAD: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines, each ended by a newline. `line` is the number of the first, from 1."""

    line: int
    body: bytes


class Text:
    """The lines of a flow. Iterating gives blocks and, for lines that cannot be kept, rejects, in order.

    Line ends CR LF and (in files without LF) CR become LF. `notes` gains a remark for each kind of
    make-shift reading. A line above `line_bytes` becomes a reject, and the next block begins after it.
    """

    def __init__(self, flow: Flow, *, line_bytes: int, notes: list[str], encoding: str | None = None) -> None:
        self._flow = flow
        self._line_bytes = line_bytes
        self._notes = notes
        self._encoding = _known(encoding)

    def __iter__(self) -> Iterator[Block | Reject]:
        line, tail = 1, b""
        for piece in self._unix_lines():
            cut = piece.rfind(b"\n") + 1
            if not cut:
                tail = (tail + piece)[: self._line_bytes + 1]  # Beyond the limit only the fact counts.
                continue
            block = Block(line, b"".join((tail, memoryview(piece)[:cut])))
            line += int(np.count_nonzero(np.frombuffer(block.body, np.uint8) == NEWLINE))
            tail = piece[cut:]
            yield from self._within_limit(block)
        if self._flow.broken:
            yield Reject(line=line, reason=self._flow.broken, raw=tail.decode(errors="replace"))
        elif tail:
            yield from self._within_limit(Block(line, tail + b"\n"))

    def _unix_lines(self) -> Iterator[bytes]:
        only_returns = None
        held = b""
        for piece in self._utf8():
            if only_returns is None:
                only_returns = b"\r" in piece[:_HEAD] and b"\n" not in piece[:_HEAD]
            piece = held + piece  # noqa: PLW2901 - the piece as it should have come
            held = b"\r" if piece.endswith(b"\r") else b""  # Its LF may come with the next piece.
            if b"\r" in piece:
                piece = _RETURNS.sub(b"\n", piece[: len(piece) - len(held)])  # noqa: PLW2901
                piece = piece.replace(b"\r", b"\n") if only_returns else piece  # noqa: PLW2901
            yield piece
        if held:
            yield b"\n"

    def _utf8(self) -> Iterator[bytes]:
        encoding = self._encoding or self._by_mark()
        decoder = None if encoding == "utf-8" else codecs.getincrementaldecoder(encoding)(errors="replace")
        while piece := self._flow.read(BLOCK):
            yield decoder.decode(piece).encode(errors="replace") if decoder else piece
        if decoder and (rest := decoder.decode(b"", final=True)):
            yield rest.encode(errors="replace")

    def _by_mark(self) -> str:
        """The encoding by its byte order mark (Unicode 16, section 23.8); the mark of UTF-8 is taken away."""
        start = self._flow.peek(4)
        encoding = next((name for mark, name in _BOMS if start.startswith(mark)), "utf-8")
        if start.startswith(codecs.BOM_UTF8):
            self._flow.read(len(codecs.BOM_UTF8))
        return encoding

    def _within_limit(self, block: Block) -> Iterator[Block | Reject]:
        """The block in parts around its over-long lines."""
        if not self._may_be_long(block.body):
            yield self._valid(block)
            return
        ends = np.flatnonzero(np.frombuffer(block.body, np.uint8) == NEWLINE)
        starts = np.concatenate(([0], ends[:-1] + 1))
        at, line = 0, block.line
        for long in np.flatnonzero(ends - starts > self._line_bytes).tolist():
            start, end = int(starts[long]), int(ends[long])
            if start > at:
                yield self._valid(Block(line, block.body[at:start]))
            raw = block.body[start : min(end, start + RAW_LENGTH)].decode(errors="replace")
            yield Reject(line=block.line + long, reason="line-too-long", raw=raw)
            at, line = end + 1, block.line + long + 1
        if at < len(block.body):
            yield self._valid(Block(line, block.body[at:]))

    def _may_be_long(self, body: bytes) -> bool:
        """Whether some half of the limit holds no newline: without one, no line can be too long."""
        step = max(1, self._line_bytes // 2)
        return len(body) > self._line_bytes and any(
            body.find(b"\n", at, at + step) < 0 for at in range(0, len(body), step)
        )

    def _valid(self, block: Block) -> Block:
        """The block as valid UTF-8. Lines that are not are taken as Windows-1252, as old spreadsheets write."""
        if block.body.isascii():
            return block
        try:
            block.body.decode()
        except UnicodeDecodeError:
            self._note("Some lines are not UTF-8; they were read as Windows-1252.")
            return Block(block.line, b"\n".join(map(_repaired, block.body.split(b"\n"))))
        return block

    def _note(self, words: str) -> None:
        if words not in self._notes:
            self._notes.append(words)


def decoded_head(head: bytes) -> str:
    """The first bytes of a file as text, as far as they reach, to see what it is."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head[: len(head) // 2 * 2].decode("utf-16", "ignore")
    text = head.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace")
    return head.decode("cp1252", "replace") if "\ufffd" in text[:-3] else text


def _repaired(line: bytes) -> bytes:
    try:
        line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace").encode()
    return line


def _known(encoding: str | None) -> str | None:
    if encoding is None:
        return None
    try:
        codecs.getincrementaldecoder(encoding)
        return codecs.lookup(encoding).name
    except LookupError:
        raise FormatRefused("bad-mapping", f"The mapping names an unknown encoding: {encoding}.") from None
