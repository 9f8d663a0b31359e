"""Dates and times as reports write them, to moments in UTC."""

import email.utils
import math
import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from schakel.intake.formats.shapes import FormatRefused

EARLIEST: Final = datetime(1995, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)
"""A time outside these is a mistake: before networks were scanned, or a clock gone wrong."""
_UTC_MICROSECONDS: Final = pl.Datetime("us", "UTC")
_PLAIN: Final = "%Y-%m-%d %H:%M:%S"
_PLAIN_SHAPE: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$"
_NUMBER: Final = re.compile(r"[0-9]{9,19}(\.[0-9]+)?")
_EPOCH_UNITS: Final = ((1e11, 1.0), (1e14, 1e3), (1e17, 1e6), (math.inf, 1e9))
"""Below the first number, a count since 1970 is divided by the second: seconds to nanoseconds."""
_NAMED_UTC: Final = re.compile(r"\s*(UTC|GMT|Z)$", re.IGNORECASE)
_DAY_FIRST: Final = re.compile(
    r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[ T,]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?", re.ASCII
)


def moments(texts: pl.Series, *, zone: str = "UTC", time_format: str | None = None) -> pl.Series:
    """The moments in UTC, microseconds; null where a text is null or no moment between EARLIEST and LATEST.

    Known: ISO 8601 with or without zone, `2026-01-15 10:11:12`, seconds or finer since 1970, day first as in
    `15-01-2026 10:11`, RFC 5322 dates; or only `time_format` (strptime). No zone of its own: `zone`, an IANA
    name. Raises FormatRefused for an unknown zone.
    """
    local = zone_named(zone)
    plain = texts
    if time_format or zone != "UTC":
        found = pl.repeat(None, len(texts), dtype=_UTC_MICROSECONDS, eager=True)
    else:
        plain = texts.set(~texts.str.contains(_PLAIN_SHAPE), None)
        found = plain.str.to_datetime(_PLAIN, strict=False, time_unit="us").dt.replace_time_zone("UTC")
    rest = texts.filter(found.is_null() & texts.is_not_null()).unique()
    if len(rest):
        old = rest.to_list()
        new = pl.Series([moment(text, zone=local, time_format=time_format) for text in old], dtype=_UTC_MICROSECONDS)
        found = found.fill_null(texts.replace_strict(rest, new, default=None, return_dtype=_UTC_MICROSECONDS))
    return found.set((found < EARLIEST) | (found >= LATEST), None)


def moment(text: str, *, zone: tzinfo, time_format: str | None = None) -> datetime | None:
    """One moment in UTC, or None. See `moments`."""
    try:
        if time_format:
            return _in_utc(datetime.strptime(text, time_format), zone)  # noqa: DTZ007 - the zone comes next
        return _known(text, zone)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def zone_named(name: str) -> tzinfo:
    """The zone of that IANA name. Raises FormatRefused where there is none."""
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise FormatRefused("bad-mapping", f"The mapping names an unknown time zone: {name}.") from None


def _known(text: str, zone: tzinfo) -> datetime | None:
    if _NUMBER.fullmatch(text):
        count = float(text)
        unit = next(unit for below, unit in _EPOCH_UNITS if count < below)
        return datetime.fromtimestamp(0, UTC) + timedelta(seconds=count / unit)
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year, hour, minute, second = (int(part or 0) for part in found.groups())
        return _in_utc(datetime(year, month, day, hour, minute, second), zone)  # noqa: DTZ001 - the zone comes next
    try:
        return _in_utc(datetime.fromisoformat(_NAMED_UTC.sub("+00:00", text)), zone)
    except ValueError:
        return _in_utc(email.utils.parsedate_to_datetime(text), zone)


def _in_utc(found: datetime, zone: tzinfo) -> datetime:
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
