"""Read a column of IP addresses and networks, all rows at once.

Accepted is what `ipaddress` accepts: IPv4 as four decimal numbers without leading zeros, IPv6 as in RFC 4291
section 2.2, each with or without a prefix length (RFC 4632, RFC 4291 section 2.3). IPv4-mapped IPv6 (RFC 4291
section 2.5.5.2) is read as the IPv4 address it stands for. The plain forms are read by arithmetic on the bytes;
whatever is left goes through `ipaddress` once per distinct text.
"""

import ipaddress
from dataclasses import dataclass

import numpy as np
import polars as pl

from schakel.matching import digits
from schakel.matching.kernel import I64, U8, U64, Bool
from schakel.matching.texts import Texts, half_words, words

UNREADABLE, FOUR, SIX = 0, 4, 6
_DOTS = 3
_MAPPED_PREFIX = 96
_MAPPED_LOW = np.uint64(0xFFFF)  # The 32 bits above the IPv4 address in an IPv4-mapped IPv6 address.
_MAPPED_TEXT = b"::ffff:"
_SMALL = np.uint64(0x0020202020202020)  # Makes letters lower case and leaves the colons as they are.


@dataclass(frozen=True, slots=True)
class Addresses:
    """Networks by row: family 4 or 6 (0: none), the number in two halves, the prefix length.

    An address alone has the full length, 32 or 128. The low half of an IPv4 address is its number.
    """

    family: U8
    high: U64
    low: U64
    length: U8

    @classmethod
    def blank(cls, size: int) -> "Addresses":
        """Rows in which nothing has been read yet."""
        halves = np.zeros((2, size), np.uint64)
        return cls(np.zeros(size, np.uint8), halves[0], halves[1], np.zeros(size, np.uint8))

    def __len__(self) -> int:
        return len(self.family)

    def take(self, rows: I64 | Bool) -> "Addresses":
        """These rows only."""
        return Addresses(self.family[rows], self.high[rows], self.low[rows], self.length[rows])

    def and_then(self, more: "Addresses") -> "Addresses":
        """These rows and then those of `more`."""
        return Addresses(
            family=np.concatenate([self.family, more.family]),
            high=np.concatenate([self.high, more.high]),
            low=np.concatenate([self.low, more.low]),
            length=np.concatenate([self.length, more.length]),
        )

    def masks(self) -> tuple[U64, U64]:
        """The bits below the prefix, as two halves: the last address of a network is its first with these set."""
        free = np.where(self.family == FOUR, 32, 128).astype(np.int64) - self.length
        return _ones(free - 64), _ones(np.minimum(free, 64))


def _ones(count: I64) -> U64:
    return np.where(count > 0, ~np.uint64(0) >> np.clip(64 - count, 0, 63).astype(np.uint64), np.uint64(0))


def read(column: pl.Series) -> Addresses:
    """Read texts; a null and what is no address or network become family 0."""
    texts = Texts.of(column)
    reading = _Reading(texts)
    dots, colons = _Marks.of(texts, "."), _Marks.of(texts, ":")
    _read_four(reading, dots, np.flatnonzero((dots.count == _DOTS) & (colons.count == 0)))
    if colons.count.any():
        _read_mapped(reading, dots, np.flatnonzero((dots.count == _DOTS) & (colons.count > 1)))
        _read_six(reading, colons, np.flatnonzero((dots.count == 0) & (colons.count > 1)))
    _read_rest(reading.found, column, np.flatnonzero((reading.found.family == UNREADABLE) & (texts.sizes > 0)))
    _unmap(reading.found)
    return reading.found


@dataclass(frozen=True, slots=True)
class _Marks:
    """Where one character stands: places over all rows (one place of padding at each end), first and count by row."""

    places: I64
    first: I64
    count: I64

    @classmethod
    def of(cls, texts: Texts, mark: str) -> "_Marks":
        places = texts.places(mark)
        padded = np.concatenate([[0], places, [0]])
        if not len(places):
            none = np.zeros(len(texts), np.int64)
            return cls(padded, none, none)
        each = len(places) // len(texts)
        if each and cls._is_regular(places, texts, each):
            rows = np.arange(len(texts))
            return cls(padded, rows * each + 1, np.full(len(texts), each))
        at = np.searchsorted(places, texts.offsets)
        return cls(padded, at[:-1] + 1, np.diff(at))

    @staticmethod
    def _is_regular(places: I64, texts: Texts, each: int) -> bool:
        """Whether every row has the mark as often as every other, as in a column of nothing but IPv4."""
        if each * len(texts) != len(places):
            return False
        return bool(
            (places[::each] >= texts.offsets[:-1]).all() and (places[each - 1 :: each] < texts.offsets[1:]).all()
        )


