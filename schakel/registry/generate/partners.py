"""Partners, and which organisations belong to whose constituency."""

import numpy as np
import polars as pl

from schakel.registry.files.lists import facts, slugs
from schakel.registry.generate.dice import Flags, Ints, pick, some, stream, words, yes_no
from schakel.registry.generate.organisations import MEDIUM, Block, sections, statuses
from schakel.registry.generate.plan import Plan, organisation_keys, partner_keys

NAMES = {
    "csirt": "CSIRT {}", "isac": "ISAC {}", "trade-association": "Brancheorganisatie {}",
    "regional": "Cyberweerbaar {}", "chain": "Ketensamenwerking {}", "isp": "{} Internet", "msp": "{} ICT-beheer",
    "mssp": "{} Beveiliging", "mature-organisation": "{} Industrie", "research": "Instituut {}",
    "government": "Rijksdienst {}",
}  # fmt: skip
FUNCTIONS = {
    "csirt": "information-sharing; notification; incident-handling; knowledge; exercise",
    "isac": "information-sharing; knowledge",
    "isp": "information-sharing; notification",
    "msp": "information-sharing; notification; incident-handling",
    "mssp": "information-sharing; notification; incident-handling",
}
USUAL_FUNCTIONS = ("information-sharing; notification; knowledge", "information-sharing; knowledge; exercise")
RELATIONS = {"isp": "customer", "msp": "customer", "mssp": "customer", "chain": "supplier",
             "mature-organisation": "supplier", "regional": "participant"}  # fmt: skip
SIGNED, ENDED = 1, 2
MOST_SLOTS = 40
DRAWS_PER_SLOT = 2  # Twins are dropped, so more are drawn than kept.
MANY, MANY_FACTOR = 0.05, 3.0  # A share of the organisations has this many times more.
MOST_GROUPS = 19
LAW_DAY = "2026-08-15"
FIRST_DAYS = ("2024-01-01", "2025-01-01", "2025-07-01", "2026-01-01")


