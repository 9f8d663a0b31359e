"""Who runs the networks around what was found, and of how much of it a notice to one of them would tell."""

import polars as pl

from schakel.intake.models import Report
from schakel.kit.copying import copy_out
from schakel.notices.models import Via

OPERATED = """
SELECT organisation_id, kind, operator_id, count(*) FROM notices_finding
WHERE opened_in_id = %s AND state IN ('open', 'promised') AND operator_id IS NOT NULL
GROUP BY organisation_id, kind, operator_id
"""
OPERATED_SCHEMA = {"organisation": pl.Int64, "kind": pl.String, "operator": pl.Int64, "in_network": pl.Int32}


def operated_of(report: Report) -> pl.DataFrame:
    """In whose networks lies what the report opened: organisation, kind, operator and how many findings."""
    return copy_out(OPERATED, [report.pk], schema=OPERATED_SCHEMA)


def around_of(groups: pl.DataFrame, operated: pl.DataFrame) -> pl.DataFrame:
    """Organisations to be told, and who runs the network around most of what was found at each."""
    counts = operated.group_by("organisation", "operator").agg(pl.col("in_network").sum())
    most = counts.sort("in_network", "operator", descending=[True, False]).unique("organisation", keep="first")
    told = groups.select("organisation").unique()
    return told.join(most.select("organisation", "operator"), on="organisation", how="left")


def in_network(told: pl.DataFrame, around: pl.DataFrame, operated: pl.DataFrame) -> pl.DataFrame:
    """Operators are told of what is in their network; where nothing of a group is, nobody can be told of it."""
    counted = operated.join(around, on=["organisation", "operator"]).drop("operator")
    rows = told.join(counted, on=["organisation", "kind"], how="left", maintain_order="left")
    by_operator = pl.col("via") == Via.OPERATOR
    is_outside = by_operator & pl.col("in_network").is_null()
    return rows.with_columns(
        pl.when(by_operator & ~is_outside).then("in_network").otherwise("findings_count").alias("findings_count"),
        pl.when(is_outside).then(pl.lit(Via.UNREACHABLE.value)).otherwise("via").alias("via"),
        pl.when(is_outside).then(None).otherwise("contact").alias("contact"),
    ).drop("in_network")
