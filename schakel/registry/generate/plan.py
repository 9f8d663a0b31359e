"""What is settled before the first organisation is written: how many partners, and who they are."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import polars as pl

from schakel.registry.files.lists import facts, slugs
from schakel.registry.generate.dice import Ints, pick, shuffled, stream
from schakel.registry.generate.words import FIRST, PLACE_HEAD, PLACE_TAIL, SECOND

WORD_BITS, PLACE_BITS = 12, 12
MOST_ORGANISATIONS = 1 << (WORD_BITS + PLACE_BITS)
# At the size of the Kingdom (2.5 million organisations) the plan counts some 1,200 possible partners.
PARTNERS_PER_ORGANISATION = 1185 / 2_500_000
# The least that a country has, the national CSIRT first.
LEAST = (
    *("csirt", "csirt", "csirt", "csirt", "isac", "isac"),
    *("trade-association", "trade-association", "trade-association"),
    *("regional", "regional", "isp", "isp", "msp", "msp"),
)
# The sectors of the sectoral CSIRTs, in the order in which they come to exist.
DESIGNATIONS = (
    ("health",),
    ("public-administration",),
    ("drinking-water", "waste-water"),
    ("energy",),
    ("transport", "postal-courier"),
    ("research",),
    ("digital-infrastructure", "digital-providers"),
    ("manufacturing", "chemicals"),
)


@dataclass(frozen=True)
class Plan:
    """A country of `organisations`, repeatable by `seed`; `memberships` is the mean count per organisation."""

    organisations: int
    seed: int
    memberships: float = 2.0
    least: tuple[str, ...] = field(default=LEAST)

    def __post_init__(self) -> None:
        if not 1 <= self.organisations <= MOST_ORGANISATIONS:
            raise ValueError(f"A country has 1 to {MOST_ORGANISATIONS:,} organisations.")

    @cached_property
    def partner_types(self) -> list[str]:
        """The type of each partner."""
        more = round(self.organisations * PARTNERS_PER_ORGANISATION)
        weights = facts("country")["estimate"]["partner_types"]
        found = pick(stream(self.seed, "partner types"), list(weights.values()), more)
        return [*self.least, *(list(weights)[at] for at in found)]

    @cached_property
    def designations(self) -> list[tuple[str, ...]]:
        """The sectors for which each CSIRT is designated; the national one has what is left."""
        sectoral = [DESIGNATIONS[at : at + 1] for at in range(self.partner_types.count("csirt") - 1)]
        sectors = [group[0] if group else () for group in sectoral]
        taken = {sector for group in sectors for sector in group}
        return [tuple(sector for sector in slugs("sectors") if sector not in taken), *sectors]

    def pool(self, partner_type: str) -> Ints:
        """The numbers of the partners of one type."""
        return np.flatnonzero(np.array(self.partner_types) == partner_type).astype(np.int64)

    @property
    def has_places(self) -> bool:
        """Whether there are too many organisations for names of one word."""
        return self.organisations > 1 << WORD_BITS

    def words_of(self, organisations: Ints) -> tuple[pl.Series, pl.Series | None]:
        """The made-up word of each organisation, and its made-up place where the country needs them."""
        bits = WORD_BITS + (PLACE_BITS if self.has_places else 0)
        code = shuffled(organisations, bits, self.seed)
        word = _two_parts(FIRST, SECOND, code)
        return word, _two_parts(PLACE_HEAD, PLACE_TAIL, code >> WORD_BITS) if self.has_places else None


def _two_parts(heads: tuple[str, ...], tails: tuple[str, ...], code: Ints) -> pl.Series:
    whole = [head + tail for head in heads for tail in tails]
    return pl.Series(whole).gather(pl.Series((code % len(whole)).astype(np.uint32)))


def organisation_keys(numbers: Ints) -> pl.Series:
    """The stable external key of each organisation."""
    return "o" + pl.Series(numbers).cast(pl.String).str.zfill(7)


def partner_keys(numbers: Ints) -> pl.Series:
    """The stable external key of each partner."""
    return "p" + pl.Series(numbers).cast(pl.String).str.zfill(5)
