"""Columns of short texts as one run of bytes, so that numpy can read them without a Python object per row."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from schakel.matching.kernel import I64, U8, U32, U64, Bool

PAD = 16  # Zero bytes before and after: a word may be loaded at either edge without a check.

_WORD = 8  # Bytes.
_STEP = np.uint64(0xBF58476D1CE4E5B9)  # Odd constants: each step is one to one and stirs all bits.
_TURN = np.uint64(0xD6E8FEB86659FD93)
_HALF = np.uint64(32)


@dataclass(frozen=True, slots=True)
class Texts:
    """The bytes of all rows, one behind another; row i lies at `offsets[i]` up to `offsets[i + 1]`."""

    octets: U8
    offsets: I64

    @classmethod
    def of(cls, column: pl.Series) -> "Texts":
        """Take over a polars column of texts; null becomes the empty text."""
        filled = column.cast(pl.String).fill_null("") if column.null_count() else column.cast(pl.String)
        arrow = filled.to_arrow(compat_level=pl.CompatLevel.oldest())
        _validity, offsets, octets = arrow.buffers()
        at = np.frombuffer(offsets, np.int64)[arrow.offset : arrow.offset + len(arrow) + 1]
        first, last = int(at[0]), int(at[-1])
        padded = np.zeros(last - first + 2 * PAD, np.uint8)
        if last > first:
            padded[PAD : PAD + last - first] = np.frombuffer(octets, np.uint8)[first:last]
        return cls(padded, at - (first - PAD))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def sizes(self) -> I64:
        """How many bytes each row has."""
        return np.diff(self.offsets)

    @property
    def is_ascii(self) -> bool:
        """Whether every byte is below 128."""
        return bool(self.octets.max() < 128)  # noqa: PLR2004 -- ASCII

    def lowered(self) -> "Texts":
        """The same texts with A to Z in lower case; every other byte as it was."""
        capital = (self.octets - np.uint8(ord("A"))) < 26  # noqa: PLR2004 -- letters of the alphabet
        return Texts(self.octets + (capital.view(np.uint8) << 5), self.offsets)

    def places(self, mark: str) -> I64:
        """Where the ASCII character `mark` stands, in order, over all rows."""
        return np.flatnonzero(self.octets == ord(mark))


def words(octets: U8) -> U64:
    """A view of the eight bytes from each position on, little-endian; nothing is copied."""
    return np.ndarray((len(octets) - 7,), "<u8", octets, 0, (1,))


def half_words(octets: U8) -> U32:
    """A view of the four bytes from each position on, little-endian; nothing is copied."""
    return np.ndarray((len(octets) - 3,), "<u4", octets, 0, (1,))


def tail_word(view: U64, ends: I64, sizes: I64) -> U64:
    """The last `min(8, size)` bytes before each end as one number; 0 where the size, which is never less, is 0."""
    short = np.maximum(_WORD - sizes, 0).astype(np.uint64)
    return view[ends - _WORD] >> (short << np.uint64(3))  # A shift by all 64 bits leaves 0.


def equal_tails(view: U64, ends: I64, sizes: I64, stored: U64, at: I64) -> Bool:
    """Whether the texts before `ends` equal the stored ones, whose words stand from `at` on, last word first.

    The sizes must be known to be equal, and not 0.
    """
    equal: Bool = tail_word(view, ends, sizes) == stored[at]
    live = np.flatnonzero(equal & (sizes > _WORD))
    done = 1
    while len(live):
        word = tail_word(view, ends[live] - _WORD * done, sizes[live] - _WORD * done)
        same = word == stored[at[live] + done]
        equal[live[~same]] = False
        done += 1
        live = live[same & (sizes[live] > _WORD * done)]
    return equal


def mixed(hashes: U64, view: U64, ends: I64, sizes: I64) -> U64:
    """Hashes that take in one more text each: its size and its bytes, eight at a time from its end.

    What they are is kept in files, so a change of this function is a change of their form.
    """
    found = (hashes ^ sizes.astype(np.uint64)) * _TURN
    found = (found ^ tail_word(view, ends, sizes)) * _STEP
    found ^= found >> _HALF
    live = np.flatnonzero(sizes > _WORD)
    done = _WORD
    while len(live):
        more = (found[live] ^ tail_word(view, ends[live] - done, sizes[live] - done)) * _STEP
        found[live] = more ^ (more >> _HALF)
        done += _WORD
        live = live[sizes[live] > done]
    return found
