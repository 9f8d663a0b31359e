"""Chance that repeats: each part of the country has its own stream, so that parts can be made apart."""

import zlib

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


def stream(seed: int, part: str, chunk: int = 0) -> np.random.Generator:
    """The stream of random numbers of one part and chunk."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, zlib.crc32(part.encode()), chunk])))


def pick(dice: np.random.Generator, weights: ArrayLike, count: int) -> Ints:
    """`count` indices, each as likely as its weight."""
    edges = np.cumsum(np.asarray(weights, np.float64))
    found = np.searchsorted(edges, dice.random(count) * edges[-1], side="right")
    return np.asarray(np.minimum(found, len(edges) - 1), np.int64)


def chance(dice: np.random.Generator, odds: ArrayLike) -> Flags:
    """True as often as the odds say, one throw each."""
    chances = np.asarray(odds, np.float64)
    return np.asarray(dice.random(len(chances)) < chances)


def some(dice: np.random.Generator, count: int, share: float) -> Flags:
    """True for about this share of `count` throws."""
    return dice.random(count) < share


def words(names: list[str] | tuple[str, ...], at: NDArray[np.integer]) -> pl.Series:
    """The names at these places, as a column."""
    return pl.Series(names, dtype=pl.String).gather(pl.Series(at.astype(np.uint32)))


def yes_no(flags: Flags) -> pl.Series:
    """`yes` and `no`, as the files say it."""
    return words(("no", "yes"), flags.astype(np.int64))


def shuffled(numbers: Ints, bits: int, seed: int) -> Ints:
    """A fixed rearrangement of all numbers below 2**bits: each goes to another, none goes astray.

    Rounds of odd multiplication and xor-shift, each of which can be undone modulo 2**bits.
    """
    mask = np.uint64((1 << bits) - 1)
    mixed = numbers.astype(np.uint64)
    for factor in stream(seed, "shuffle").integers(0, 1 << 40, 3, dtype=np.uint64) | np.uint64(1):
        mixed = (mixed * factor + factor) & mask
        mixed ^= mixed >> np.uint64(max(bits // 2, 1))
    return mixed.astype(np.int64)