class _Reading:
    """What has been read so far, row by row, and where each row's address and prefix length stand."""

    def __init__(self, texts: Texts) -> None:
        size = len(texts)
        self.octets = texts.octets
        self.view = half_words(texts.octets)
        self.starts, self.ends = texts.offsets[:-1], texts.offsets[1:]
        self.given: I64 | None = None
        self.found = Addresses.blank(size)
        slashes = _Marks.of(texts, "/")
        if slashes.count.any():
            self._cut(slashes)

    def _cut(self, slashes: _Marks) -> None:
        """Set the prefix lengths apart: -1 where none is given, BAD_NUMBER where it is no number."""
        rows = np.flatnonzero(slashes.count == 1)
        at = slashes.places[slashes.first[rows]]
        self.given = np.where(slashes.count > 1, digits.BAD_NUMBER, -1)
        self.given[rows] = digits.decimal(self.view, at + 1, self.ends[rows])
        self.ends = self.ends.copy()
        self.ends[rows] = at

    def settle(self, rows: I64, good: Bool, family: int, high: U64, low: U64) -> None:
        """Keep what was read of `rows` where it is good and the prefix length fits the family."""
        full = 32 if family == FOUR else 128
        length = np.full(len(rows), full)
        if self.given is not None:
            length = np.where(self.given[rows] < 0, full, self.given[rows])
        good = good & (length <= full)
        kept, found = rows[good], self.found
        found.family[kept], found.length[kept] = family, length[good]
        found.high[kept], found.low[kept] = high[good], low[good]


def _read_four(reading: _Reading, dots: _Marks, rows: I64, skip: int = 0) -> None:
    """Read rows with three dots, `skip` bytes from their start on."""
    inner = [dots.places[dots.first[rows] + nth] for nth in range(_DOTS)]
    marks = [reading.starts[rows] + (skip - 1), *inner, reading.ends[rows]]
    good, low = digits.four(reading.view, marks)
    reading.settle(rows, good, FOUR, np.zeros(len(rows), np.uint64), low)


def _read_mapped(reading: _Reading, dots: _Marks, rows: I64) -> None:
    """Read ::ffff:a.b.c.d; its other spellings, and prefix lengths on it, are left for `ipaddress`."""
    wanted = np.uint64(int.from_bytes(_MAPPED_TEXT, "little"))
    start = words(reading.octets)[reading.starts[rows]] & (~np.uint64(0) >> np.uint64(8))
    plain = (start | _SMALL) == (wanted | _SMALL)
    if reading.given is not None:
        plain &= reading.given[rows] < 0
    _read_four(reading, dots, rows[plain], skip=len(_MAPPED_TEXT))


def _read_six(reading: _Reading, colons: _Marks, rows: I64) -> None:
    good, high, low = digits.six(
        reading.view,
        begins=reading.starts[rows],
        ends=reading.ends[rows],
        colons=colons.places,
        firsts=colons.first[rows],
        counts=colons.count[rows],
    )
    reading.settle(rows, good, SIX, high, low)


def _read_rest(found: Addresses, column: pl.Series, rows: I64) -> None:
    """Ask `ipaddress` about the texts that have none of the plain forms."""
    texts = column.gather(rows).cast(pl.String)
    known = {text: _asked(text) for text in texts.unique().to_list()}
    for row, text in zip(rows.tolist(), texts.to_list(), strict=True):
        found.family[row], found.high[row], found.low[row], found.length[row] = known[text]


def _asked(text: str | None) -> tuple[int, int, int, int]:
    try:
        read_one = ipaddress.ip_interface(text or "")
    except ValueError:
        return UNREADABLE, 0, 0, 0
    number = int(read_one.ip)
    return read_one.version, number >> 64, number & ((1 << 64) - 1), read_one.network.prefixlen


def _unmap(found: Addresses) -> None:
    """Turn IPv4-mapped IPv6 into IPv4."""
    mapped = (found.family == SIX) & (found.high == 0) & (found.low >> np.uint64(32) == _MAPPED_LOW)
    rows = np.flatnonzero(mapped & (found.length >= _MAPPED_PREFIX))
    found.family[rows] = FOUR
    found.length[rows] -= _MAPPED_PREFIX
    found.low[rows] &= np.uint64(0xFFFFFFFF)
