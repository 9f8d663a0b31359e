"""The legal bases on which findings may be told, as dated data: laws change, code should not."""

import tomllib
from datetime import date
from functools import cache
from pathlib import Path

from schakel.policy.sharing import Basis

FILE = Path(__file__).with_name("bases.toml")


@cache
def bases() -> dict[str, Basis]:
    """Every basis we know, by its slug."""
    with FILE.open("rb") as file:
        return {slug: _basis(slug, row) for slug, row in tomllib.load(file).items()}


def basis_of(slug: str) -> Basis | None:
    """The basis of that name, or None: an unknown one is no ground."""
    return bases().get(slug)


def _basis(slug: str, row: dict[str, date]) -> Basis:
    return Basis(slug=slug, from_on=row["from_on"], until_on=row.get("until_on"))