def table(plan: Plan) -> pl.DataFrame:
    """The rows of partners.csv."""
    types = plan.partner_types
    number = np.arange(len(types), dtype=np.int64)
    dice = stream(plan.seed, "partners")
    word, place = plan.words_of(number)
    host = (word if place is None else word + "-" + place) + ".example"
    functions = [FUNCTIONS.get(kind, USUAL_FUNCTIONS[at % 3 // 2]) for at, kind in enumerate(types)]
    state = np.where(number < len(plan.least), SIGNED, pick(dice, [12, 80, 8], len(types)))
    has_key = number < plan.organisations
    sectors = dict(zip(plan.pool("csirt").tolist(), plan.designations, strict=True))
    return pl.DataFrame(
        {
            "key": partner_keys(number),
            "name": [_name(at, kind, str(word[at]).title()) for at, kind in enumerate(types)],
            "type": types,
            "organisation": organisation_keys(number).set(pl.Series(~has_key), None),
            "functions": functions,
            "mail": "meldingen@" + host,
            "webhook": ("https://schakel." + host + "/meldingen").set(pl.Series((number + 3) % 7 != 0), None),
            "language": words(("nl", "en"), np.where((number + 1) % 25 == 0, 1, 0)),
            "sectors": ["; ".join(sectors.get(at, ())) or None for at in range(len(types))],
            "agreement_from": words(FIRST_DAYS, pick(dice, [1] * len(FIRST_DAYS), len(types))),
            "agreement_until": words(
                ("2026-06-30", "2028-12-31", "2030-12-31"), np.where(state == ENDED, 0, 1 + number % 2)
            ),
            "agreement_functions": functions,
            "agreement_state": words(("draft", "signed", "ended"), state),
        }
    )


def designations(plan: Plan) -> pl.DataFrame:
    """The rows of designations.csv: the CSIRT of each sector, from the day of the law on (Stb. 2026, 187)."""
    rows = [
        (partner, sector)
        for partner, sectors in zip(plan.pool("csirt").tolist(), plan.designations, strict=True)
        for sector in sectors
    ]
    numbers = np.array([partner for partner, _sector in rows], np.int64)
    named = pl.DataFrame({"partner": partner_keys(numbers), "sector": [sector for _partner, sector in rows]})
    return named.with_columns(
        pl.lit(LAW_DAY).alias("from"),
        pl.lit("Cyberbeveiligingswet, article 16(1)").alias("basis"),
        pl.lit("invented").alias("source"),
        pl.lit(LAW_DAY).alias("checked"),
        pl.lit("no").alias("certain"),
    )


def _name(number: int, kind: str, word: str) -> str:
    return "Landelijk CSIRT" if number == 0 else NAMES[kind].format(word)


def memberships(plan: Plan, part: Block) -> pl.DataFrame:
    """The rows of constituencies.csv for some organisations: those by law, and those by choice."""
    dice = stream(plan.seed, "memberships", part.dice_number)
    rows = pl.concat([_by_law(plan, part), _by_choice(plan, part, dice)]).unique(["partner", "at"], keep="first")
    rows = rows.filter(pl.Series(part.number)[rows["at"]] != rows["partner"])  # Nobody is its own constituency.
    rows = rows.sort("at", "partner")
    at, partner = rows["at"].to_numpy(), rows["partner"].to_numpy()
    relation = [RELATIONS.get(kind, "member") for kind in plan.partner_types]
    is_first = rows["at"].is_first_distinct().to_numpy()
    return pl.DataFrame(
        {
            "partner": partner_keys(partner),
            "organisation": organisation_keys(part.number[at]),
            "relation": words(relation, partner),
            "chosen": yes_no(is_first & (some(dice, len(at), 0.1))),
            "from": words(FIRST_DAYS, pick(dice, [4, 3, 2, 1], len(at))),
            "until": words(("2026-03-01",), np.zeros(len(at), np.int64)).set(
                pl.Series(~some(dice, len(at), 0.01)), None
            ),
        }
    )


def _pairs(at: Ints, partner: Ints) -> pl.DataFrame:
    return pl.DataFrame({"at": at, "partner": partner}, schema={"at": pl.Int64, "partner": pl.Int64})


def _by_law(plan: Plan, part: Block) -> pl.DataFrame:
    """Essential and important organisations belong to the CSIRT of their sector; the large ones to an ISAC."""
    owner = np.zeros(len(slugs("sectors")), np.int64)
    for partner, sectors in zip(plan.pool("csirt").tolist(), plan.designations, strict=True):
        owner[[slugs("sectors").index(name) for name in sectors]] = partner
    bound = np.flatnonzero((statuses(part) > 0) & part.is_served)
    isacs = plan.pool("isac")
    large = np.flatnonzero((part.size >= MEDIUM) & (part.sector >= 0) & part.is_served)
    members = large[part.sector[large] % 3 != 2]  # noqa: PLR2004 - not every sector has an ISAC
    by_csirt = _pairs(bound, owner[part.sector[bound]])
    return pl.concat([by_csirt, _pairs(members, isacs[part.sector[members] % len(isacs)])])


def _by_choice(plan: Plan, part: Block, dice: np.random.Generator) -> pl.DataFrame:
    """Memberships by trade, region and supplier; most have few, some have dozens."""
    slots = _slot_counts(dice, part.is_served, plan.memberships)
    at = np.repeat(np.arange(len(slots)), slots * DRAWS_PER_SLOT)
    weights = facts("country")["estimate"]["memberships"]
    kinds = [kind for kind in weights if len(plan.pool(kind))]
    kind = pick(dice, [weights[name] for name in kinds], len(at))
    luck = dice.random(len(at))
    partner = np.zeros(len(at), np.int64)
    for place, name in enumerate(kinds):
        mine = kind == place
        partner[mine] = _within(plan.pool(name), _affinity(name, part)[at[mine]], luck[mine])
    distinct = _pairs(at, partner).unique(["partner", "at"], keep="first", maintain_order=True)
    turn = pl.int_range(pl.len()).over("at")
    return distinct.filter(turn < pl.Series(slots[distinct["at"].to_numpy()]))


def _slot_counts(dice: np.random.Generator, is_served: Flags, mean: float) -> Ints:
    """How many memberships each organisation has, where so many partners exist."""
    wanted = mean / max(is_served.mean(), 0.01)
    has_many = some(dice, len(is_served), MANY)
    scale = max(wanted - 0.5, 0.1) / (1 - MANY + MANY * MANY_FACTOR)
    drawn = np.ceil(dice.exponential(scale, len(is_served)) * np.where(has_many, MANY_FACTOR, 1))
    return np.where(is_served & (mean > 0), np.minimum(drawn, MOST_SLOTS), 0).astype(np.int64)


def _affinity(kind: str, part: Block) -> Ints:
    """What draws an organisation to a partner of this kind: its trade, its region, or nothing."""
    if kind == "trade-association":
        return part.section % len(sections())
    return part.region if kind == "regional" else np.zeros(len(part.number), np.int64)


def _within(pool: Ints, affinity: Ints, luck: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> Ints:
    """A partner of the pool's group that fits; within a group the first are much larger than the last."""
    groups = min(MOST_GROUPS, len(pool)) if affinity.any() else 1
    group = affinity % groups
    size = (len(pool) - group + groups - 1) // groups
    return np.asarray(pool[group + groups * (luck**2 * size).astype(np.int64)])
