"""By what coverage is told apart: sector and status by NIS2, section of the SBI, region, and size class.

Each value has a number, 0 for "unknown"; an organisation's five numbers make one code, so that millions of
organisations are one array.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from schakel.oversight.coverage.reach import MOST_FUNCTIONS
from schakel.registry.files.lists import facts, slugs
from schakel.registry.models import Nis2Status, SizeClass

UNKNOWN = ""
"""The value of a dimension where the registry does not know it."""
SECTOR, SECTION, REGION, SIZE, STATUS = "sector", "section", "region", "size_class", "nis2"
DIMENSIONS = (SECTOR, SECTION, REGION, SIZE, STATUS)
"""In the order of an organisation's code."""


@cache
def functions() -> tuple[str, ...]:
    """The functions of the network; the place of each is its bit in a mask."""
    found = slugs("functions")
    if len(found) > MOST_FUNCTIONS:
        raise NotImplementedError("a mask of functions has eight bits")
    return found


@dataclass(frozen=True, slots=True)
class Profile:
    """What coverage knows of an organisation."""

    sector: str
    sbi: str
    region: str
    size_class: str
    nis2: str


@cache
def values(dimension: str) -> tuple[str, ...]:
    """All values of a dimension, the unknown one first."""
    found: dict[str, Sequence[str]] = {
        SECTOR: slugs("sectors"),
        SECTION: slugs("sbi_sections"),
        REGION: slugs("regions"),
        SIZE: [size for size in SizeClass.values if size != SizeClass.UNKNOWN],
        STATUS: [status for status in Nis2Status.values if status != Nis2Status.UNKNOWN],
    }
    return (UNKNOWN, *found[dimension])


@cache
def numbers(dimension: str) -> dict[str, int]:
    """The number of each value; what is not among them counts as unknown."""
    return {value: number for number, value in enumerate(values(dimension))}


def number(dimension: str, value: str) -> int:
    """The number of a value, 0 where it is none of the list's."""
    return numbers(dimension).get(value, 0)


@cache
def shape() -> tuple[int, ...]:
    """How many values each dimension has."""
    return tuple(len(values(dimension)) for dimension in DIMENSIONS)


@cache
def cells() -> int:
    """How many codes there are."""
    return int(np.prod(shape()))


@cache
def code(profile: Profile) -> int:
    """An organisation's five numbers in one."""
    found = (
        number(SECTOR, profile.sector),
        number(SECTION, section(profile.sbi)),
        number(REGION, profile.region),
        number(SIZE, profile.size_class),
        number(STATUS, profile.nis2),
    )
    return int(np.ravel_multi_index(found, shape()))


@cache
def parts(dimension: str) -> NDArray[np.uint8]:
    """Of every code its number in one dimension."""
    at = DIMENSIONS.index(dimension)
    found: NDArray[np.uint8] = np.unravel_index(np.arange(cells()), shape())[at].astype(np.uint8)
    return found


@cache
def section(sbi: str) -> str:
    """The section of an SBI code: a letter stands for itself, digits for the section that holds their division."""
    bounds = {letter: facts("sbi_sections")[letter] for letter in slugs("sbi_sections")}
    if sbi in bounds:
        return sbi
    if not sbi[:2].isdigit():
        return UNKNOWN
    division = int(sbi[:2])
    return next((letter for letter, one in bounds.items() if one["first"] <= division <= one["last"]), UNKNOWN)
