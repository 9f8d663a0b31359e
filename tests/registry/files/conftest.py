"""Reading a table of a few lines."""

import polars as pl
import pytest

from schakel.registry.files import read_table


class Outcome:
    """All batches of a file together."""

    def __init__(self, batches):
        self.batches = batches
        self.good = pl.concat([batch.good for batch in batches])
        self.bad = pl.concat([batch.bad for batch in batches])
        self.rows = sum(batch.rows for batch in batches)
        assert all(batch.rows == len(batch.good) + len(batch.bad) for batch in batches)

    @property
    def faults(self):
        """Line, column and reason of each bad row."""
        return self.bad.select("line", "column", "reason").rows()


@pytest.fixture
def read(tmp_path):
    """Read text or bytes, or the file at a path, as one kind of table."""

    def read_it(content, kind="organisations", **options):
        path = content
        if isinstance(content, str | bytes):
            path = tmp_path / "table"
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return Outcome(list(read_table(path, kind, **options)))

    return read_it
