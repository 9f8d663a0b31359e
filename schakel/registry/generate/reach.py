"""Whom the prospects reach: lists of organisations where they give one, counts by cell where they give only those."""

from dataclasses import dataclass, field
from typing import Self

import numpy as np
import polars as pl

from schakel.registry.files.lists import facts, slugs
from schakel.registry.generate.dice import Ints, pick, some, stream, words
from schakel.registry.generate.organisations import SIZES, Block, sections
from schakel.registry.generate.plan import Plan, organisation_keys
from schakel.registry.generate.prospects import Prospects, keys, shape

RELATIONS = {
    "isp": "customer", "msp": "customer", "mssp": "customer", "cloud-provider": "customer", "supplier": "customer",
    "marketplace": "customer", "search-engine": "customer", "chain": "supplier", "mature-organisation": "supplier",
    "regional": "participant", "umbrella-organisation": "members-customer",
}  # fmt: skip
MOST_SLOTS = 60
SPARE = 1.25  # Twins are dropped, so somewhat more are drawn than kept.
SERVED = 0.9
ISLANDERS_SERVED = 0.25
FIRST_DAYS = ("2023-01-01", "2024-06-01", "2025-03-01")
ENDED_ON, ENDED = "2026-02-01", 0.01
MOST_CELLS = 24
LARGEST_SHARE = 0.4
COUNTED_BY = ("opgave van de organisatie", "jaarverslag", "schatting uit de nulmeting")


