"""What every report format is turned into, and what may be refused on the way.

One shape for all formats, so that matching, tracking and the store never ask where a row came from.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

import polars as pl

OBSERVATION_SCHEMA: Final = pl.Schema(
    {
        "line": pl.UInt32(),
        "observed_at": pl.Datetime("us", "UTC"),
        "address": pl.String(),
        "host": pl.String(),
        "url": pl.String(),
        "email": pl.String(),
        "asn": pl.UInt32(),
        "port": pl.UInt16(),
        "protocol": pl.String(),
        "country": pl.String(),
        "kind": pl.String(),
        "severity": pl.String(),
        "weakness": pl.String(),
        "detail": pl.String(),
        "source_row": pl.String(),
    }
)
"""One readable row of a report. `line` is 1 at the first line of the decompressed file (in Parquet: record)."""

QUARANTINE_SCHEMA: Final = pl.Schema(
    {
        "line": pl.UInt32(),
        "column": pl.String(),
        "value": pl.String(),
        "reason": pl.String(),
        "words": pl.String(),
        "raw": pl.String(),
    }
)
"""One row that could not be read: where, which column and value if one is to blame, and why."""

VALUE_LENGTH: Final = 200
RAW_LENGTH: Final = 2000
BATCH_ROWS: Final = 200_000

REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "bad-address": "This is not an IP address or network.",
        "bad-asn": "This is not the number of an autonomous system.",
        "bad-email": "This is not an e-mail address.",
        "bad-host": "This is not a host or domain name.",
        "bad-json": "This is not readable JSON.",
        "bad-port": "This is not a port between 0 and 65535.",
        "bad-quoting": "The quotation marks of this record do not pair up, so its fields cannot be told apart.",
        "bad-range": "This range of addresses does not end after it starts.",
        "bad-time": "This is not a date and time between 1995 and 2100 in a form that we know.",
        "bad-url": "This is not a web address.",
        "damaged": "The archive is damaged from here on; the rest could not be read.",
        "line-too-long": "This line is longer than a record may be.",
        "member-refused": "This file in the archive could not be read.",
        "no-asset": "This row names no address, host, web address, e-mail address or network number.",
        "not-an-asset": "This is not an address, network, domain, web address or e-mail address.",
        "not-an-object": "This is JSON, but not an object with names and values.",
        "nul-byte": "This record holds a NUL byte, which text cannot hold.",
        "too-many-fields": "This record has more fields than the header has columns.",
        "truncated": "The file breaks off here; the rest is missing.",
    }
)
"""Why a row is kept apart: a stable code and a sentence for people."""


class FormatRefused(ValueError):  # noqa: N818 - it reads as a sentence where it is raised
    """A whole file that cannot or may not be read; `reason` is a stable code, `sentence` is for people."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason
        self.sentence = sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a file may cost. Sizes in bytes; a ratio is decompressed to compressed size."""

    decompressed_bytes: int = 8 << 30
    ratio: int = 200
    ratio_from_bytes: int = 64 << 20  # A short file of zeros harms nobody, so the ratio counts from here.
    line_bytes: int = 1 << 20
    object_bytes: int = 16 << 20  # X-ARF carries its evidence inside the JSON object.
    columns: int = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """How to read a file. Whatever is left out is found out from its name and content.

    received_at: when the file came in, aware; the time of rows that state none.
    format: one of the names that `recognise` returns.
    type: report type of the source, such as a Shadowserver report type; else taken from the file name.
    mapping: the mapping of a generic table, as tomllib returns it (docs/reference/report-formats.md).
    default_kind, default_severity: used where neither the type nor the row states one.
    """

    received_at: datetime
    format: str | None = None
    type: str | None = None
    mapping: Mapping[str, Any] | None = None
    default_kind: str | None = None
    default_severity: str | None = None
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How to read `source_row` again: the columns of the file in order, and what parts them.

    A format whose `source_row` explains itself (JSON objects, lines of a list) has no layout.
    """

    columns: tuple[str, ...]
    delimiter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some rows of one file. Always: rows == len(observations) + len(quarantined).

    member: the file's name, inside an archive the name there. notes: remarks for people about the file.
    """

    observations: pl.DataFrame
    quarantined: pl.DataFrame
    rows: int
    member: str = ""
    layout: Layout | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """One record that is kept apart before its fields are known."""

    line: int
    reason: str
    raw: str
    column: str | None = None
    value: str | None = None


def quarantine(rejects: list[Reject]) -> pl.DataFrame:
    """The rejects as rows of QUARANTINE_SCHEMA, values and raw text cut to length."""
    return pl.DataFrame(
        [
            (
                reject.line,
                reject.column,
                None if reject.value is None else reject.value[:VALUE_LENGTH],
                reject.reason,
                REASONS[reject.reason],
                reject.raw[:RAW_LENGTH],
            )
            for reject in rejects
        ],
        schema=QUARANTINE_SCHEMA,
        orient="row",
    )
