"""What a column may hold: how its text is cleaned and judged, and what it becomes.

`clean` takes the trimmed text of a column and gives its normal form, or a fault mark; empty cells are kept from it.
`typed` takes normal text without faults and gives the column that the registry stores.
"""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl
import pysequoia

from schakel.registry.files import names, networks, proofs
from schakel.registry.files.columnwise import on_some
from schakel.registry.files.refusals import MARK, fault

Step = Callable[[pl.Expr], pl.Expr]
CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
YES = ["yes", "true", "1", "ja", "y", "j"]
NO = ["no", "false", "0", "nee", "n"]
LARGEST_COUNT = 1_000_000_000
DUTCH_DAY = r"^([0-9]{1,2})-([0-9]{1,2})-([0-9]{4})$"
LONGEST_KEY = 65_536
PUBLIC_KEY = "-----BEGIN PGP PUBLIC KEY BLOCK-----"


def unchanged(value: pl.Expr) -> pl.Expr:
    """The normal text is what we store."""
    return value


@dataclass(frozen=True, slots=True)
class Form:
    """How one column is read; `options` are named in the sentence about an unknown value."""

    clean: Step
    typed: Step = unchanged
    options: tuple[str, ...] = ()


def text(limit: int) -> Form:
    """Free text of at most `limit` characters, without control characters but line ends and tabs."""
    return Form(lambda value: _printable(value, limit))


def _printable(value: pl.Expr, limit: int) -> pl.Expr:
    return (
        pl.when(value.str.contains(CONTROL))
        .then(fault("control-character"))
        .when(value.str.len_chars() > limit)
        .then(fault("too-long"))
        .otherwise(value)
    )


def choice(options: tuple[str, ...], default: str | None = None) -> Form:
    """One of a few words, in any case; an empty cell becomes `default`."""

    def clean(value: pl.Expr) -> pl.Expr:
        lower = {option.lower(): option for option in options}
        found = value.str.to_lowercase().replace_strict(lower, default=MARK + "unknown-value", return_dtype=pl.String)
        return pl.when(value.is_not_null()).then(found)

    return Form(clean, lambda value: value if default is None else value.fill_null(default), options)


def split(value: pl.Expr) -> pl.Expr:
    """A list of the trimmed, non-empty parts between semicolons."""
    part = pl.element().str.strip_chars()
    return value.fill_null("").str.split(";").list.eval(part.filter(part != ""))


def choices(options: tuple[str, ...]) -> Form:
    """Any of a few words, separated by semicolons."""

    def clean(value: pl.Expr) -> pl.Expr:
        word = "|".join(options)
        is_known = value.str.contains(rf"^(?:{word})(?:\s*;\s*(?:{word}))*\s*;?$")
        return pl.when(~is_known).then(fault("unknown-value")).otherwise(value)

    return Form(clean, split, options)


def several(limit: int) -> Form:
    """Free texts separated by semicolons, together at most `limit` characters."""
    return Form(lambda value: _printable(value, limit), split)


def _yes_or_no(value: pl.Expr) -> pl.Expr:
    lower = value.str.to_lowercase()
    return (
        pl.when(lower.is_in(YES))
        .then(pl.lit("yes"))
        .when(lower.is_in(NO))
        .then(pl.lit("no"))
        .otherwise(fault("yes-or-no"))
    )


def _count(value: pl.Expr) -> pl.Expr:
    """A whole number; a spreadsheet's `12.0` is one, a number with dots between its thousands is not."""
    plain = value.str.strip_suffix(".0").str.strip_chars_start("0")
    digits = pl.when(plain == "").then(pl.lit("0")).otherwise(plain)
    is_count = value.str.contains(r"^[0-9]+(?:\.0)?$") & (digits.str.len_chars() <= len(str(LARGEST_COUNT)) - 1)
    return pl.when(is_count).then(digits).otherwise(fault("count"))


def _day(value: pl.Expr) -> pl.Expr:
    plain = value.str.replace(r"[ T]00:00:00(?:\.0+)?Z?$", "")
    dutch = plain.str.extract_groups(DUTCH_DAY).struct
    turned = dutch.field("3") + "-" + dutch.field("2").str.zfill(2) + "-" + dutch.field("1").str.zfill(2)
    iso = pl.when(plain.str.contains(DUTCH_DAY)).then(turned).otherwise(plain)
    is_day = iso.str.contains(r"^(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}$") & iso.str.to_date(strict=False).is_not_null()
    return pl.when(is_day).then(iso).otherwise(fault("day"))


def _openpgp(armour: str) -> str:
    if not armour.startswith(PUBLIC_KEY) or len(armour) > LONGEST_KEY:
        return f"{MARK}openpgp"
    try:
        pysequoia.Cert.from_bytes(armour.encode())
    except Exception:  # noqa: BLE001 - the library raises bare exceptions for whatever it cannot read
        return f"{MARK}openpgp"
    return armour


DAY = Form(_day, lambda value: value.str.to_date("%Y-%m-%d"))
YES_OR_NO = Form(_yes_or_no, lambda value: (value == "yes").fill_null(value=False))
COUNT = Form(_count, lambda value: value.cast(pl.Int64))
SECTION = Form(proofs.section)
WEBSITE = Form(names.website)
KVK = Form(proofs.kvk)
RSIN = Form(proofs.rsin)
OIN = Form(proofs.oin)
SBI = Form(proofs.sbi)
MAIL = Form(names.mail)
WEBHOOK = Form(names.webhook)
DOMAIN = Form(names.domain)
NETWORK = Form(networks.network)
ASN = Form(networks.asn)
OPENPGP = Form(lambda value: on_some(value, value.is_not_null(), _openpgp))
