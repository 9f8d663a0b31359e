"""Which organisations there are, in order of their numbers, what each of them is, and who objected: three arrays."""

from dataclasses import dataclass, field
from typing import Any, Self
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from schakel.kit.packing import numbers, packed
from schakel.oversight.coverage import dimensions
from schakel.oversight.coverage.dimensions import Profile
from schakel.oversight.coverage.reach import Codes, Places, Truth

Numbers = NDArray[np.int64]
DENSE = 8
"""Numbers that lie this close together are looked up in a table; further apart, by halving."""
NOWHERE = -1
QUERY = """
SELECT sector, left(sbi, 2), region, size_class, nis2, has_objected, max(revision), string_agg(int8send(id), '')
FROM registry_organisation WHERE successor_id IS NULL AND (revision > %s OR %s < 0) GROUP BY 1, 2, 3, 4, 5, 6
"""


@dataclass(frozen=True, slots=True)
class Population:
    """Organisations by number, the code of each, whether it objected, and the number of the latest change in them."""

    ids: Numbers
    codes: Codes
    objected: Truth
    revision: int
    name: str = field(default_factory=lambda: uuid4().hex)
    """Stays as long as nobody comes or goes: what is kept by place holds for a population of the same name."""

    @classmethod
    def read(cls, *, after: int = -1) -> Self:
        """Those changed after a revision, or all."""
        ids, codes, objected, revision = (
            [np.zeros(0, np.int64)],
            [np.zeros(0, np.int32)],
            [np.zeros(0, np.bool_)],
            after,
        )
        for *profile, has_objected, latest, column in packed(QUERY, [after, after]):
            found = numbers(column)
            ids.append(found)
            codes.append(np.full(len(found), dimensions.code(Profile(*profile)), np.int32))
            objected.append(np.full(len(found), has_objected, np.bool_))
            revision = max(revision, latest)
        joined = np.concatenate(ids)
        order = np.argsort(joined, kind="stable")
        return cls(joined[order], np.concatenate(codes)[order], np.concatenate(objected)[order], revision)

    def __len__(self) -> int:
        """How many there are."""
        return len(self.ids)

    def begins_with(self, other: "Population") -> bool:
        """Whether the places of another population are the same in this one, which may only be longer."""
        return self.ids is other.ids or np.array_equal(self.ids[: len(other)], other.ids)

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
        is_new, revision = at == NOWHERE, max(self.revision, later.revision)
        codes, objected = _laid_over(self.codes, later.codes, at), _laid_over(self.objected, later.objected, at)
        if not is_new.any():
            return Population(self.ids, codes, objected, revision, self.name)
        ids = np.concatenate([self.ids, later.ids[is_new]])
        order = np.argsort(ids, kind="stable")
        return Population(ids[order], codes[order], objected[order], revision)


def _laid_over(mine: NDArray[Any], theirs: NDArray[Any], at: Places) -> NDArray[Any]:
    """`mine` with what is theirs at its places, and behind it what has none."""
    is_new, found = at == NOWHERE, mine.copy()
    found[at[~is_new]] = theirs[~is_new]
    return np.concatenate([found, theirs[is_new]])
