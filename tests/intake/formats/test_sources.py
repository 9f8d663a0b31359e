"""The way that parsers share, from parts to batches."""

import polars as pl
import pytest

from schakel.intake.formats.delimited import Part
from schakel.intake.formats.sources import _gathered, one_ahead


def part(height: int) -> Part:
    return Part(pl.DataFrame({"c0": ["x"] * height}), [])


@pytest.mark.parametrize(
    ("heights", "expected"), [([1] * 8, [8]), ([1] * 9, [8, 1]), ([50_000, 1], [50_000, 1]), ([], [])]
)
def test_parts_are_joined_up_to_a_bound(heights, expected):
    assert [one.frame.height for one in _gathered(map(part, heights))] == expected


def test_what_goes_wrong_in_the_second_thread_is_told_in_the_first():
    def breaking():
        yield 1
        raise ValueError("here")

    items = one_ahead(breaking())
    assert next(items) == 1
    with pytest.raises(ValueError, match="here"):
        next(items)
