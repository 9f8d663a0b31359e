"""The words of MISP: its types of attributes, and what each is to us (`types.toml`). PyMISP lists them."""

import tomllib
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import orjson

from schakel.sharing.words import IndicatorKind as Kind

TABLE: dict[str, Any] = tomllib.loads((Path(__file__).parent / "types.toml").read_text())
KINDS: dict[str, tuple[Kind, ...]] = {
    **{name: (Kind(kind),) for kind, types in TABLE["indicators"].items() for name in types},
    **{name: tuple(map(Kind, pair["kinds"])) for pair in TABLE["pairs"] for name in pair["types"]},
}
PAIRS = frozenset(name for pair in TABLE["pairs"] for name in pair["types"]) | {name for name in KINDS if "|" in name}
PATTERNS: dict[str, str] = TABLE["patterns"]
EXPRESSIONS = frozenset({Kind.RULE, Kind.PATTERN})
REFERENCES, PROSE, NAMES = (frozenset(TABLE["others"][name]) for name in ("references", "prose", "names"))
NAMING = frozenset(TABLE["galaxies"]["naming"])


@cache
def described() -> dict[str, Any]:
    """What PyMISP knows of types and categories (`describeTypes.json`), read without loading PyMISP itself."""
    found = find_spec("pymisp")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("pymisp")
    content = (Path(found.origin).parent / "data" / "describeTypes.json").read_bytes()
    result: dict[str, Any] = orjson.loads(content)["result"]
    return result


@cache
def categories() -> dict[str, frozenset[str]]:
    """The categories in which each type may stand."""
    mapping: dict[str, list[str]] = described()["category_type_mappings"]
    return {
        name: frozenset(category for category, types in mapping.items() if name in types)
        for name in described()["types"]
    }


def usual_category(name: str) -> str:
    """The category in which MISP puts that type of its own accord."""
    usual: str = described()["sane_defaults"][name]["default_category"]
    return usual
