"""The fixed lists that columns may name: sectors, regions, types of partners, functions, numbers.

They are facts of others (law, CBS, Logius), so they live as data with source and check date in
`schakel/registry/data`, and everything that needs one reads it here.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "data"

# Size classes by people at work, after the bands of CBS.
SIZE_CLASSES = ("one", "micro", "small", "medium", "large", "unknown")
NIS2_STATUSES = ("essential", "important", "none", "unknown")
LANGUAGES = ("nl", "en", "pap")
CONTACT_ROLES = ("security", "abuse", "technical", "general", "privacy")
CHANNELS = ("mail", "webhook")
ASSET_KINDS = ("network", "domain", "asn", "email_domain")
ASSET_ROLES = ("owner", "operator")
EVIDENCE = ("verified", "claimed", "inferred")
RELATIONS = ("member", "customer", "supplier", "members-customer", "participant")
CATEGORIES = ("core", "ecosystem", "connection")
LEGACY = ("oktt", "sectoral-csirt")
AGREEMENT_STATES = ("draft", "signed", "ended")


@cache
def facts(name: str) -> dict[str, Any]:
    """The list `name` as it stands in the data folder, with its source and check date."""
    with (FOLDER / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def slugs(name: str) -> tuple[str, ...]:
    """The names of the entries of a list, in the order of the list."""
    return tuple(key for key, entry in facts(name).items() if isinstance(entry, dict))
