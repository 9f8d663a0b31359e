"""What matching gives back: a line per row and holder."""

from dataclasses import dataclass, fields, replace

import numpy as np
import polars as pl

from schakel.matching.holders import BASES, ROLES
from schakel.matching.kernel import I64, NOBODY, U8, U16, U32, Bool

NO_BASIS = 255
_BASES = pl.Series(BASES, dtype=pl.Enum(BASES))
_ROLES = pl.Series(ROLES, dtype=pl.Enum(ROLES))


@dataclass(frozen=True, slots=True)
class Matches:
    """Lines sorted by row and then rank; equal rank is equal specificity.

    `basis` and `role` are places in BASES and ROLES. `warned` has the rows on a warning list, which have no
    lines: `row` (UInt32) and `list` (String).
    """

    row: U32
    organisation: I64
    asset: I64
    basis: U8
    rank: U16
    role: U8
    warned: pl.DataFrame

    def __len__(self) -> int:
        return len(self.row)

    def moved(self, count: int) -> "Matches":
        """The same with row numbers `count` higher."""
        if not count:
            return self
        warned = self.warned.with_columns(pl.col("row") + pl.lit(count, pl.UInt32))
        return replace(self, row=self.row + np.uint32(count), warned=warned)

    @classmethod
    def all_of(cls, parts: "list[Matches]") -> "Matches":
        """The lines of all parts, one behind another."""
        if len(parts) == 1:
            return parts[0]
        columns = {
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in ("row", "organisation", "asset", "basis", "rank", "role")
        }
        return cls(**columns, warned=pl.concat([part.warned for part in parts]))

    def frame(self) -> pl.DataFrame:
        """The lines as a table, basis and role in words."""
        return pl.DataFrame(
            {
                "row": self.row,
                "organisation": self.organisation,
                "asset": self.asset,
                "basis": _BASES.gather(self.basis),
                "rank": self.rank,
                "role": _ROLES.gather(self.role),
            }
        )


@dataclass(frozen=True, slots=True)
class First:
    """The first line of each row that `match` would give, one entry per row; NOBODY and NO_BASIS where none."""

    organisation: I64
    asset: I64
    basis: U8

    @classmethod
    def blank(cls, size: int) -> "First":
        """Rows that nobody holds."""
        nobody = np.full((2, size), NOBODY, np.int64)
        return cls(nobody[0], nobody[1], np.full(size, NO_BASIS, np.uint8))

    @classmethod
    def all_of(cls, parts: "list[First]") -> "First":
        """The rows of all parts, one behind another."""
        return cls(*(np.concatenate([getattr(part, column.name) for part in parts]) for column in fields(cls)))

    @property
    def is_held(self) -> Bool:
        """Which rows anybody holds."""
        held: Bool = self.basis != NO_BASIS
        return held
