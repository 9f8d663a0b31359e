"""Counting what came of a file, and keeping its bad rows: the first ones at hand, all of them in a file on demand."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import polars as pl

from schakel.registry.files import BAD_SCHEMA
from schakel.registry.load.batch import Batch

SHOWN_ROWS = 1000
FIGURES = ("kind", "name", "rows", "added", "changed", "unchanged", "bad")


@dataclass(slots=True)
class Tally:
    """The counts of a file so far: rows = added + changed + unchanged + bad. A context, for its file of bad rows."""

    kind: str
    name: str
    bad_path: Path | None = None
    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    bad: int = 0
    first_bad: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=BAD_SCHEMA))
    started_at: float = field(default_factory=time.perf_counter)
    _out: IO[bytes] | None = None

    def __enter__(self) -> Self:
        """Begin the file of bad rows, where one is asked for. Raises OSError where it cannot be written."""
        if self.bad_path is not None:
            self._out = self.bad_path.open("wb")
            pl.DataFrame(schema=BAD_SCHEMA).write_csv(self._out)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        if self._out is not None:
            self._out.close()

    def add(self, batch: Batch) -> None:
        """Count one more batch."""
        self.rows += batch.rows
        self.added += batch.added
        self.changed += batch.changed
        self.unchanged += batch.unchanged
        self.bad += batch.bad.height
        if self._out is not None:
            batch.bad.write_csv(self._out, include_header=False)
        if self.first_bad.height < SHOWN_ROWS:
            self.first_bad = pl.concat([self.first_bad, batch.bad.head(SHOWN_ROWS - self.first_bad.height)])

    def figures(self) -> dict[str, object]:
        """The counts, the rows a second, and the first bad rows."""
        seconds = time.perf_counter() - self.started_at
        counts = {
            name: getattr(self, name) for name in ("kind", "name", "rows", "added", "changed", "unchanged", "bad")
        }
        speed = {"seconds": round(seconds, 2), "rows_per_second": round(self.rows / seconds)}
        return {**counts, **speed, "bad_rows": self.first_bad.to_dicts()}
