"""The registry's tables, read into claims; rows that cannot count are kept with their reason, not dropped."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import polars as pl

from schakel.matching import addresses, suffixes
from schakel.matching.addresses import Addresses
from schakel.matching.holders import ALWAYS, ASN, DOMAIN, FOREVER, NETWORK, ROLES, WARNING, Claims
from schakel.matching.kernel import I64, U64, Bool
from schakel.matching.texts import Texts
from schakel.matching.walk import Hosts

MOST_ASN = 0xFFFFFFFE  # The last one, 4294967295, is reserved (RFC 7300); so is 0 (RFC 7607).
REFUSED = pl.Schema({"table": pl.String, "asset": pl.Int64, "value": pl.String, "reason": pl.String})


class Reason(StrEnum):
    """Why a row of the registry cannot count."""

    UNREADABLE = "not an address or network"
    HOST_BITS = "bits set behind the prefix length"
    NOT_A_NAME = "not a domain name"
    BARE_SUFFIX = "a public suffix belongs to nobody"
    ASN_RANGE = "not an autonomous system number"
    NO_HOLDER = "no asset or no organisation"
    ROLE = "role is neither owner nor operator"
    SPAN = "ends before it begins"


@dataclass(frozen=True, slots=True)
class Tables:
    """Claims by basis and, row for row, what they claim; claims do not know their nodes yet.

    `lists` are the names of the warning lists, `refused` the rows that cannot count.
    """

    claims: tuple[Claims, Claims, Claims]
    networks: Addresses
    hosts: Hosts
    numbers: U64
    lists: tuple[str, ...]
    refused: pl.DataFrame

    @classmethod
    def read(
        cls,
        *,
        networks: pl.DataFrame | None,
        domains: pl.DataFrame | None,
        asns: pl.DataFrame | None,
        warnings: pl.DataFrame | None = None,
    ) -> "Tables":
        """Read what there is; a table that is None is an empty one."""
        lists, listed_networks, listed_domains = _listed(warnings)
        net, network_claims, refused_networks = _read_networks(_table(networks, "network"), None)
        warned_net, warning_claims, refused_listed = _read_networks(listed_networks, WARNING)
        host, domain_claims, refused_domains = _read_domains(_table(domains, "domain"), None)
        warned_host, name_claims, refused_names = _read_domains(listed_domains, WARNING)
        numbers, asn_claims, refused_asns = _read_asns(_table(asns, "asn"))
        refused = [refused_networks, refused_domains, refused_asns, refused_listed, refused_names]
        return cls(
            claims=(
                Claims.all_of([network_claims, warning_claims]),
                Claims.all_of([domain_claims, name_claims]),
                asn_claims,
            ),
            networks=net.and_then(warned_net),
            hosts=host.and_then(warned_host),
            numbers=numbers,
            lists=lists,
            refused=pl.concat(refused),
        )


def _table(frame: pl.DataFrame | None, column: str) -> pl.DataFrame:
    empty = {"asset": pl.Int64, "organisation": pl.Int64, column: pl.String}
    return pl.DataFrame(schema=empty) if frame is None else frame


def _listed(warnings: pl.DataFrame | None) -> tuple[tuple[str, ...], pl.DataFrame, pl.DataFrame]:
    """The lists, and their networks and domains as tables in which the asset is the number of the list."""
    if warnings is None:
        return (), _table(None, "network"), _table(None, "domain")
    lists = warnings["name"].unique().sort().to_list()
    number = pl.col("name").replace_strict({name: at for at, name in enumerate(lists)}, return_dtype=pl.Int64)
    numbered = warnings.select("kind", "value", asset=number, organisation=pl.lit(0, pl.Int64))
    odd = set(warnings["kind"].unique().to_list()) - {"network", "domain"}
    if odd:
        raise ValueError(f"a warning is of the kind network or domain, not {sorted(map(str, odd))}")
    networks, domains = (
        numbered.filter(pl.col("kind") == kind).rename({"value": kind}) for kind in ("network", "domain")
    )
    return tuple(lists), networks, domains


def _read_networks(frame: pl.DataFrame, role: int | None) -> tuple[Addresses, Claims, pl.DataFrame]:
    """Read networks; `role` stands for that of every row where it is given."""
    found = addresses.read(frame["network"])
    mask_high, mask_low = found.masks()
    has_host_bits = (found.low & mask_low != 0) | (found.high & mask_high != 0)
    faults = [(found.family == addresses.UNREADABLE, Reason.UNREADABLE), (has_host_bits, Reason.HOST_BITS)]
    claims, good, refused = _claims(frame, "network", NETWORK, faults, role)
    return found.take(good), claims, refused


def _read_domains(frame: pl.DataFrame, role: int | None) -> tuple[Hosts, Claims, pl.DataFrame]:
    """Read domain names. A public suffix is refused, except on a warning list."""
    names = suffixes.normal(frame["domain"])
    faults = [(names.is_null().to_numpy(), Reason.NOT_A_NAME)]
    if role != WARNING:
        faults.append((suffixes.is_public(names).fill_null(value=False).to_numpy(), Reason.BARE_SUFFIX))
    claims, good, refused = _claims(frame, "domain", DOMAIN, faults, role)
    return Hosts.of(Texts.of(names.gather(good))), claims, refused


def _read_asns(frame: pl.DataFrame) -> tuple[U64, Claims, pl.DataFrame]:
    numbers = frame["asn"].cast(pl.Int64).fill_null(0).to_numpy()
    faults = [((numbers < 1) | (numbers > MOST_ASN), Reason.ASN_RANGE)]
    claims, good, refused = _claims(frame, "asn", ASN, faults, None)
    return numbers[good].astype(np.uint64), claims, refused


def _claims(
    frame: pl.DataFrame, column: str, basis: int, faults: list[tuple[Bool, Reason]], role: int | None
) -> tuple[Claims, I64, pl.DataFrame]:
    """The claims of the rows without a fault, the numbers of these rows, and the refused rows.

    A row with several faults is refused for the first.
    """
    read = frame.with_columns(_holder(frame, role))
    faults = [*faults, *((read[name].to_numpy(), reason) for name, reason in _FAULTS.items())]
    reason = np.select([fault for fault, _ in faults], np.arange(1, len(faults) + 1), 0)
    good, bad = np.flatnonzero(reason == 0), np.flatnonzero(reason)
    size = len(good)
    claims = Claims(
        basis=np.full(size, basis, np.uint8),
        node=np.zeros(size, np.int32),
        specificity=np.zeros(size, np.uint8),
        role=read["role"].to_numpy()[good].astype(np.uint8),
        asset=read["asset"].to_numpy()[good],
        organisation=read["organisation"].to_numpy()[good],
        since=read["since"].to_numpy()[good],
        until=read["until"].to_numpy()[good],
    )
    refused = pl.DataFrame(
        {
            "table": pl.Series([column] * len(bad), dtype=pl.String),
            "asset": frame["asset"].cast(pl.Int64).gather(bad),
            "value": frame[column].cast(pl.String).gather(bad),
            "reason": pl.Series([faults[number - 1][1].value for number in reason[bad]], dtype=pl.String),
        },
        schema=REFUSED,
    )
    return claims, good, refused


_FAULTS = {"lacks_holder": Reason.NO_HOLDER, "has_odd_role": Reason.ROLE, "has_odd_span": Reason.SPAN}


def _holder(frame: pl.DataFrame, role: int | None) -> list[pl.Expr]:
    """Asset, organisation, role and span as numbers without nulls, and what is wrong with them."""
    asset, organisation = pl.col("asset").cast(pl.Int64), pl.col("organisation").cast(pl.Int64)
    held_as = pl.lit(role or 0)
    if role is None and "role" in frame.columns:
        codes = {name: code for code, name in enumerate(ROLES)}
        held_as = pl.col("role").cast(pl.String).fill_null(ROLES[0]).replace_strict(codes, default=len(ROLES))
    since, until = _moment(frame, "valid_from", ALWAYS), _moment(frame, "valid_until", FOREVER)
    return [
        asset.fill_null(0).alias("asset"),
        organisation.fill_null(0).alias("organisation"),
        held_as.alias("role"),
        since.alias("since"),
        until.alias("until"),
        (asset.is_null() | organisation.is_null()).alias("lacks_holder"),
        ((held_as >= len(ROLES)) & pl.lit(role is None)).alias("has_odd_role"),
        (since >= until).alias("has_odd_span"),
    ]


def _moment(frame: pl.DataFrame, column: str, otherwise: int) -> pl.Expr:
    if column not in frame.columns:
        return pl.lit(otherwise, pl.Int64)
    return pl.col(column).cast(pl.Datetime("us")).cast(pl.Int64).fill_null(otherwise)
