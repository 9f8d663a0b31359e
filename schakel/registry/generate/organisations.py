"""Organisations, a block at a time: who they are, how large, where, and what they do."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from schakel.registry.files.lists import facts, slugs
from schakel.registry.generate.dice import Flags, Ints, chance, pick, shuffled, some, stream, words, yes_no
from schakel.registry.generate.plan import Plan, organisation_keys
from schakel.registry.generate.words import ARTICLES, TRADES

SIZES = ("one", "micro", "small", "medium", "large")
SMALL, MEDIUM, LARGE = 2, 3, 4
# Which sector of NIS2 a division of the SBI lies in, where it lies in one as a rule.
SECTOR_OF = {
    "10": "food", "11": "food", "20": "chemicals", "26": "manufacturing", "27": "manufacturing",
    "28": "manufacturing", "29": "manufacturing", "30": "manufacturing", "32": "manufacturing", "35": "energy",
    "36": "drinking-water", "37": "waste-water", "38": "waste-management", "49": "transport", "50": "transport",
    "51": "transport", "53": "postal-courier", "61": "digital-infrastructure", "62": "ict-service-management",
    "63": "digital-providers", "64": "banking", "66": "financial-market-infrastructure", "72": "research",
    "84": "public-administration", "86": "health",
}  # fmt: skip
SMALLEST_ISLANDS = ("NL-BQ1", "NL-BQ2", "NL-BQ3", "NL-AW", "NL-CW", "NL-SX")
# What the own organisation of a partner is: a division of the SBI and a size.
OWN_ORGANISATION = {
    "csirt": ("84", LARGE), "isac": ("94", 2), "trade-association": ("94", 2), "regional": ("94", 2),
    "chain": ("94", 2), "isp": ("61", LARGE), "msp": ("62", MEDIUM), "mssp": ("62", MEDIUM),
    "mature-organisation": ("26", LARGE), "research": ("72", LARGE), "government": ("84", LARGE),
}  # fmt: skip
KVK_NUMBERS = 10**8
RSIN_FIRST, RSIN_BITS = 90_000_000, 23


@dataclass(frozen=True, slots=True)
class Block:
    """Some organisations in a row as arrays: what the other files need to know of them."""

    number: Ints
    size: Ints
    division: Ints
    section: Ints
    sector: Ints
    region: Ints
    is_served: Flags
    word: pl.Series
    place: pl.Series | None
    domain: pl.Series
    dice_number: int

    def odds(self, name: str) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
        """The chance of each organisation by its size, from the shape of the country."""
        return np.asarray(facts("country")["estimate"]["by_size"][name])[self.size]


def sections() -> list[str]:
    """The letters of the sections of the SBI."""
    return list(facts("sbi")["section"])


def section_of_division() -> Ints:
    """The place of the section of each division of the SBI."""
    bounds = [(entry["first"], entry["last"]) for entry in facts("sbi")["section"].values()]
    code = [int(division) for division in facts("sbi")["divisions"]]
    found = [next((at for at, (first, last) in enumerate(bounds) if first <= one <= last), -1) for one in code]
    return np.array(found, np.int64)


def _pick_sections(dice: np.random.Generator, size: Ints) -> Ints:
    letters = facts("sbi")["section"]
    usual = np.array([entry["companies"] for entry in letters.values()], np.float64)
    factor = facts("country")["estimate"]["large_factor"]
    large = usual * np.array([factor.get(letter, 1.0) for letter in letters])
    return np.where(size >= MEDIUM, pick(dice, large, len(size)), pick(dice, usual, len(size)))


def _pick_divisions(dice: np.random.Generator, section: Ints) -> Ints:
    """A division within the section of each, all equally likely."""
    home = section_of_division()
    first = np.array([np.flatnonzero(home == at)[0] for at in range(len(sections()))])
    count = np.bincount(home[home >= 0])
    return first[section] + (dice.random(len(section)) * count[section]).astype(np.int64)


def _own_organisations(plan: Plan, number: Ints, size: Ints, division: Ints) -> None:
    """The first organisations are those of the partners."""
    places = {code: at for at, code in enumerate(facts("sbi")["divisions"])}
    for at in np.flatnonzero(number < len(plan.partner_types)):
        code, size[at] = OWN_ORGANISATION[plan.partner_types[number[at]]]
        division[at] = places[code]


def block(plan: Plan, first: int, count: int) -> Block:
    """The organisations `first` to `first + count`."""
    dice = stream(plan.seed, "organisations", first)
    number = np.arange(first, first + count, dtype=np.int64)
    size = pick(dice, [facts("country")["sizes"][name] for name in SIZES], count)
    division = _pick_divisions(dice, _pick_sections(dice, size))
    _own_organisations(plan, number, size, division)
    sector = np.array([_sector_number(code) for code in facts("sbi")["divisions"]])[division]
    word, place = plan.words_of(number)
    region = _regions(plan, dice, number)
    odds = np.asarray(facts("country")["estimate"]["by_size"]["is_served"])[size]
    return Block(
        number=number,
        size=size,
        division=division,
        section=section_of_division()[division],
        sector=sector,
        region=region,
        is_served=chance(dice, np.where(_is_island(region), odds / 2, odds)),
        word=word,
        place=place,
        domain=_domains(dice, word, place),
        dice_number=first,
    )


def _sector_number(division: str) -> int:
    return slugs("sectors").index(SECTOR_OF[division]) if division in SECTOR_OF else -1


def _regions(plan: Plan, dice: np.random.Generator, number: Ints) -> Ints:
    """Regions by their share; each island has organisations even in the smallest country."""
    weights = facts("country")["estimate"]["regions"]
    names = slugs("regions")
    region = pick(dice, [weights[name] for name in names], len(number))
    after = number - len(plan.partner_types)
    is_islander = (after >= 0) & (after < 2 * len(SMALLEST_ISLANDS))
    islands = np.array([names.index(name) for name in SMALLEST_ISLANDS])
    return np.where(is_islander, islands[after % len(islands)], region)


def _is_island(region: Ints) -> Flags:
    part = np.array([facts("regions")[name]["part"] == "caribbean" for name in slugs("regions")])
    return np.asarray(part[region])


def _domains(dice: np.random.Generator, word: pl.Series, place: pl.Series | None) -> pl.Series:
    endings = words((".example", ".nl.example", ".test"), pick(dice, [85, 10, 5], len(word)))
    return (word if place is None else word + "-" + place) + endings


def rsins(number: Ints, seed: int) -> pl.Series:
    """Made-up numbers that pass the 11-test: the last digit is chosen to fit, and where none fits, null."""
    base = RSIN_FIRST + shuffled(number, RSIN_BITS, seed)
    total = sum(base // 10**power % 10 * (power + 2) for power in range(8))
    last = total % 11
    text = pl.Series(base * 10 + last).cast(pl.String)
    return text.set(pl.Series((last == 10) | (number >= 1 << RSIN_BITS)), None)  # noqa: PLR2004 - eleven less one


def kvks(number: Ints, seed: int) -> pl.Series:
    """Made-up numbers of eight digits, all different."""
    return pl.Series((number * 61_803_399 + seed * 7919) % KVK_NUMBERS).cast(pl.String).str.zfill(8)


def mails(plan: Plan, part: Block) -> pl.Series:
    """One address for each organisation that has one: security for the large, general for the others."""
    dice = stream(plan.seed, "mail", part.dice_number)
    local = words(("info", "contact", "administratie", "security"), pick(dice, [60, 30, 10], len(part.number)))
    local = pl.select(pl.when(pl.Series(part.size >= MEDIUM)).then(pl.lit("security")).otherwise(local)).to_series()
    return (local + "@" + part.domain).set(pl.Series(~chance(dice, part.odds("has_mail"))), None)


def names(plan: Plan, part: Block) -> pl.Series:
    """`Bakkerij De Korenhof`, `Korenhof Bouw` and the like; larger ones are companies with limited liability."""
    dice = stream(plan.seed, "names", part.dice_number)
    trades = [trade for letter in sections() for trade in TRADES[letter]]
    counts = np.array([len(TRADES[letter]) for letter in sections()])
    firsts = np.cumsum(counts) - counts
    trade = words(
        trades, firsts[part.section] + (dice.random(len(part.number)) * counts[part.section]).astype(np.int64)
    )
    frame = pl.DataFrame(
        {"trade": trade, "word": part.word, "place": part.place}, schema_overrides={"place": pl.String}
    )
    frame = frame.with_columns(
        article=words(ARTICLES, pick(dice, [1] * len(ARTICLES), len(trade))),
        ends_in_trade=pl.Series(some(dice, len(trade), 0.3)),
        form=words(("", " B.V.", " N.V."), np.where(part.size >= LARGE, 2, np.where(part.size >= SMALL, 1, 0))),
    )
    word, place = pl.col("word").str.to_titlecase(), pl.col("place").str.to_titlecase()
    whole = (
        pl.when("ends_in_trade")
        .then(word + " " + pl.col("trade"))
        .otherwise(pl.col("trade") + " " + pl.col("article") + word)
    )
    return frame.select(whole + (" " + place).fill_null("") + pl.col("form")).to_series()


def table(plan: Plan, part: Block) -> pl.DataFrame:
    """The rows of organisations.csv."""
    dice = stream(plan.seed, "rows", part.dice_number)
    count = len(part.number)
    name, kvk, mail = names(plan, part), kvks(part.number, plan.seed), mails(plan, part)
    has_rsin = (part.size >= SMALL) | (some(dice, count, 0.15))
    is_public = part.sector == slugs("sectors").index("public-administration")
    first_language = [facts("regions")[region]["languages"][0] for region in slugs("regions")]
    language = words(first_language, part.region)
    speaks_english = (some(dice, count, 0.03)) & ~_is_island(part.region)
    objects = (some(dice, count, 0.003)) | (part.number % 500 == 250)  # noqa: PLR2004 - a share
    return pl.DataFrame(
        {
            "key": organisation_keys(part.number),
            "name": name,
            "trade_names": (part.word.str.to_titlecase() + " Online").set(pl.Series(~some(dice, count, 0.06)), None),
            "kvk": kvk,
            "rsin": rsins(part.number, plan.seed).set(pl.Series(~has_rsin), None),
            "oin": ("00000003" + kvk + "0000").set(pl.Series(~is_public), None),
            "sector": words(slugs("sectors"), np.maximum(part.sector, 0)).set(pl.Series(part.sector < 0), None),
            "sbi": words(facts("sbi")["divisions"], part.division),
            "size_class": words(SIZES, part.size),
            "region": words(slugs("regions"), part.region),
            "nis2": words(("none", "important", "essential"), statuses(part)),
            "language": language.set(pl.Series(speaks_english), "en"),
            "objects": yes_no(objects),
            "mail": mail,
            "mail_verified": yes_no(chance(dice, part.odds("is_verified")) & mail.is_not_null().to_numpy()),
        }
    )


def statuses(part: Block) -> Ints:
    """0 none, 1 important, 2 essential, by sector and size (Cyberbeveiligingswet, articles 12 and 13)."""
    annex_one = np.array([facts("sectors")[name]["annex"].startswith("I.") for name in slugs("sectors")])
    in_sector, in_first = part.sector >= 0, annex_one[part.sector] & (part.sector >= 0)
    is_public = part.sector == slugs("sectors").index("public-administration")
    is_essential = is_public | (in_first & (part.size >= LARGE))
    return np.where(is_essential, 2, np.where(in_sector & (part.size >= MEDIUM), 1, 0)).astype(np.int64)
