"""From text columns to observations: one set of rules for the fields of every format.

A parser says which column holds what (`Plan`); here each field is cleaned and judged, for a whole block at
once. A row that cannot be trusted leaves for the quarantine with the column and value to blame.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import polars as pl

from schakel.intake.formats.moments import moments
from schakel.intake.formats.shapes import (
    OBSERVATION_SCHEMA,
    QUARANTINE_SCHEMA,
    RAW_LENGTH,
    REASONS,
    VALUE_LENGTH,
)
from schakel.intake.formats.subjects import EMAIL, HOST, URL_HOST, are_addresses, sorted_out
from schakel.intake.kinds import KINDS, SEVERITIES, kind

FIELDS: Final = (
    "observed_at", "subject", "address", "host", "url", "http_host", "email", "asn", "port", "protocol",
    "country", "severity", "kind", "cve", "tag", "family",
)  # fmt: skip
"""What a column of a file may mean. `subject` is any asset, sorted out by its look; `http_host` is the host a
web server was asked for, which names a site better than the reverse name of its address does."""
DETAIL_LENGTH: Final = 200
_SEVERITY_WORDS: Final = {
    **{severity: severity for severity in SEVERITIES},
    "informational": "info", "information": "info", "informatief": "info", "none": "info", "geen": "info",
    "laag": "low", "middel": "medium", "midden": "medium", "gemiddeld": "medium", "moderate": "medium",
    "hoog": "high", "kritiek": "critical", "kritisch": "critical", "severe": "critical",
}  # fmt: skip
_CVE: Final = r"(?i)(cve-[0-9]{4}-[0-9]{4,7})"
_EMPTY_WORDS: Final = ["", "-", "null", "NULL", "none", "None", "n/a", "N/A", "nan", "NaN"]
_NOTHING: Final = pl.lit(None, pl.String)
_ASSETS: Final = ["address", "host", "email", "asn"]
_BAD_FIELDS: Final = {
    "address": "bad-address", "observed_at": "bad-time", "port": "bad-port", "asn": "bad-asn",
}  # fmt: skip
"""Fields that spoil their row when they are filled and wrong, and the reason it is kept apart for."""
_POINTLESS: Final = {"host": "bad-host", "email": "bad-email", "url": "bad-url", "subject": "not-an-asset"}
"""Fields that only matter when no other names an asset: then the first that is filled is to blame."""
_USUAL_SEVERITY: Final = {slug: known.severity for slug, known in KINDS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Which columns of a frame hold which field, and what holds where a row says nothing.

    columns: of a name in FIELDS, the frame's columns in order of trust; the first that is filled counts.
    names: of a frame's column, its name in the file. detail: columns that are joined into the detail.
    kinds: of a value of the kind column in lower case, the kind's slug. is_loose: written by people, so that
    `-` and `NULL` may stand for nothing and an address may stand in the column of hosts. is_tidy: known to have no
    space around a text and no control character within one, which saves looking for them.
    """

    columns: Mapping[str, tuple[str, ...]]
    names: Mapping[str, str | None]
    received_at: datetime
    kind: str
    severity: str | None = None
    detail: tuple[str, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)
    zone: str = "UTC"
    time_format: str | None = None
    is_loose: bool = True
    is_tidy: bool = False


