"""A fictional baseline: who could become a partner, with exactly the published totals.

Every country has the same 1,152 of them, whatever its size: how many there are is a fact about the network, not about
the country. Whom they reach grows with it (`reach.py`).
"""

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schakel.registry.files.lists import facts, slugs
from schakel.registry.generate.dice import Flags, Ints, pick, some, stream, words
from schakel.registry.generate.organisations import SECTOR_OF, section_of_division, sections
from schakel.registry.generate.plan import PLACE_BITS, WORD_BITS, Plan

NAMES = {
    "csirt": "CSIRT {}", "isac": "ISAC {}", "trade-association": "Branchevereniging {}",
    "umbrella-organisation": "Koepel {}", "regional": "Weerbaar {}", "chain": "Keten {}", "isp": "{} Netwerken",
    "msp": "{} Automatisering", "mssp": "{} Security", "supplier": "{} Systemen", "cloud-provider": "{} Cloud",
    "marketplace": "Marktplein {}", "search-engine": "Zoek {}", "mature-organisation": "{} Concern",
    "research": "Lectoraat {}", "government": "Dienst {}",
}  # fmt: skip
BY_SECTION = ("trade-association", "umbrella-organisation", "chain")
BY_SECTOR = ("csirt", "isac")
SOURCES = ("enquête", "openbare website", "interview", "register")
NEARLY = 1e-12  # Keeps a throw of nought out of a logarithm.


def shape() -> dict[str, Any]:
    """Our own estimates of the baseline's shape."""
    estimate: dict[str, Any] = facts("baseline")["estimate"]
    return estimate


def odds(name: str) -> float:
    """A share, from nought to one."""
    return float(shape()["shares"][name]) / 100


def keys(numbers: Ints) -> pl.Series:
    """The stable external key of each prospect."""
    return "b" + (pl.Series(numbers) + 1).cast(pl.String).str.zfill(4)


@dataclass(frozen=True)
class Prospects:
    """All prospects of a country, as arrays; -1 stands for none.

    `section`, `sector` and `region` are what they gather around; the first of each kind are the largest.
    """

    plan: Plan

    def dice(self, part: str) -> np.random.Generator:
        """The stream of random numbers of one part."""
        return stream(self.plan.seed, f"prospects: {part}")

    @cached_property
    def category(self) -> list[str]:
        """The category of each: the core first."""
        return [name for name, count in facts("baseline")["categories"].items() for _ in range(count)]

    @cached_property
    def type(self) -> list[str]:
        """The type of each."""
        kinds = shape()["types"]
        return [kind for name in facts("baseline")["categories"] for kind, n in kinds[name].items() for _ in range(n)]

    @property
    def number(self) -> Ints:
        """The number of each, from nought."""
        return np.arange(len(self.type), dtype=np.int64)

    def _is(self, kinds: tuple[str, ...]) -> Flags:
        return np.isin(np.array(self.type), kinds)

    @cached_property
    def section(self) -> Ints:
        """The place of the section of the SBI that each gathers around; the large sections have more associations."""
        letters = facts("sbi")["section"].values()
        drawn = pick(self.dice("section"), np.sqrt([entry["companies"] for entry in letters]), len(self.type))
        return np.where(self._is(BY_SECTION), drawn, -1)

    @cached_property
    def sector(self) -> Ints:
        """The place of the sector of the law that each is in; an association's is one that lies in its section."""
        dice, weights = self.dice("sector"), [shape()["sectors"].get(name, 0) for name in slugs("sectors")]
        drawn = pick(dice, weights, len(self.type))
        for at in np.flatnonzero(self.section >= 0):
            fitting = np.where(_sectors_of_sections()[self.section[at]], weights, 0)
            drawn[at] = pick(dice, fitting, 1)[0] if fitting.any() else -1
        is_in = some(dice, len(self.type), odds("in_sector")) | self._is(BY_SECTOR)
        return np.where(is_in, drawn, -1)

    @cached_property
    def region(self) -> Ints:
        """The place of the region that a regional one works in; a few are of the islands."""
        dice, regions = self.dice("region"), slugs("regions")
        weights = facts("country")["estimate"]["regions"]
        drawn = pick(dice, [weights[name] if _is_european(name) else 0.0 for name in regions], len(self.type))
        islands = np.array([regions.index(name) for name in ("NL-BQ1", "NL-CW", "NL-AW")])
        is_islander = some(dice, len(self.type), odds("caribbean")) & ~self._is(BY_SECTOR)
        drawn = np.where(is_islander, islands[self.number % len(islands)], drawn)
        is_local = some(dice, len(self.type), 1 - odds("national")) & ~self._is((*BY_SECTION, *BY_SECTOR))
        return np.where(self._is(("regional",)) | is_islander | is_local, drawn, -1)

    @cached_property
    def gives(self) -> list[str]:
        """What is known of whom each reaches: a list, counts by cell, one total, or nothing."""
        known = ("list", "cells", "total")
        shares = [odds(name) for name in known]
        drawn = pick(self.dice("gives"), [*shares, 1 - sum(shares)], len(self.type))
        return [(*known, "nothing")[at] for at in drawn]

    def suited(self, function: str) -> Flags:
        """Who is suited to a function: exactly as many as were published, the likely kinds before the others."""
        count = facts("baseline")["functions"][function]
        weights = shape()["suited"].get(function, {})
        each = np.array([weights.get(kind, 1) for kind in self.type], np.float64)
        luck = np.log(np.maximum(self.dice(function).random(len(each)), NEARLY)) / each
        chosen = np.zeros(len(each), np.bool_)
        chosen[np.argsort(-luck, kind="stable")[:count]] = True
        return chosen

    def names(self) -> pl.Series:
        """A name each that no partner of the country has."""
        word, _ = self._words()
        return pl.Series([NAMES[kind].format(text) for kind, text in zip(self.type, word, strict=True)])

    def hosts(self) -> pl.Series:
        """A domain name each."""
        _, host = self._words()
        return host

    def _words(self) -> tuple[pl.Series, pl.Series]:
        """Words from the far end of the row in which organisations and partners take theirs from the near end."""
        last = (1 << WORD_BITS + (PLACE_BITS if self.plan.has_places else 0)) - 1
        word, place = self.plan.words_of(last - self.number)
        title = word.str.to_titlecase()
        if place is None:
            return title, word + "-netwerk.example"
        return title + " " + place.str.to_titlecase(), word + "-" + place + "-netwerk.example"


