"""Numbers that identify an organisation, judged for a whole column at once.

Source: Logius, Wegwijzer OIN, and KVK, as kept in `schakel/registry/data/identifiers.toml` and `sbi.toml`.
"""

import polars as pl

from schakel.registry.files.lists import facts
from schakel.registry.files.refusals import fault

RSIN_LENGTH = 9


def has_eleven_proof(digits: pl.Expr) -> pl.Expr:
    """Whether nine digits (text) pass the 11-test of an RSIN; all zeros do not."""
    number = digits.cast(pl.UInt32, strict=False)
    weights = facts("identifiers")["rsin"]["weights"]
    powers = range(RSIN_LENGTH - 1, -1, -1)
    terms = [(number // 10**power % 10).cast(pl.Int32) * weight for power, weight in zip(powers, weights, strict=True)]
    return (pl.sum_horizontal(terms) % 11 == 0) & (number > 0)


def kvk(value: pl.Expr) -> pl.Expr:
    """Eight digits; the number has no check digit."""
    return pl.when(~value.str.contains(r"^[0-9]{8}$")).then(fault("kvk-form")).otherwise(value)


def rsin(value: pl.Expr) -> pl.Expr:
    """Nine digits that pass the 11-test."""
    return (
        pl.when(~value.str.contains(r"^[0-9]{9}$"))
        .then(fault("rsin-form"))
        .when(~has_eleven_proof(value))
        .then(fault("rsin-proof"))
        .otherwise(value)
    )


def oin(value: pl.Expr) -> pl.Expr:
    """Twenty digits: a known prefix, a number of 8 or 9 digits, zeros; an RSIN inside passes its own test."""
    prefix = value.str.slice(0, 8)
    tail_of_kvk = value.str.ends_with("0000") | (prefix != "00000003")
    return (
        pl.when(~value.str.contains(r"^[0-9]{17}000$"))
        .then(fault("oin-form"))
        .when(~prefix.is_in(list(facts("identifiers")["oin"]["prefixes"])))
        .then(fault("oin-prefix"))
        .when(~tail_of_kvk)
        .then(fault("oin-form"))
        .when((prefix == "00000001") & ~has_eleven_proof(value.str.slice(8, 9)))
        .then(fault("oin-number"))
        .otherwise(value)
    )


def sbi(value: pl.Expr) -> pl.Expr:
    """A section letter (A to V, SBI 2008 or 2025) or 2 to 5 digits; the dots of the printed code go."""
    code = value.str.to_uppercase().str.replace_all(".", "", literal=True)
    is_section = code.str.contains(r"^[A-V]$")
    is_class = code.str.contains(r"^[0-9]{2,5}$") & code.str.slice(0, 2).is_in(facts("sbi")["divisions"])
    return pl.when(is_section | is_class).then(code).otherwise(fault("sbi-form"))


def section(value: pl.Expr) -> pl.Expr:
    """The letter of a section, of SBI 2008 or 2025."""
    letter = value.str.to_uppercase()
    return pl.when(letter.str.contains(r"^[A-V]$")).then(letter).otherwise(fault("section"))
