"""Normal form of domain names, and which of them are public suffixes.

Names are compared as A-labels in lower case without the final dot (RFC 5890; mapping by UTS 46). A public suffix
(https://publicsuffix.org, both its sections) belongs to nobody: below it anyone may register a name.
"""

import functools
from pathlib import Path

import idna
import polars as pl
import publicsuffixlist

_ASCII = r"^[\x00-\x7F]*$"
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?"
_NAME = rf"^(?:{_LABEL}\.)*{_LABEL}$"
_LONG_LABEL = r"[^.]{64}"
_NUMBER = r"(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)$"  # The last label of an IPv4 address in any spelling, never of a name.
_MOST_BYTES = 253  # RFC 1035 section 2.3.4, without the root.


def to_ascii(column: pl.Series) -> pl.Series:
    """Names with A-labels for all that is not ASCII; labels that have none stay as they are and match nothing."""
    foreign = column.filter(~column.str.contains(_ASCII)).drop_nulls().unique()
    if not len(foreign):
        return column
    return column.replace(foreign, pl.Series([_encoded(name) for name in foreign], dtype=pl.String))


def _encoded(name: str) -> str:
    """The name, or what follows the @ of a mail address: what stands before it is no part of a label."""
    mailbox, at, host = name.rpartition("@")
    try:
        mapped = idna.uts46_remap(host, std3_rules=False)
    except (idna.IDNAError, UnicodeError):
        return name
    return mailbox + at + ".".join(_a_label(label) for label in mapped.split("."))


def _a_label(label: str) -> str:
    try:
        return label if label.isascii() else idna.alabel(label).decode()
    except (idna.IDNAError, UnicodeError):
        return label


def normal(column: pl.Series) -> pl.Series:
    """Registered names in normal form; null where a text is no name."""
    low = to_ascii(column).str.to_lowercase().str.strip_suffix(".")
    is_name = (
        low.str.contains(_NAME)
        & ~low.str.contains(_LONG_LABEL)
        & ~low.str.contains(_NUMBER)
        & (low.str.len_bytes() <= _MOST_BYTES)
    )
    return low.to_frame("name").select(pl.when(is_name).then("name")).to_series()


def is_public(names: pl.Series) -> pl.Series:
    """Which names, in normal form, are public suffixes.

    The list itself decides. Only names that one of its rules could mean are put before it.
    """
    parents = names.str.splitn(".", 2).struct.field("field_1")
    exact, wild = _rules()
    likely = parents.is_null() | names.is_in(exact) | parents.is_in(wild)
    suffixes = [name for name in names.filter(likely).drop_nulls().unique() if _list().is_public(name)]
    return names.is_in(pl.Series(suffixes, dtype=pl.String).implode())


@functools.cache
def _list() -> publicsuffixlist.PublicSuffixList:
    return publicsuffixlist.PublicSuffixList()


@functools.cache
def _rules() -> tuple[pl.Series, pl.Series]:
    """The names that rules mention, and those under which every name is a suffix (`*.name`)."""
    lines = Path(publicsuffixlist.PSLFILE).read_text(encoding="utf-8").splitlines()
    rules = [line.split()[0] for line in lines if line.strip() and not line.startswith("//")]
    wild = [_encoded(rule.removeprefix("*.")) for rule in rules if rule.startswith("*.")]
    exact = [_encoded(rule.removeprefix("!").removeprefix("*.")) for rule in rules]
    return pl.Series(exact, dtype=pl.String).implode(), pl.Series(wild, dtype=pl.String).implode()
