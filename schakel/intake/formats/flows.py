"""A stream that is only read forwards, so that a pipe, a file and a member of an archive are alike."""

from collections.abc import Iterable, Iterator
from typing import Final, Protocol

from schakel.intake.formats.shapes import FormatRefused, Limits

CHUNK: Final = 1 << 22


class Readable(Protocol):
    """Anything that gives bytes until there are none: an open file, a pipe, an upload."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes; none only at the end."""
        ...


class Broken(Exception):  # noqa: N818 - a state of the stream, not a fault of ours
    """The bytes end or turn wrong here; what came before is good. Carries "truncated" or "damaged"."""


class Flow:
    """Bytes in pieces, with a look ahead and one step back. `broken` says how the bytes ended, if badly."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._ahead = b""
        self.taken = 0
        self.broken: str | None = None

    def read(self, size: int) -> bytes:
        """Up to `size` bytes; fewer only at the end."""
        self._fill(size)
        given, self._ahead = self._ahead[:size], self._ahead[size:]
        self.taken += len(given)
        return given

    def peek(self, size: int) -> bytes:
        """The next bytes, up to `size`, without taking them."""
        self._fill(size)
        return self._ahead[:size]

    def unread(self, given: bytes) -> None:
        """Put bytes back in front."""
        self._ahead = given + self._ahead
        self.taken -= len(given)

    def _fill(self, size: int) -> None:
        have = [self._ahead]
        count = len(self._ahead)
        while count < size and (piece := self._next()):
            have.append(piece)
            count += len(piece)
        self._ahead = b"".join(have) if len(have) > 1 else have[0]

    def _next(self) -> bytes:
        """The next piece that is not empty, or nothing at the end."""
        try:
            return next((piece for piece in self._pieces if piece), b"")
        except Broken as end:
            self.broken = str(end)
            return b""


class Allowance:
    """Counts what comes out of one file against the limits."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._out = 0

    def spend(self, out: int, *, taken: int) -> None:
        """Note `out` bytes more, made from `taken` bytes in all. Raises FormatRefused beyond a limit."""
        self._out += out
        if self._out > self._limits.decompressed_bytes:
            raise FormatRefused(
                "too-large", f"The file is larger than the {self._limits.decompressed_bytes:,} bytes allowed."
            )
        if self._out > self._limits.ratio_from_bytes and self._out > self._limits.ratio * taken:
            raise FormatRefused(
                "bomb",
                f"The archive grows to more than {self._limits.ratio} times its size, as no honest report does.",
            )


def chunks(stream: Readable) -> Iterator[bytes]:
    """The stream in pieces."""
    while piece := stream.read(CHUNK):
        yield piece