def shaped(frame: pl.DataFrame, plan: Plan) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows of `frame` as observations and quarantined rows; each row is in exactly one of the two."""
    values = _values(_texts(frame, plan), plan)
    if values["is_good"].all():
        return values.select(OBSERVATION_SCHEMA.names()), pl.DataFrame(schema=QUARANTINE_SCHEMA)
    bad = ~values["is_good"]
    observations = values.filter("is_good").select(OBSERVATION_SCHEMA.names())
    return observations, _quarantined(frame.filter(bad), values.filter(bad), plan)


def _texts(frame: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """All fields as cleaned text, with what a subject or a web address tells filled in."""
    cleaned = (_cleaned(plan, name).alias(name) for name in FIELDS)
    texts = frame.select("line", "source_row", *cleaned, _seen(plan).alias("detail")).with_columns(_short_detail(plan))
    if "subject" in plan.columns:
        texts = _with_subjects(texts)
    if "url" in plan.columns or "subject" in plan.columns:
        texts = _with_urls(texts)
    texts = texts.with_columns(_unbracketed(texts["address"]), host=pl.coalesce("http_host", "host"))
    if not plan.is_loose:
        return texts
    is_address = are_addresses(texts["host"])
    found = pl.when(is_address).then("host")
    return texts.with_columns(address=pl.coalesce("address", found), host=pl.when(~is_address).then("host"))


def _cleaned(plan: Plan, name: str) -> pl.Expr:
    """The first filled column of the field, without surrounding space; null where none is."""
    columns = plan.columns.get(name, ())
    return pl.coalesce([_filled(column, plan) for column in columns]) if columns else _NOTHING


def _filled(column: str, plan: Plan) -> pl.Expr:
    text = pl.col(column) if plan.is_tidy else pl.col(column).str.strip_chars()
    return text.replace(_EMPTY_WORDS if plan.is_loose else [""], None)


def _seen(plan: Plan) -> pl.Expr:
    """What the detail columns say, joined."""
    parts = [_filled(column, plan) for column in plan.detail]
    return pl.concat_str(parts, separator=", ", ignore_nulls=True) if parts else _NOTHING


def _short_detail(plan: Plan) -> pl.Expr:
    """The detail as one short line for people."""
    line = pl.col("detail") if plan.is_tidy else pl.col("detail").str.replace_all(r"[\x00-\x1f]+", " ")
    return line.str.replace_all('\\"', '"', literal=True).str.slice(0, DETAIL_LENGTH).replace("", None)


def _unbracketed(addresses: pl.Series) -> pl.Series:
    has_brackets = addresses.str.starts_with("[").any() or addresses.str.ends_with("]").any()
    return addresses.str.strip_chars("[]") if has_brackets else addresses


def _with_subjects(texts: pl.DataFrame) -> pl.DataFrame:
    """The subjects, each in the column of its sort; columns that the file states itself go first."""
    sorts = sorted_out(texts["subject"])
    return texts.with_columns(pl.coalesce(name, sorts[name]).alias(name) for name in sorts.columns)


def _with_urls(texts: pl.DataFrame) -> pl.DataFrame:
    """Web addresses made whole where they are a path only, and the host they name where the row names none."""
    url = pl.col("url")
    scheme = pl.when(pl.col("port") == "443").then(pl.lit("https://")).otherwise(pl.lit("http://"))
    path = pl.concat_str(scheme, "http_host", "url")
    texts = texts.with_columns(url=pl.when(url.str.starts_with("/")).then(path).otherwise(url))
    has_scheme = url.str.contains("://", literal=True)
    rooted = pl.when(has_scheme).then(url).otherwise(pl.concat_str(pl.lit("http://"), url))
    host = texts.select(pl.coalesce(rooted.str.extract(URL_HOST, 1), rooted.str.extract(URL_HOST, 2)))
    in_url = host.to_series()
    is_address = are_addresses(in_url)
    return texts.with_columns(
        address=pl.coalesce("address", pl.when(is_address).then(in_url)),
        host=pl.coalesce("host", pl.when(~is_address).then(in_url)),
    )


def _values(texts: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """The columns of an observation, and `<reason>` columns that are true where a field is to blame."""
    at = moments(texts["observed_at"], zone=plan.zone, time_format=plan.time_format)
    asn, port = _as_numbers(texts["asn"]), texts["port"].cast(pl.UInt16, strict=False)
    host = pl.when(pl.col("host").str.contains(HOST)).then("host")
    email = pl.when(pl.col("email").str.contains(EMAIL)).then("email")
    values = texts.select(
        "line",
        "source_row",
        "address",
        "url",
        "detail",
        pl.when(pl.col("observed_at").is_null()).then(plan.received_at).otherwise(at).alias("observed_at"),
        host.alias("host"),
        email.alias("email"),
        asn.replace(0, None).alias("asn"),  # AS 0 says that there is none (RFC 7607).
        port.alias("port"),
        pl.col("protocol").str.to_lowercase(),
        pl.when(pl.col("country").str.contains("^[A-Za-z]{2}$")).then(pl.col("country").str.to_uppercase()),
        *_judgement(plan),
        _weakness(texts).alias("weakness"),
        (pl.col("address").is_not_null() & ~are_addresses(texts["address"])).alias("bad-address"),
        (pl.col("observed_at").is_not_null() & at.is_null()).alias("bad-time"),
        (pl.col("port").is_not_null() & port.is_null()).alias("bad-port"),
        (pl.col("asn").is_not_null() & asn.is_null()).alias("bad-asn"),
        *(pl.col(name).is_not_null().alias(reason) for name, reason in _POINTLESS.items()),
    )
    has_asset = pl.any_horizontal(pl.col(_ASSETS).is_not_null())
    is_good = has_asset & ~pl.any_horizontal(*_BAD_FIELDS.values())
    return values.with_columns(has_asset.alias("has_asset"), is_good.alias("is_good"))


def _as_numbers(texts: pl.Series) -> pl.Series:
    """The numbers of autonomous systems, of which some are written with `AS` before them."""
    plain = texts.cast(pl.UInt32, strict=False)
    if plain.null_count() == texts.null_count():
        return plain
    return texts.str.replace(r"^(?i)as\s?", "").cast(pl.UInt32, strict=False)


def _judgement(plan: Plan) -> tuple[pl.Expr, pl.Expr]:
    """The kind and the severity: what the row states, else the plan, else what is usual for the kind."""
    sort = pl.lit(plan.kind)
    usual = pl.lit(plan.severity or kind(plan.kind).severity)
    if "kind" in plan.columns:
        slugs = {slug: slug for slug in KINDS} | dict(plan.kinds)
        sort = pl.col("kind").str.to_lowercase().replace_strict(slugs, default=plan.kind, return_dtype=pl.String)
        if not plan.severity:
            usual = sort.replace_strict(_USUAL_SEVERITY, default=usual, return_dtype=pl.String)
    stated = pl.col("severity").str.to_lowercase().replace_strict(_SEVERITY_WORDS, default=None, return_dtype=pl.String)
    return sort.alias("kind"), pl.coalesce(stated, usual).alias("severity")


def _weakness(texts: pl.DataFrame) -> pl.Series:
    """The first CVE number in upper case, else the malware family in lower case."""
    cve = pl.coalesce(pl.col("cve").str.extract(_CVE), pl.col("tag").str.extract(_CVE))
    weakness = pl.coalesce(cve.str.to_uppercase(), pl.col("family").str.to_lowercase())
    stated = texts.select("cve", "tag", "family")
    known = stated.unique().with_columns(weakness=weakness)  # Many rows state the same.
    return stated.join(known, on=stated.columns, how="left", nulls_equal=True, maintain_order="left")["weakness"]


def _quarantined(frame: pl.DataFrame, values: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """The bad rows, each with the first field that is to blame."""
    blames = [(name, reason, pl.col(reason)) for name, reason in _BAD_FIELDS.items()]
    blames += [(name, reason, pl.col(reason)) for name, reason in _POINTLESS.items()]
    rows = frame.with_columns(values[reason] for _, reason, _ in blames)
    reasons = pl.coalesce(*(pl.when(mask).then(pl.lit(reason)) for _, reason, mask in blames), pl.lit("no-asset"))
    columns = pl.coalesce(*(pl.when(mask).then(_origin(plan, name)) for name, _, mask in blames), _NOTHING)
    found = pl.coalesce(*(pl.when(mask).then(_cleaned(plan, name)) for name, _, mask in blames), _NOTHING)
    return rows.select(
        "line",
        columns.alias("column"),
        found.str.slice(0, VALUE_LENGTH).alias("value"),
        reasons.alias("reason"),
        reasons.replace_strict(dict(REASONS), return_dtype=pl.String).alias("words"),
        pl.col("source_row").str.slice(0, RAW_LENGTH).alias("raw"),
    )


def _origin(plan: Plan, name: str) -> pl.Expr:
    """The name, in the file, of the column that the field was taken from."""
    columns = plan.columns.get(name, ())
    named = [
        pl.when(_filled(column, plan).is_not_null()).then(pl.lit(plan.names[column], pl.String)) for column in columns
    ]
    return pl.coalesce(named) if named else _NOTHING
