"""JSON objects out of a text, however they are laid out: one a line, one after another, or in an array."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from schakel.intake.formats.shapes import RAW_LENGTH, Reject
from schakel.intake.formats.text import Block

_TOKEN: Final = re.compile(rb'"(?:[^"\\\n]++|\\[^\n])*+"|["{}]')
_BETWEEN: Final = re.compile(rb"[ \t\r\n,\[\]]*")
_OPENING: Final = 0x7B
_DEPTH: Final = 4
_ITEMS_TOGETHER: Final = 50_000
_SIZE_TOGETHER: Final = 16 << 20


@dataclass(frozen=True, slots=True)
class Object:
    """One JSON object: the line on which it begins, its members, and its text."""

    line: int
    members: Mapping[str, Any]
    raw: str


def objects(text: Iterable[Block | Reject], *, object_bytes: int) -> Iterator[Object | Reject]:
    """The objects of the text, and a reject for each thing that is none. Strings hold no lone surrogates."""
    scanner = _Scanner(object_bytes)
    for item in text:
        if isinstance(item, Reject):
            yield from scanner.finish()
            yield item
        else:
            yield from scanner.scan(item)
    yield from scanner.finish()


def flat(members: Mapping[str, Any], *, above: str = "", depth: int = _DEPTH) -> Iterator[tuple[str, str]]:
    """The filled members as dotted names and texts. Lists of plain values are joined by commas."""
    for name, value in members.items():
        path = f"{above}{name}"
        if isinstance(value, dict) and depth:
            yield from flat(value, above=f"{path}.", depth=depth - 1)
        elif (text := _text(value)) is not None:
            yield _sound(path), _sound(text)


def gathered(items: Iterable[Object | Reject]) -> Iterator[tuple[list[Object], list[Reject]]]:
    """The items in groups that fit in memory, objects and rejects apart."""
    found: list[Object] = []
    rejects: list[Reject] = []
    size = 0
    for item in items:
        size += len(item.raw)
        if isinstance(item, Object):
            found.append(item)
        else:
            rejects.append(item)
        if len(found) + len(rejects) >= _ITEMS_TOGETHER or size >= _SIZE_TOGETHER:
            yield found, rejects
            found, rejects, size = [], [], 0
    if found or rejects:
        yield found, rejects


def object_frame(found: Sequence[Object], rows: Sequence[Mapping[str, str]], names: Sequence[str]) -> pl.DataFrame:
    """The objects as a frame of text columns `c0`, `c1`, … in the order of `names`."""
    texts = {
        f"c{index}": pl.Series([row.get(name) for row in rows], dtype=pl.String) for index, name in enumerate(names)
    }
    lines = pl.Series([one.line for one in found], dtype=pl.UInt32)
    return pl.DataFrame(texts | {"line": lines, "source_row": pl.Series([one.raw for one in found], dtype=pl.String)})


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(text for item in value if not isinstance(item, dict | list) and (text := _text(item)))
    return json.dumps(value)


def _sound(text: str) -> str:
    """The text without lone surrogates (RFC 8259, section 8.2) and NUL, which no store of text can hold."""
    text = text.replace("\x00", "\ufffd")
    return text if text.isascii() else text.encode(errors="replace").decode()


class _Scanner:
    """Takes objects off the front of the text. An object that a block leaves open waits for the next."""

    def __init__(self, object_bytes: int) -> None:
        self._limit = object_bytes
        self._patience = 2 * object_bytes  # Bytes that may be searched in vain for the end of an object.
        self._open = Block(1, b"")

    def scan(self, block: Block, *, final: bool = False) -> Iterator[Object | Reject]:
        """The complete objects; where `final`, all there is."""
        line = self._open.line if self._open.body else block.line
        body = self._open.body + block.body
        self._open = Block(line, b"")
        at = 0
        while (start := _BETWEEN.match(body, at).end()) < len(body):  # type: ignore[union-attr]  # matches nothing too
            line += body.count(b"\n", at, start)
            found, at = self._first(body, start, line)
            if found is None:
                if not final and len(body) - start <= self._limit:
                    self._open = Block(line, body[start:])
                    return
                self._patience -= at - start
                found, at = self._given_up(body, start, line)
            line += body.count(b"\n", start, at)
            yield found

    def finish(self) -> Iterator[Object | Reject]:
        """What is left when the text ends, which is nothing or something without its end."""
        yield from self.scan(Block(self._open.line, b""), final=True)

    def _first(self, body: bytes, start: int, line: int) -> tuple[Object | Reject | None, int]:
        """The object or other thing at `start` and where it ends; None, and how far was searched, without an end."""
        end = _line_end(body, start)
        if body[start] != _OPENING:
            return _other(body[start:end], line), end
        whole = _read(body[start:end].rstrip(b" \t,]"), line)
        if isinstance(whole, Object):
            return whole, end
        if self._patience <= 0:
            return whole, end
        stop, is_closed = _closing(body, start, min(len(body), start + self._limit))
        if is_closed:
            return _read(body[start:stop], line), stop
        return None, stop

    def _given_up(self, body: bytes, start: int, line: int) -> tuple[Reject, int]:
        """A reject for the text up to the next line that begins with an object."""
        following = body.find(b"\n{", start)
        end = len(body) if following < 0 else following
        return Reject(line=line, reason="bad-json", raw=body[start:end][:RAW_LENGTH].decode(errors="replace")), end


def _line_end(body: bytes, start: int) -> int:
    end = body.find(b"\n", start)
    return len(body) if end < 0 else end


def _closing(body: bytes, start: int, limit: int) -> tuple[int, bool]:
    """Where the object at `start` ends. Not closed: how far the search went. A string ends on its line."""
    depth = 0
    for token in _TOKEN.finditer(body, start, limit):
        mark = token.group()
        depth += (mark == b"{") - (mark == b"}")
        if not depth:
            return token.end(), True
        if mark == b'"':
            return token.end(), False
    return limit, False


def _other(raw: bytes, line: int) -> Reject:
    """A reject for what is not an object."""
    text = raw.decode(errors="replace")
    try:
        json.loads(text.rstrip(" \t,]"))
    except (ValueError, RecursionError):
        return Reject(line=line, reason="bad-json", raw=text[:RAW_LENGTH])
    return Reject(line=line, reason="not-an-object", raw=text[:RAW_LENGTH])


def _read(raw: bytes, line: int) -> Object | Reject:
    text = raw.decode(errors="replace")
    try:
        members = json.loads(text)
    except (ValueError, RecursionError):
        return Reject(line=line, reason="bad-json", raw=text[:RAW_LENGTH])
    return Object(line, members, text)
