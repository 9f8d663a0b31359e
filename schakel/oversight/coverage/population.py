"""Which organisations there are, in order of their numbers, and what each of them is: two arrays."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from schakel.kit.packing import numbers, packed
from schakel.oversight.coverage import dimensions
from schakel.oversight.coverage.dimensions import Profile
from schakel.oversight.coverage.reach import Codes, Places

Numbers = NDArray[np.int64]
DENSE = 8
"""Numbers that lie this close together are looked up in a table; further apart, by halving."""
NOWHERE = -1
QUERY = """
SELECT sector, left(sbi, 2), region, size_class, nis2, max(revision), string_agg(int8send(id), '')
FROM registry_organisation WHERE successor_id IS NULL AND (revision > %s OR %s < 0) GROUP BY 1, 2, 3, 4, 5
"""


@dataclass(frozen=True, slots=True)
class Population:
    """Organisations by number, the code of each, and the number of the latest change that is in them."""

    ids: Numbers
    codes: Codes
    revision: int

    @classmethod
    def read(cls, *, after: int = -1) -> Self:
        """Those changed after a revision, or all."""
        ids, codes, revision = [np.zeros(0, np.int64)], [np.zeros(0, np.int32)], after
        for sector, sbi, region, size, status, latest, column in packed(QUERY, [after, after]):
            found = numbers(column)
            ids.append(found)
            codes.append(np.full(len(found), dimensions.code(Profile(sector, sbi, region, size, status)), np.int32))
            revision = max(revision, latest)
        joined = np.concatenate(ids)
        order = np.argsort(joined, kind="stable")
        return cls(joined[order], np.concatenate(codes)[order], revision)

    def __len__(self) -> int:
        """How many there are."""
        return len(self.ids)

    def places(self, ids: Numbers) -> Places:
        """Where each of `ids` stands, or NOWHERE."""
        if not len(self.ids):
            return np.full(len(ids), NOWHERE, np.int32)
        first, last = int(self.ids[0]), int(self.ids[-1])
        inside = (ids >= first) & (ids <= last)
        found = np.full(len(ids), NOWHERE, np.int32)
        found[inside] = self._table()[ids[inside] - first] if self._is_dense() else self._halved(ids[inside])
        return found

    def _is_dense(self) -> bool:
        return int(self.ids[-1] - self.ids[0]) < DENSE * len(self.ids)

    def _table(self) -> Places:
        table = np.full(int(self.ids[-1] - self.ids[0]) + 1, NOWHERE, np.int32)
        table[self.ids - self.ids[0]] = np.arange(len(self.ids), dtype=np.int32)
        return table

    def _halved(self, ids: Numbers) -> Places:
        at = np.searchsorted(self.ids, ids)
        return np.where(self.ids[at] == ids, at, NOWHERE).astype(np.int32)

    def changed(self, later: "Population") -> "Population":
        """This population with what is new or different in `later`."""
        at = self.places(later.ids)
        codes, is_new = self.codes.copy(), at == NOWHERE
        codes[at[~is_new]] = later.codes[~is_new]
        ids = np.concatenate([self.ids, later.ids[is_new]])
        codes = np.concatenate([codes, later.codes[is_new]])
        order = np.argsort(ids, kind="stable") if is_new.any() else slice(None)
        return Population(ids[order], codes[order], max(self.revision, later.revision))
