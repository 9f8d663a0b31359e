"""A network of any size straight into the database by COPY: what the benches of coverage and advice are measured on."""

from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import polars as pl

from tests.bench import workload

WINDOW = 6
"""A partner draws its members from a stretch of the country this many times as long as its list."""
INDEXES = """
SELECT indexname, indexdef FROM pg_indexes
WHERE tablename = 'registry_constituency' AND indexname <> 'registry_constituency_pkey'
"""
TABLES = (
    "registry_organisation",
    "registry_partner",
    "registry_constituency",
    "registry_agreement",
    "registry_estimate",
)


@dataclass(frozen=True, slots=True)
class Size:
    """How many of each."""

    organisations: int
    partners: int
    memberships: int


SIZES = {"small": Size(25_000, 300, 200_000), "base": Size(2_500_000, 1_152, 20_000_000)}


def of(folder_name: str) -> Size:
    """The size for a workload of that name; every larger one is a whole country too."""
    return SIZES.get(folder_name, SIZES["base"])


def lists(size: Size, seed: int = 1) -> list[np.ndarray]:
    """Sorted members of each partner, as rows 0 to the number of organisations; sizes differ a hundredfold."""
    dice = np.random.default_rng(seed)
    weights = dice.lognormal(0, 1.1, size.partners)
    counts = np.maximum(5, weights / weights.sum() * size.memberships * 1.06).astype(np.int64)
    return [_members(dice, min(count, size.organisations // 3), size.organisations) for count in counts.tolist()]


def _members(dice: np.random.Generator, count: int, organisations: int) -> np.ndarray:
    window = min(organisations, count * WINDOW)
    first = dice.integers(0, organisations - window + 1)
    return np.unique(dice.integers(first, first + window, count, dtype=np.int64))


def organisations(size: Size, seed: int = 1) -> pl.DataFrame:
    """Rows of the registry: neighbours share a region and often a trade."""
    from schakel.registry.files.lists import facts, slugs

    dice, count = np.random.default_rng(seed), size.organisations
    at = np.arange(count)
    regions, divisions = np.array(["", *slugs("regions")]), np.array(facts("sbi")["divisions"])
    sectors, sizes = (
        np.array(["", *slugs("sectors")]),
        np.array(["one", "micro", "small", "medium", "large", "unknown"]),
    )
    is_entity = dice.random(count) < 0.004
    sector = np.where(is_entity, sectors[dice.integers(1, len(sectors), count)], "")
    status = np.where(is_entity, np.array(["essential", "important"])[dice.integers(0, 2, count)], "none")
    return pl.DataFrame(
        {
            "id": at + 1, "key": pl.Series(at).cast(pl.String), "name": _names(dice, count), "trade_names": "{}",
            "sector": sector, "sbi": divisions[(at // 997 + dice.integers(0, 3, count)) % len(divisions)],
            "size_class": sizes[dice.choice(6, count, p=[0.8, 0.12, 0.05, 0.01, 0.005, 0.015])],
            "region": regions[(at * len(regions)) // count], "nis2": status, "language": "nl", "has_objected": dice.random(count) < 0.01,
            "revision": at + 1,
        }
    )  # fmt: skip


def _names(dice: np.random.Generator, count: int) -> pl.Series:
    """A kind of business and two made-up places each: so few of them begin alike as in a real registry."""
    parts = np.array(workload.PARTS)
    kind, *places = (parts[dice.integers(0, len(parts), count)] for _ in range(5))
    words = {f"part_{at}": one for at, one in enumerate([kind, *places])}
    return pl.select(pl.format("{}handel {}{} {}{}", *map(pl.lit, map(pl.Series, words.values())))).to_series()


@contextmanager
def quick_filling():
    """Rows without their triggers and checks, which would take an hour and prove nothing here."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(INDEXES)
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        yield
        for _name, definition in indexes:
            cursor.execute(definition)
        cursor.execute("SELECT setval('registry_organisation_revision', max(revision)) FROM registry_organisation")
        cursor.execute("SELECT setval('registry_constituency_revision', max(id)) FROM registry_partner")
        for table in TABLES:
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), coalesce(max(id), 1)) FROM {table}")
            cursor.execute(f"VACUUM ANALYZE {table}")
        cursor.execute("SET session_replication_role = origin")


def fill(size: Size, *, standing: str = "partner") -> None:
    """The whole network into an empty database: every partner under an agreement of some functions, or all prospects."""
    from schakel.kit.copying import copy_in

    dice = np.random.default_rng(2)
    with quick_filling():
        for part in organisations(size).iter_slices(500_000):
            copy_in(part, table="registry_organisation")
        masks = dice.integers(1, 32, size.partners) | 2
        copy_in(_partners(size, masks, standing), table="registry_partner")
        if standing == "partner":
            copy_in(_agreements(masks), table="registry_agreement")
        done = 0
        for partner, members in enumerate(lists(size), start=1):
            rows = pl.DataFrame({"id": np.arange(done, done + len(members)) + 1, "organisation_id": members + 1})
            more = {"partner_id": partner, "relation": "member", "is_chosen": False}
            copy_in(
                rows.with_columns(**{name: pl.lit(value) for name, value in more.items()}),
                table="registry_constituency",
            )
            done += len(members)
        copy_in(_estimates(size), table="registry_estimate")


def _estimates(size: Size) -> pl.DataFrame:
    """One partner in three also counts its members by region and size, in ten rows that do not quite fit its list."""
    from schakel.registry.files.lists import slugs

    dice, regions = np.random.default_rng(3), slugs("regions")
    partners = np.repeat(np.arange(1, size.partners + 1, 3), 10)
    at = np.arange(len(partners))
    words = {
        "relation": "member",
        "sector": "",
        "sbi_section": "",
        "source": "annual report",
        "counted_on": "2025-05-06",
    }
    return pl.DataFrame(
        {
            "partner_id": partners, "region": np.array(regions)[at % len(regions)],
            "size_class": np.array(["one", "micro"])[at % 2], "count": dice.integers(1, 2_000, len(partners)),
        }
    ).with_columns(**{name: pl.lit(word) for name, word in words.items()})  # fmt: skip


def _partners(size: Size, masks: np.ndarray, standing: str) -> pl.DataFrame:
    numbers = range(1, size.partners + 1)
    return pl.DataFrame(
        {
            "id": list(numbers), "key": [f"p{one}" for one in numbers], "name": [f"Partner {one}" for one in numbers],
            "type": "trade-association", "functions": [_functions(mask) for mask in masks.tolist()], "sectors": "{}",
            "language": "nl", "standing": standing, "constituents_revision": list(numbers),
        }
    )  # fmt: skip


def _agreements(masks: np.ndarray) -> pl.DataFrame:
    functions = [_functions(mask) for mask in masks.tolist()]
    numbers = list(range(1, len(functions) + 1))
    rows = {"id": numbers, "partner_id": numbers, "functions": functions, "from_on": "2025-01-01", "state": "signed"}
    return pl.DataFrame(rows)


def _functions(mask: int) -> str:
    from schakel.registry.files.lists import slugs

    return "{" + ",".join(slug for at, slug in enumerate(slugs("functions")) if mask >> at & 1) + "}"
