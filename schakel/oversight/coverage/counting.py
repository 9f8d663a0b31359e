"""Counting coverage from its arrays: who is there, who is on a list, who may not be told, and what came of notices."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from schakel.oversight.coverage import bands, dimensions, reach
from schakel.oversight.coverage.bands import Estimates
from schakel.oversight.coverage.dimensions import functions
from schakel.oversight.coverage.keeping import Snapshot
from schakel.oversight.coverage.measuring import STEPS
from schakel.oversight.coverage.reach import Counts, Layers, Mask, Places
from schakel.registry.models import Estimate, NetworkFunction

MEASURED_FUNCTION = NetworkFunction.NOTIFICATION
"""The one function whose work leaves traces that can be counted so far."""
NO_PLACES = np.zeros(0, np.int32)


class Constituencies(Mapping[int, Places]):
    """The constituency of each of some partners over all its relations, each organisation once; joined when asked.

    Partners of whom no list is known are not in it.
    """

    def __init__(self, snapshot: Snapshot, partners: Iterable[int]) -> None:
        self._size, wanted = len(snapshot.population), set(partners)
        self._parts: dict[int, list[Places]] = {}
        for (partner, _relation), places in snapshot.relations.items():
            if partner in wanted:
                self._parts.setdefault(partner, []).append(places)
        self._found: dict[int, Places] = {}

    def __getitem__(self, partner: int) -> Places:
        """The places of one partner's organisations, in order."""
        if partner not in self._found:
            self._found[partner] = reach.union(self._parts[partner], size=self._size)
        return self._found[partner]

    def __iter__(self) -> Iterator[int]:
        """Each partner."""
        return iter(self._parts)

    def __len__(self) -> int:
        """How many partners."""
        return len(self._parts)

    def parts(self, partner: int) -> list[Places]:
        """Its lists as they are, one for each relation."""
        return self._parts[partner]


@dataclass(frozen=True, slots=True)
class Laid:
    """The constituencies laid over each other: by what masks, how large each is, and the functions begun by region.

    `words` change with each partner's lists and mask. `open_to` holds by place the functions in which it may be told;
    `layers` hold those alone.
    """

    constituencies: Constituencies
    masks: Mapping[int, int]
    words: Mapping[int, str]
    sizes: Mapping[int, int]
    begun: Mask
    open_to: Mask
    layers: Layers


@dataclass(frozen=True, slots=True)
class Counted:
    """Everything that one count found out. Counts by code; `listed` and `held` (who may not be told) by function."""

    snapshot: Snapshot
    laid: Laid
    population: Counts
    listed: Counts
    held: Counts
    measured: Counts
    estimates: Estimates
    estimated: tuple[tuple[int, str], ...]


def counted(snapshot: Snapshot, *, laid: Laid, steps: Mask) -> Counted:
    """Count the snapshot anew, as its lists were laid, with the steps of notification by place."""
    codes = snapshot.population.codes
    population = np.bincount(codes, minlength=dimensions.cells())
    estimates, groups = estimated(laid.masks)
    return Counted(
        snapshot=snapshot,
        laid=laid,
        population=population,
        listed=by_bit(codes, laid.layers.once, bits=len(functions()), counts=population),
        held=by_bit(codes, ~laid.open_to, bits=len(functions()), counts=population),
        measured=by_bit(codes, steps, bits=len(STEPS), counts=population),
        estimates=estimates,
        estimated=groups,
    )


def by_bit(codes: reach.Codes, masks: Mask, *, bits: int, counts: Counts) -> Counts:
    """Counts by code of the places that hold each bit of their mask; `counts` are those of all places by code."""
    if not (masks & np.uint8((1 << bits) - 1)).any():
        return np.zeros((bits, len(counts)), np.int64)
    occurring, sets = np.flatnonzero(counts), np.arange(1 << bits)
    number = np.zeros(len(counts), np.int32)
    number[occurring] = np.arange(len(occurring), dtype=np.int32)
    together = number[codes] << bits | masks & np.uint8((1 << bits) - 1)
    found = np.bincount(together, minlength=len(occurring) << bits).reshape(len(occurring), 1 << bits)
    result = np.zeros((bits, len(counts)), np.int64)
    for bit in range(bits):
        result[bit, occurring] = found[:, sets >> bit & 1 > 0].sum(axis=1)
    return result


def estimated(partners: Iterable[int]) -> tuple[Estimates, tuple[tuple[int, str], ...]]:
    """The estimates of these partners as arrays, and the partner and relation of each group."""
    columns = "partner_id", "relation", "sector", "sbi_section", "region", "size_class", "count"
    wanted = set(partners)
    rows = [row for row in Estimate.objects.order_by("pk").values_list(*columns) if row[0] in wanted]
    groups = tuple(sorted({(row[0], row[1]) for row in rows}))
    at = {group: number for number, group in enumerate(groups)}
    known = [dimensions.numbers(one) for one in bands.ESTIMATED]
    told = [[numbers.get(value, 0) for numbers, value in zip(known, row[2:6], strict=True)] for row in rows]
    return Estimates(
        groups=np.array([at[row[0], row[1]] for row in rows], np.intp),
        numbers=np.array(told, np.intp).reshape(len(rows), len(bands.ESTIMATED)),
        counts=np.array([row[6] for row in rows], np.int64),
        group_count=len(groups),
    ), groups
