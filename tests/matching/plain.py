"""The same rules as the kernel's, one row at a time, as slow and plain as can be: what the kernel is measured by."""

import ipaddress
from datetime import datetime
from typing import Any, NamedTuple

import idna
import polars as pl
from publicsuffixlist import PublicSuffixList

SUFFIXES = PublicSuffixList()
SCHEMAS: dict[str, dict[str, Any]] = {
    "network": {"asset": pl.Int64, "organisation": pl.Int64, "network": pl.String},
    "domain": {"asset": pl.Int64, "organisation": pl.Int64, "domain": pl.String},
    "asn": {"asset": pl.Int64, "organisation": pl.Int64, "asn": pl.Int64},
}
MORE: dict[str, Any] = {
    "role": pl.String,
    "valid_from": pl.Datetime("us", "UTC"),
    "valid_until": pl.Datetime("us", "UTC"),
}


class Claim(NamedTuple):
    table: str
    asset: int
    organisation: int | None
    value: Any
    role: str = "owner"
    valid_from: datetime | None = None
    valid_until: datetime | None = None


class Row(NamedTuple):
    address: str | None = None
    host: str | None = None
    asn: int | None = None
    email: str | None = None
    observed_at: datetime | None = None


def frames(claims: list[Claim]) -> dict[str, pl.DataFrame]:
    """The claims as the tables that `Index.build` takes."""
    tables = {}
    for table, schema in SCHEMAS.items():
        rows = [(*claim[1:4], *claim[4:]) for claim in claims if claim.table == table]
        tables[f"{table}s"] = pl.DataFrame(rows, schema=schema | MORE, orient="row")
    return tables


def rows_frame(rows: list[Row]) -> pl.DataFrame:
    schema = {"address": pl.String, "host": pl.String, "asn": pl.Int64, "email": pl.String}
    return pl.DataFrame(rows, schema=schema | {"observed_at": pl.Datetime("us", "UTC")}, orient="row")


def network(text: str | None):
    """A network, IPv4 where it is IPv4-mapped; None where it is none."""
    try:
        found = ipaddress.ip_interface(text or "").network
    except ValueError:
        return None
    if found.version == 6 and found.prefixlen >= 96 and found.network_address.ipv4_mapped:
        return ipaddress.ip_network((found.network_address.ipv4_mapped, found.prefixlen - 96))
    return found


def labels(host: str | None) -> list[str]:
    name = (host or "").rpartition("@")[2]
    if not name.isascii():
        name = ".".join(a_label(label) for label in idna.uts46_remap(name, std3_rules=False).split("."))
    name = name.lower().removesuffix(".")
    return name.split(".") if name else []


def a_label(label: str) -> str:
    try:
        return label if label.isascii() else idna.alabel(label).decode()
    except idna.IDNAError:
        return label


def is_in_time(claim: Claim, row: Row) -> bool:
    if row.observed_at is None:
        return claim.valid_from is None and claim.valid_until is None
    begun = claim.valid_from is None or claim.valid_from <= row.observed_at
    return begun and (claim.valid_until is None or row.observed_at < claim.valid_until)


def specificity(claim: Claim, row: Row) -> int | None:
    """How specific the claim is where it holds the row, else None."""
    if claim.table == "network":
        ours, theirs = network(claim.value), network(row.address)
        is_held = theirs is not None and ours.version == theirs.version and theirs.subnet_of(ours)
        return ours.prefixlen if is_held else None
    if claim.table == "domain":
        suffix = labels(claim.value)
        hosts = (labels(row.host), labels(row.email))
        return len(suffix) if any(host[-len(suffix) :] == suffix for host in hosts) else None
    return 0 if row.asn == claim.value else None


def holders(claims: list[Claim], row: Row) -> list[tuple[Any, ...]]:
    """(rank, role, basis, asset, organisation) of every holder, in order."""
    found = []
    for claim in claims:
        specific = specificity(claim, row)
        if specific is not None and is_in_time(claim, row):
            place = ("owner", "operator").index(claim.role), tuple(SCHEMAS).index(claim.table), -specific
            found.append((place, claim))
    places = sorted({place for place, _claim in found})
    return sorted((places.index(place), c.role, c.table, c.asset, c.organisation) for place, c in found)


def counts(claim: Claim) -> bool:
    """Whether the registry's row can count at all."""
    if claim.valid_from and claim.valid_until and claim.valid_from >= claim.valid_until:
        return False
    if claim.table == "network":
        try:
            ipaddress.ip_network(claim.value)
        except ValueError:
            return False
        return True
    return claim.table == "asn" or not SUFFIXES.is_public(".".join(labels(claim.value)))