@cache
def _sectors_of_sections() -> Flags:
    """Which sectors of the law lie in which section of the SBI."""
    codes, home = facts("sbi")["divisions"], section_of_division()
    lies = np.zeros((len(sections()), len(slugs("sectors"))), np.bool_)
    for division, sector in SECTOR_OF.items():
        lies[home[codes.index(division)], slugs("sectors").index(sector)] = True
    return lies


def _is_european(region: str) -> bool:
    return bool(facts("regions")[region]["part"] == "european")


def table(who: Prospects) -> pl.DataFrame:
    """The rows of baseline.csv."""
    soft, hard = _activities(who)
    legacy = _is_legacy(who)
    count = len(who.type)
    until = pl.Series([facts("baseline")["legacy"]["until_on"].isoformat()] * count)
    return pl.DataFrame(
        {
            "key": keys(who.number),
            "name": who.names(),
            "type": who.type,
            "category": who.category,
            "functions": _functions(who),
            "sectors": _named(slugs("sectors"), who.sector),
            "regions": _regions(who),
            "activities_soft": soft,
            "activities_hard": hard,
            "website": _websites(who),
            "sources": words(SOURCES, pick(who.dice("sources"), [4, 3, 2, 1], count)),
            "members": _totals(who, is_customer=False),
            "customers": _totals(who, is_customer=True),
            "measured_on": [facts("baseline")["measured_on"].isoformat()] * count,
            "legacy": pl.Series(["oktt"] * count).set(pl.Series(~legacy), None),
            "legacy_until": until.set(pl.Series(~legacy), None),
            "origin": [facts("baseline")["origin"]] * count,
        }
    )


def _functions(who: Prospects) -> list[str]:
    suited = {name: who.suited(name) for name in facts("baseline")["functions"]}
    return ["; ".join(name for name, flags in suited.items() if flags[at]) for at in range(len(who.type))]


def _named(names: tuple[str, ...], at: Ints) -> pl.Series:
    return words(names, np.maximum(at, 0)).set(pl.Series(at < 0), None)


def _regions(who: Prospects) -> list[str | None]:
    """The whole European part for the national ones; a few say nothing."""
    everywhere = "; ".join(name for name in slugs("regions") if _is_european(name))
    is_silent = some(who.dice("silent"), len(who.type), odds("without_region")) & (who.region < 0)
    named = [slugs("regions")[at] if at >= 0 else everywhere for at in who.region]
    return [None if silent else text for text, silent in zip(named, is_silent, strict=True)]


def _activities(who: Prospects) -> tuple[list[str | None], list[str | None]]:
    """What they do: nearly all something soft, few something hard."""
    dice, offered = who.dice("activities"), shape()["activities"]
    says = ~some(dice, len(who.type), odds("without_activities"))
    has_hard = some(dice, len(who.type), odds("with_hard_activity"))
    soft = _chosen(dice, offered["soft"], np.where(says, 1 + pick(dice, [5, 3, 1], len(says)), 0))
    return soft, _chosen(dice, offered["hard"], np.where(says & has_hard, 1 + pick(dice, [4, 1], len(says)), 0))


def _chosen(dice: np.random.Generator, titles: list[str], counts: Ints) -> list[str | None]:
    """So many neighbours of a list, from a place drawn for each."""
    first = dice.integers(0, len(titles), len(counts))
    chosen = [[titles[(at + step) % len(titles)] for step in range(n)] for at, n in zip(first, counts, strict=True)]
    return ["; ".join(some_titles) or None for some_titles in chosen]


def _is_legacy(who: Prospects) -> Flags:
    """The former link organisations: of the kinds that served an audience of their own."""
    likely = np.flatnonzero(np.isin(np.array(who.type), ("csirt", "isac", "regional", "trade-association")))
    order = who.dice("legacy").permutation(len(likely))
    flags = np.zeros(len(who.type), np.bool_)
    flags[likely[order[: facts("baseline")["legacy"]["oktt"]]]] = True
    return flags


def _websites(who: Prospects) -> pl.Series:
    silent = ~some(who.dice("website"), len(who.type), odds("with_website"))
    return ("https://www." + who.hosts() + "/").set(pl.Series(silent), None)


def _totals(who: Prospects, *, is_customer: bool) -> pl.Series:
    """One count of all members, or customers, for those of whom no more is known."""
    largest = max(who.plan.organisations // 50, 3)
    drawn = np.ceil(largest * who.dice("totals").random(len(who.type)) ** 3).astype(np.int64)
    wanted: NDArray[np.bool_] = np.array([known == "total" for known in who.gives])
    serves = np.isin(np.array(who.type), ("isp", "msp", "mssp", "cloud-provider", "supplier"))
    return pl.Series(drawn).set(pl.Series(~(wanted & (serves == is_customer))), None)