@dataclass(frozen=True, slots=True)
class Pool:
    """Prospects with a list, by what they gather around: `order` holds those of value v from `start[v]` on."""

    order: Ints
    start: Ints
    count: Ints

    @classmethod
    def of(cls, around: Ints, members: Ints, values: int) -> Self:
        """The pool of `members`, each at its value of `around`."""
        mine = members[around[members] >= 0]
        count = np.bincount(around[mine], minlength=values)
        return cls(mine[np.argsort(around[mine], kind="stable")], np.cumsum(count) - count, count)

    def draw(self, value: Ints, luck: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> Ints:
        """One for each value, the first of a value far likelier than the last; -1 where there is none."""
        count = np.where(value >= 0, self.count[value], 0)
        spot = self.start[value] + (luck**2 * count).astype(np.int64)
        return np.where(count > 0, self.order[np.minimum(spot, len(self.order) - 1)], -1)


class Lists:
    """Draws the rows of prospect_constituencies.csv; `mean` is about how many lists an organisation stands on."""

    def __init__(self, plan: Plan, who: Prospects, mean: float) -> None:
        self._plan, self._mean = plan, mean
        listed = np.flatnonzero(np.array(who.gives) == "list")
        sector = np.where(who.region >= 0, -1, who.sector)  # Whoever has a region stays in it.
        is_free = (who.section < 0) & (who.region < 0) & (sector < 0)
        self._pools = {
            "section": Pool.of(who.section, listed, len(sections())),
            "region": Pool.of(who.region, listed, len(slugs("regions"))),
            "sector": Pool.of(sector, listed, len(slugs("sectors"))),
            "anywhere": Pool.of(np.where(is_free, 0, -1), listed, 1),
        }
        self._relation = words([RELATIONS.get(kind, "member") for kind in who.type], who.number)
        self._keys = keys(who.number)

    def rows(self, part: Block) -> pl.DataFrame:
        """The rows for some organisations, in their order."""
        dice = stream(self._plan.seed, "lists", part.dice_number)
        at, who = self._drawn(part, dice)
        place = pl.Series(who.astype(np.uint32))
        return pl.DataFrame(
            {
                "partner": self._keys.gather(place),
                "organisation": organisation_keys(part.number[at]),
                "relation": self._relation.gather(place),
                "chosen": pl.repeat("no", len(at), eager=True),
                "from": words(FIRST_DAYS, pick(dice, [3, 2, 1], len(at))),
                "until": pl.repeat(ENDED_ON, len(at), eager=True).set(pl.Series(~some(dice, len(at), ENDED)), None),
            }
        )

    def _drawn(self, part: Block, dice: np.random.Generator) -> tuple[Ints, Ints]:
        """Pairs of an organisation's place in the block and a prospect, each once."""
        slots = self._slots(part, dice)
        at = np.repeat(np.arange(len(slots)), np.ceil(slots * SPARE).astype(np.int64))
        weights = shape()["memberships"]
        kind, luck = pick(dice, list(weights.values()), len(at)), dice.random(len(at))
        who = np.full(len(at), -1, np.int64)
        for place, name in enumerate(weights):
            mine = np.flatnonzero(kind == place)
            value = np.zeros(len(mine), np.int64) if name == "anywhere" else getattr(part, name)[at[mine]]
            who[mine] = self._pools[name].draw(value, luck[mine])
        alone = np.flatnonzero(who < 0)  # Nobody gathers around what they are, so they go to somebody for all.
        who[alone] = self._pools["anywhere"].draw(np.zeros(len(alone), np.int64), luck[alone])
        drawn = (at * len(self._keys) + who)[who >= 0]
        pairs = drawn[np.sort(np.unique(drawn, return_index=True)[1])]  # Each once, in the order of the draw.
        at, who = pairs // len(self._keys), pairs % len(self._keys)
        first = np.searchsorted(at, np.arange(len(slots)))
        kept = np.arange(len(at)) - first[at] < slots[at]
        return at[kept], who[kept]

    def _slots(self, part: Block, dice: np.random.Generator) -> Ints:
        """How many lists each stands on: half of them few, some dozens; islanders seldom on any."""
        european = np.array([facts("regions")[name]["part"] == "european" for name in slugs("regions")])
        odds = np.where(european[part.region], SERVED, ISLANDERS_SERVED)
        is_served = dice.random(len(odds)) < odds
        drawn = np.ceil(dice.exponential(max(self._mean / SERVED - 0.5, 0.1), len(odds)))
        return np.where(is_served & (self._mean > 0), np.minimum(drawn, MOST_SLOTS), 0).astype(np.int64)


@dataclass(slots=True)
class Census:
    """How many organisations there are in each cell, counted as the country is written."""

    by_section: Ints = field(default_factory=lambda: _cells(len(sections())))
    by_sector: Ints = field(default_factory=lambda: _cells(len(slugs("sectors"))))

    def count(self, part: Block) -> None:
        """Count some organisations."""
        np.add.at(self.by_section, (part.section, part.region, part.size), 1)
        inside = part.sector >= 0
        np.add.at(self.by_sector, (part.sector[inside], part.region[inside], part.size[inside]), 1)


def _cells(values: int) -> Ints:
    return np.zeros((values, len(slugs("regions")), len(SIZES)), np.int64)


def estimates(plan: Plan, who: Prospects, census: Census) -> pl.DataFrame:
    """The rows of estimates.csv: shares of the largest cells that fit each prospect without a list."""
    dice = stream(plan.seed, "estimates")
    found = [_of_one(who, at, census, dice) for at in range(len(who.type)) if who.gives[at] == "cells"]
    measured_on = facts("baseline")["measured_on"].isoformat()
    return pl.concat(found).with_columns(counted_on=pl.lit(measured_on)).filter(pl.col("count") > 0)


def _of_one(who: Prospects, at: int, census: Census, dice: np.random.Generator) -> pl.DataFrame:
    is_by_sector = who.section[at] < 0 <= who.sector[at]
    cells = (census.by_sector if is_by_sector else census.by_section).copy()
    if (chosen := who.sector[at] if is_by_sector else who.section[at]) >= 0:
        cells[np.arange(len(cells)) != chosen] = 0
    if who.region[at] >= 0:
        cells[:, np.arange(cells.shape[1]) != who.region[at]] = 0
    largest = np.argsort(-cells, axis=None, kind="stable")[: int(dice.integers(3, MOST_CELLS))]
    first, region, size = np.unravel_index(largest, cells.shape)
    is_anywhere = chosen < 0 and who.region[at] < 0
    share = LARGEST_SHARE * dice.random() ** (3 if is_anywhere else 1)
    count = np.ceil(cells.flat[largest] * share).astype(np.int64)
    column = words(slugs("sectors") if is_by_sector else sections(), first)
    absent = pl.repeat(None, len(count), dtype=pl.String, eager=True)
    return pl.DataFrame(
        {
            "partner": [str(keys(who.number[at : at + 1])[0])] * len(count),
            "relation": [RELATIONS.get(who.type[at], "member")] * len(count),
            "sector": column if is_by_sector else absent,
            "sbi_section": absent if is_by_sector else column,
            "region": words(slugs("regions"), region),
            "size_class": words(SIZES, size),
            "count": count,
            "source": [COUNTED_BY[int(dice.integers(0, len(COUNTED_BY)))]] * len(count),
        }
    )
