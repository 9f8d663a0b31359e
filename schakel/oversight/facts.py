"""Figures and rules of thumb of others, kept as data with source and check date in `schakel/oversight/data`."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "data"


@cache
def entries(name: str) -> dict[str, dict[str, Any]]:
    """The entries of the list `name`, in its order."""
    with (FOLDER / f"{name}.toml").open("rb") as file:
        return {key: entry for key, entry in tomllib.load(file).items() if isinstance(entry, dict)}
