"""What the organisations hold: domains, mail domains and networks, nested and shared as in life."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schakel.registry.generate import addresses
from schakel.registry.generate.dice import Flags, Ints, chance, pick, some, stream, words
from schakel.registry.generate.organisations import LARGE, MEDIUM, SMALL, Block
from schakel.registry.generate.plan import Plan, organisation_keys
from schakel.registry.generate.words import EXTRA_NAMES

FIRST_DAYS = ("2023-01-01", "2024-03-01", "2025-06-01", "2026-02-01")
ENDED_ON = "2026-05-01"
MOST_EXTRA_DOMAINS = 400
MOST_NETWORKS = 60
SHARED = 0.02
FIRST_ASN, ASN_COUNT = 64496, 16  # RFC 5398; then the private ones of RFC 6996
MORE_ASNS = (64512, 4200000000)


@dataclass(frozen=True, slots=True)
class Network:
    """IPv4 networks of a block of organisations, as arrays: whose, from which address, how large."""

    at: Ints
    address: Ints
    size_log2: Ints


def networks(plan: Plan, part: Block, offset: int) -> tuple[Network, int]:
    """IPv4 networks, and how much of the private space is now in use (before: `offset`)."""
    dice = stream(plan.seed, "networks", part.dice_number)
    at = np.repeat(np.arange(len(part.number)), np.minimum(dice.poisson(part.odds("networks")), MOST_NETWORKS))
    is_first = np.concatenate([[True], at[1:] != at[:-1]]) if len(at) else np.zeros(0, np.bool_)
    size = _sizes(dice, part.size[at], is_first)
    is_documented = _fits_documentation(part, size)
    address = np.empty(len(at), np.int64)
    inside, _ = addresses.aligned(size[is_documented])
    address[is_documented] = addresses.documentation(inside)
    outside, used = addresses.aligned(size[~is_documented])
    address[~is_documented] = addresses.PRIVATE + offset + outside
    found = _with_nested(dice, part, Network(at, address, size), is_first)
    fits = (found.address < addresses.HOSTING) | (found.address >= addresses.DOCUMENTATION[0])
    return Network(found.at[fits], found.address[fits], found.size_log2[fits]), offset + used


def _sizes(dice: np.random.Generator, size: Ints, is_first: Flags) -> Ints:
    """A line for the smallest, /29 and /28 for the small, /26 for the medium, /22 for the large."""
    usual = np.where(size >= SMALL, 3, np.where((size == 1) & (some(dice, len(size), 0.4)), 3, 0))
    grown = usual + ((size == SMALL) & (some(dice, len(size), 0.5)))
    return np.where(is_first & (size >= MEDIUM), np.where(size >= LARGE, 10, 6), grown).astype(np.int64)


def _fits_documentation(part: Block, size: Ints) -> Flags:
    """The first small networks of the country stand in the documentation ranges."""
    if part.number[0] != 0:
        return np.zeros(len(size), np.bool_)
    small = size <= 4  # noqa: PLR2004 - a /28
    return small & (np.cumsum(np.where(small, 1 << size, 0)) <= addresses.DOCUMENTATION_SIZE)


def _with_nested(dice: np.random.Generator, part: Block, found: Network, is_first: Flags) -> Network:
    """Parts of large networks that have a holder of their own, at times another organisation."""
    hosts = np.flatnonzero(is_first & (found.size_log2 >= 6))  # noqa: PLR2004 - a /26
    inner = np.repeat(hosts, dice.poisson(np.where(found.size_log2[hosts] > 6, 5.0, 1.0)))  # noqa: PLR2004
    size = np.minimum(pick(dice, [3, 0, 1, 3, 1, 2], len(inner)) + 3, found.size_log2[inner] - 1)
    step = (dice.random(len(inner)) * (1 << (found.size_log2[inner] - size))).astype(np.int64)
    neighbour = (found.at[inner] + 1 + pick(dice, [1] * 50, len(inner))) % len(part.number)
    holder = np.where(some(dice, len(inner), 0.3), neighbour, found.at[inner])
    twins = np.flatnonzero(some(dice, len(found.at), SHARED))
    return Network(
        np.concatenate([found.at, holder, (found.at[twins] + 1) % len(part.number)]),
        np.concatenate([found.address, found.address[inner] + (step << size), found.address[twins]]),
        np.concatenate([found.size_log2, size, found.size_log2[twins]]),
    )


def table(plan: Plan, part: Block, held: Network) -> pl.DataFrame:
    """The rows of assets.csv for some organisations."""
    dice = stream(plan.seed, "assets", part.dice_number)
    has_domain = chance(dice, part.odds("has_domain"))
    domain_at = np.flatnonzero(has_domain)
    mail_at = np.flatnonzero(has_domain & chance(dice, part.odds("mail_domain")))
    kinds = [
        _rows("domain", domain_at, part.domain.gather(pl.Series(domain_at, dtype=pl.UInt32))),
        _rows("email_domain", mail_at, part.domain.gather(pl.Series(mail_at, dtype=pl.UInt32))),
        _extra_domains(dice, part),
        _rows("network", held.at, addresses.v4_networks(held.address, held.size_log2)),
        _networks_v6(dice, part),
    ]
    rows = pl.concat(kinds).unique(["at", "kind", "value"], keep="first", maintain_order=True)
    return _dated(dice, rows.sort("at", maintain_order=True), part.number)


def _rows(kind: str, at: Ints, value: pl.Series) -> pl.DataFrame:
    frame = pl.DataFrame({"at": at, "value": value}, schema={"at": pl.Int64, "value": pl.String})
    return frame.select("at", pl.lit(kind).alias("kind"), "value")


def _dated(dice: np.random.Generator, rows: pl.DataFrame, number: Ints) -> pl.DataFrame:
    """With who holds it, in which role, how we know, and since when."""
    count = len(rows)
    is_known = some(dice, count, 0.5)
    has_ended = is_known & (some(dice, count, 0.04))
    return pl.DataFrame(
        {
            "organisation": organisation_keys(number[rows["at"].to_numpy()]),
            "kind": rows["kind"],
            "value": rows["value"],
            "role": pl.repeat("owner", count, eager=True),
            "evidence": words(("verified", "claimed", "inferred"), pick(dice, [30, 45, 25], count)),
            "valid_from": words(FIRST_DAYS, pick(dice, [4, 3, 2, 1], count)).set(pl.Series(~is_known), None),
            "valid_until": pl.repeat(ENDED_ON, count, eager=True).set(pl.Series(~has_ended), None),
        }
    )


def _extra_domains(dice: np.random.Generator, part: Block) -> pl.DataFrame:
    """Names beside the main one: `word-shop.example`, and names below it; a few organisations have hundreds."""
    tail = np.where(part.size >= LARGE, (dice.pareto(1.2, len(part.number)) * 6).astype(np.int64), 0)
    count = np.minimum(dice.poisson(part.odds("extra_domains")) + tail, MOST_EXTRA_DOMAINS)
    at = np.repeat(np.arange(len(count)), count)
    turn = np.arange(len(at)) - np.repeat(np.cumsum(count) - count, count)
    extra = words(EXTRA_NAMES, turn % len(EXTRA_NAMES))
    extra += words(["", *(str(number) for number in range(2, 2 + MOST_EXTRA_DOMAINS))], turn // len(EXTRA_NAMES))
    main = part.domain.gather(pl.Series(at, dtype=pl.UInt32))
    is_below = pl.Series(some(dice, len(at), 0.2))
    beside = part.word.gather(pl.Series(at, dtype=pl.UInt32)) + "-" + extra
    if part.place is not None:
        beside += "-" + part.place.gather(pl.Series(at, dtype=pl.UInt32))
    return _rows("domain", at, (beside + ".example").zip_with(~is_below, extra + "." + main))


def _networks_v6(dice: np.random.Generator, part: Block) -> pl.DataFrame:
    """One prefix for each that has any, and networks nested in it."""
    count = dice.poisson(part.odds("networks_v6"))
    at = np.repeat(np.arange(len(count)), count)
    turn = np.arange(len(at)) - np.repeat(np.cumsum(count) - count, count)
    is_large = pl.Series(part.size[at] >= MEDIUM)
    number = part.number[at]
    groups = addresses.v6_large(number, turn).zip_with(is_large, addresses.v6_small(number, turn))
    whole = words(("::/56", "::/48"), is_large.to_numpy().astype(np.int64))
    return _rows("network", at, groups + whole.zip_with(pl.Series(turn == 0), pl.repeat("::/64", len(at), eager=True)))


def of_operators(plan: Plan, used: int) -> pl.DataFrame:
    """Networks of providers around those of their customers, their AS numbers, and hosting networks."""
    dice = stream(plan.seed, "operators")
    isps, msps = plan.pool("isp"), plan.pool("msp")
    unit = int(np.clip(np.log2(max(used, 1) / (4 * len(isps))), 8, 16))
    units = np.arange(-(-used // (1 << unit)), dtype=np.int64)
    owner = isps[pick(dice, [1] * len(isps), len(units))]
    kept = some(dice, len(units), 0.9)
    text = addresses.v4_networks(addresses.PRIVATE + (units << unit), np.full(len(units), unit))
    frames = [
        _operated(isps[:2], "network", pl.Series(["192.0.2.0/24", "198.51.100.0/24"])),
        _operated(owner[kept], "network", text.filter(pl.Series(kept))),
        _operated(isps, "asn", pl.Series([str(asn(at)) for at in range(len(isps))])),
    ]
    hosting = addresses.v4_networks(addresses.HOSTING + (np.arange(len(msps)) << 8), np.full(len(msps), 8))
    frames.append(_operated(msps, "network", hosting, role="owner"))
    return pl.concat(frames).filter(pl.Series(np.concatenate([isps[:2], owner[kept], isps, msps]) < plan.organisations))


def asn(place: int) -> int:
    """The AS number of the provider at this place in the list."""
    if place < ASN_COUNT:
        return FIRST_ASN + place
    return MORE_ASNS[0] + place - ASN_COUNT if place < 1000 else MORE_ASNS[1] + place  # noqa: PLR2004 - 65534 is the last


def _operated(holder: NDArray[np.int64], kind: str, value: pl.Series, role: str = "operator") -> pl.DataFrame:
    return pl.DataFrame({"organisation": organisation_keys(holder), "value": value}).select(
        "organisation",
        pl.lit(kind).alias("kind"),
        "value",
        pl.lit(role).alias("role"),
        pl.lit("verified").alias("evidence"),
        pl.lit(None, pl.String).alias("valid_from"),
        pl.lit(None, pl.String).alias("valid_until"),
    )
