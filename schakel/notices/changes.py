"""What changed in the registry since a revision: the assets as they are and as they were, and where their rows lie."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

import polars as pl

from schakel.kit.copying import copy_out
from schakel.matching import Index, reserved, subjects
from schakel.notices import index as registry_index
from schakel.notices import warnings
from schakel.notices.index import Tables

UNCHANGED = "SELECT value FROM registry_asset WHERE kind = 'network' AND revision <= %s"
LIFTED = 0
"""Instead of an organisation: nobody holds a reserved range, but its rows may find holders when its warning goes."""


@dataclass(frozen=True, slots=True)
class Changed:
    """Assets that came or changed (`now`), and as they were before they changed or went (`before`).

    `lifted` are reserved ranges in which something changed: whether their rows match at all may have changed too.
    """

    now: Tables
    before: Tables
    lifted: pl.DataFrame

    @classmethod
    def since(cls, revision: int, *, begun: datetime | None, at: datetime) -> Self:
        """What changed after that revision, and whose time began or ended between the moments `begun` and `at`."""
        now, before = registry_index.changed(revision), registry_index.former(revision)
        if begun is not None:
            turned = registry_index.turned(begun, at)
            now = {name: pl.concat([table, turned[name]]).unique("asset") for name, table in now.items()}
        return cls(now, before, _lifted([now["networks"], before["networks"]], revision))

    @property
    def count(self) -> int:
        """How many assets changed."""
        numbers = [frame.select("asset") for tables in (self.now, self.before) for frame in tables.values()]
        return pl.concat(numbers).n_unique()

    def former_holders(self) -> list[int]:
        """The organisations that held something of it before."""
        return pl.concat([table["organisation"] for table in self.before.values()]).unique().to_list()

    def index(self) -> Index:
        """Whoever holds, held or will hold what changed: an index of that alone, whatever the day."""
        return Index.build(**{name: table.drop("valid_from", "valid_until") for name, table in self._tables().items()})

    def sought(self) -> subjects.Sought:
        """Where the rows lie that may be concerned."""
        return subjects.sought(**self._tables())

    def _tables(self) -> Tables:
        both = {name: pl.concat([self.now[name], self.before[name]]) for name in self.now}
        return both | {"networks": pl.concat([both["networks"], self.lifted], how="diagonal")}


def _lifted(changed: list[pl.DataFrame], revision: int) -> pl.DataFrame:
    """The reserved ranges in which the only registered networks are among those that changed."""
    touched = _used(pl.concat([networks.select("network") for networks in changed]))
    if touched.height:
        unchanged = copy_out(UNCHANGED, [revision], schema={"network": pl.String})
        touched = touched.join(_used(unchanged), on="value", how="anti")
    nobody = pl.lit(LIFTED, dtype=pl.Int64)
    return touched.select(asset=nobody, organisation=nobody, network="value")


def _used(networks: pl.DataFrame) -> pl.DataFrame:
    """The reserved ranges in which any of the networks lies."""
    return reserved.never_matching().join(warnings.reserved_ranges(networks), on="value", how="anti")
