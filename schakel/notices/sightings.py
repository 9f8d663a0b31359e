"""From matched rows to sightings: one line per finding that a report holds, in its normal form. Columns in and out."""

import polars as pl

from schakel.intake.kinds import KINDS
from schakel.kit.copying import Schema

ENDURING = [slug for slug, kind in KINDS.items() if kind.nature in {"vulnerable", "exposed"}]
RANK = {"info": 0, "low": 1, "medium": 2, "high": 3, "critical": 4}
LOOKED_AT: Schema = {
    "address": pl.String,
    "host": pl.String,
    "email": pl.String,
    "asn": pl.UInt32,
    "observed_at": pl.Datetime("us", "UTC"),
    "url": pl.String,
}
CARRIED: Schema = {
    **dict.fromkeys(["kind", "protocol", "severity", "weakness", "detail"], pl.String),
    "port": pl.UInt16,
}
"""The columns of a row by which it is matched, and those that its sighting carries."""
COLUMNS = list(LOOKED_AT | CARRIED)
KEYED = [name for name in COLUMNS if name not in {"severity", "detail"}]
"""The columns that say which finding a row is of, and when."""
KEYS = ["organisation", "kind", "asset", "weakness"]
RECOGNISED_BY_NAME = pl.col("basis") == "domain"


def held(matches: pl.DataFrame, *, with_operators: bool) -> pl.DataFrame:
    """The lines that make findings: of each row the most specific owners, or failing them its operators.

    `matches` is sorted by row and rank. Operators count only `with_operators`: where the source lets them be told.
    Adds `operator`: the organisation that runs the network around the row, or null.
    """
    runs = matches.filter(pl.col("role") == "operator")
    operators = runs.group_by("row").agg(operator=pl.col("organisation").first())
    lines = matches if with_operators else matches.filter(pl.col("role") != "operator")
    is_first = (pl.col("row") != pl.col("row").shift(1)).fill_null(value=True)
    lowest = pl.when(is_first).then("rank").forward_fill()
    return lines.filter(pl.col("rank") == lowest).join(operators, on="row", how="left", maintain_order="left")


def normal_form(by_name: pl.Expr = RECOGNISED_BY_NAME) -> pl.Expr:
    """How a finding names its asset, so that two sightings of one thing are one finding.

    By what the holder was recognised: its address, or (`by_name`) its host. A port belongs to what listens; what calls
    out (an infected machine) uses another each time, so there it is left out.
    """
    name = pl.coalesce(
        pl.when(by_name).then(pl.coalesce("email", "host")), "address", "email", "host", "url", pl.format("AS{}", "asn")
    ).str.to_lowercase()
    listens = pl.col("kind").is_in(ENDURING) & pl.col("port").is_not_null()
    return (
        pl.when(listens).then(pl.format("{} {}/{}", name, "port", pl.col("protocol").fill_null("tcp"))).otherwise(name)
    )


def sightings(rows: pl.DataFrame) -> pl.DataFrame:
    """One line per organisation, kind, asset and weakness: severity (0 to 4), first_at, last_at, detail, operator.

    What is known by its name has no operator: to tell one would tell whose the name is.
    """
    severity = pl.col("severity").replace_strict(RANK, default=2, return_dtype=pl.Int16)
    keyed = rows.select(
        "organisation",
        "kind",
        normal_form().alias("asset"),
        pl.col("weakness").fill_null(""),
        severity,
        pl.col("detail").fill_null("").str.slice(0, 200),
        pl.when(~RECOGNISED_BY_NAME).then("operator").alias("operator"),  # A name is not for an operator.
        first_at="observed_at",
        last_at="observed_at",
    )
    may_repeat = keyed.select(KEYS).hash_rows().is_duplicated()  # A hash of its own means a key of its own.
    repeated = (
        keyed.filter(may_repeat)
        .group_by(KEYS)
        .agg(
            pl.col("severity").max(),
            pl.col("detail", "operator").first(),
            pl.col("first_at").min(),
            pl.col("last_at").max(),
        )
    )
    return pl.concat([keyed.filter(~may_repeat), repeated.select(keyed.columns)])
