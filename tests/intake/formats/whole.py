"""A whole file read at once, with what must always hold of it."""

import io
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from schakel.intake.formats import OBSERVATION_SCHEMA, QUARANTINE_SCHEMA, REASONS, Batch, ReadOptions, read
from schakel.intake.kinds import KINDS, SEVERITIES

NOON = datetime(2026, 1, 16, 12, tzinfo=UTC)


class Pipe:
    """A stream that can only be read forwards, and gives little at a time."""

    def __init__(self, content: bytes, step: int = 1 << 16) -> None:
        self._content = io.BytesIO(content)
        self._step = step

    def read(self, size: int, /) -> bytes:
        return self._content.read(min(size, self._step))


@dataclass(frozen=True)
class Whole:
    observations: list[dict[str, Any]]
    quarantined: list[dict[str, Any]]
    rows: int
    notes: list[str]
    batches: list[Batch]

    @property
    def reasons(self) -> list[Any]:
        return [row["reason"] for row in self.quarantined]

    def column(self, name: str) -> list[Any]:
        return [row[name] for row in self.observations]


def whole(content: bytes | Path, *, name: str = "report.csv", **options) -> Whole:
    """Everything in the file, after checking the schemas, the sum of the rows and the words used."""
    source = Pipe(content) if isinstance(content, bytes) else content
    batches = list(read(source, name=name, options=ReadOptions(received_at=NOON, **options)))
    for batch in batches:
        assert batch.observations.schema == OBSERVATION_SCHEMA
        assert batch.quarantined.schema == QUARANTINE_SCHEMA
        assert batch.rows == batch.observations.height + batch.quarantined.height <= 250_000
        assert (
            batch.observations.null_count().select("line", "observed_at", "kind", "severity", "source_row").row(0)
            == (0,) * 5
        )
        assert set(batch.observations["kind"]) <= set(KINDS)
        assert set(batch.observations["severity"]) <= set(SEVERITIES)
        assert set(batch.quarantined["reason"]) <= set(REASONS)
        assets = batch.observations.select(pl.any_horizontal(pl.col("address", "host", "email", "asn").is_not_null()))
        assert assets.to_series().all()
    return Whole(
        observations=[row for batch in batches for row in batch.observations.to_dicts()],
        quarantined=[row for batch in batches for row in batch.quarantined.to_dicts()],
        rows=sum(batch.rows for batch in batches),
        notes=[note for batch in batches for note in batch.notes],
        batches=batches,
    )
