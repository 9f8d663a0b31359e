"""Dates and times in the forms that reports use."""

from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schakel.intake.formats.moments import EARLIEST, LATEST, moments
from schakel.intake.formats.shapes import FormatRefused

MOMENT = datetime(2026, 1, 15, 10, 11, 12, tzinfo=UTC)


def one(text: str, **options):
    return moments(pl.Series([text], dtype=pl.String), **options)[0]


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-15 10:11:12", "2026-01-15T10:11:12", "2026-01-15T10:11:12Z", "2026-01-15 10:11:12 UTC",
        "2026-01-15T11:11:12+01:00", "2026-01-15 10:11:12.000", "20260115T101112Z", "1768471872", "1768471872.0",
        "1768471872000", "1768471872000000", "1768471872000000000", "15-01-2026 10:11:12", "15/1/2026, 10:11:12",
        "15.01.2026 10:11:12", "Thu, 15 Jan 2026 10:11:12 GMT", "Thu, 15 Jan 2026 11:11:12 +0100",
    ],
)  # fmt: skip
def test_many_forms_are_one_moment(text):
    assert one(text) == MOMENT


def test_a_day_alone_is_its_midnight():
    assert one("2026-01-15") == one("15-01-2026") == datetime(2026, 1, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["yesterday", "2026-13-01 00:00:00", "2026-02-30", "31-02-2026", "12:00", "0", "1", "0001-01-01 00:00:00",
     "1994-12-31 23:59:59", "2100-01-01 00:00:00", "99999999999999999999", "2026-01-15 10:11:12 +99:00", "-", "Thu, 99 Foo"],
)  # fmt: skip
def test_what_is_no_moment_is_none(text):
    assert one(text) is None


def test_a_time_without_zone_is_in_the_stated_zone():
    assert one("2026-01-15 11:11:12", zone="Europe/Amsterdam") == MOMENT
    assert one("2026-07-15 12:11:12", zone="Europe/Amsterdam").hour == 10
    assert one("2026-01-15T10:11:12Z", zone="Europe/Amsterdam") == MOMENT


def test_a_stated_form_is_the_only_one():
    assert one("01/15/26 10h11", time_format="%m/%d/%y %Hh%M") == MOMENT.replace(second=0)
    assert one("2026-01-15 10:11:12", time_format="%m/%d/%y") is None


@pytest.mark.parametrize("zone", ["Middle/Earth", "../../etc/passwd", ""])
def test_an_unknown_zone_is_refused(zone):
    with pytest.raises(FormatRefused, match="time zone"):
        one("2026-01-15", zone=zone)


@settings(deadline=None)
@given(st.datetimes(EARLIEST.replace(tzinfo=None), LATEST.replace(tzinfo=None, year=2099)))
def test_a_moment_written_plainly_is_read_back_both_ways(moment):
    moment = moment.replace(microsecond=0)
    assert one(str(moment)) == one(moment.isoformat()) == moment.replace(tzinfo=UTC)


@settings(deadline=None)
@given(st.lists(st.none() | st.text(max_size=30)))
def test_no_text_breaks_the_reading(texts):
    found = moments(pl.Series(texts, dtype=pl.String))
    assert found.dtype == pl.Datetime("us", "UTC")
    assert len(found) == len(texts)
