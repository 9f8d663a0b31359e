"""Fifth step: by whom each organisation is told, and why so. Every way that was tried is kept with its reason.

A route is for one organisation and kind of finding: what one report opened there. Ways do not depend on the kind, so
they are judged once per organisation; the policy is asked once per distinct sort of way.
"""

import time
from datetime import datetime

import polars as pl
from django.db import transaction

from schakel.intake.kinds import KINDS
from schakel.intake.models import REPORT_MOVES, Report, ReportState
from schakel.journal.actions import record
from schakel.kit import planning
from schakel.kit.copying import copy_in, copy_out
from schakel.kit.states import move
from schakel.notices import judging
from schakel.notices.models import Occasion, Severity, Via
from schakel.policy.access import Actor
from schakel.registry.models import Contact

OBJECTED, TOLD_RECENTLY, INFORMATIONAL, STOPPED = "objected", "told-recently", "informational", "digests-stopped"
GROUPS = """
SELECT f.organisation_id, f.kind, max(f.severity), count(*), bool_or(o.has_objected),
       CASE WHEN bool_and(f.reopened_count > 0) THEN (
           SELECT (extract(epoch FROM max(r.made_at)) / 86400) FROM notices_route r
           WHERE r.organisation_id = f.organisation_id AND r.kind = f.kind AND r.notice_id IS NOT NULL) END
FROM notices_finding f JOIN registry_organisation o ON o.id = f.organisation_id
WHERE f.opened_in_id = %s AND f.state IN ('open', 'promised')
GROUP BY f.organisation_id, f.kind
"""
OPERATED = """
SELECT organisation_id, kind, operator_id, count(*) FROM notices_finding
WHERE opened_in_id = %s AND state IN ('open', 'promised') AND operator_id IS NOT NULL
GROUP BY organisation_id, kind, operator_id
"""
OPERATED_SCHEMA = {"organisation": pl.Int64, "kind": pl.String, "operator": pl.Int64, "in_network": pl.Int32}
GROUP_SCHEMA = {
    "organisation": pl.Int64,
    "kind": pl.String,
    "severity": pl.Int16,
    "findings_count": pl.Int32,
    "has_objected": pl.String,
    "told_on": pl.Float64,
}


def route(report: Report, *, by: Actor, at: datetime) -> dict[str, int]:
    """Make the report's routes. Returns a count per way; while the source's embargo runs, nothing happens."""
    if report.embargo_until and at < report.embargo_until:
        return {}
    started = time.monotonic()
    with transaction.atomic():
        planning.expect(report.figures["sightings"])
        routes = _routes(report, at)
        copy_in(routes, table="notices_route")
        counts = dict(routes.group_by("via").len().sort("via").iter_rows())
        figures = report.figures | {"routes": counts}
        figures["seconds"] |= {"route": round(time.monotonic() - started, 3)}
        move(report, ReportState.ROUTED, moves=REPORT_MOVES, figures=figures)
        record("notices.routes.made", by=by, at=at, on=report, **counts)
    return counts


def _routes(report: Report, at: datetime) -> pl.DataFrame:
    """The rows of the table of routes for what the report opened."""
    groups = _groups(report, at)
    may_be_told = groups.filter(pl.col("refusal") == "")
    operated = operated_of(report)
    around = around_of(may_be_told, operated)
    ways = judging.judged(around, terms=report.terms, at=at)
    withheld = groups.filter(pl.col("refusal") != "").with_columns(via=pl.lit(Via.WITHHELD.value), steps=pl.lit("[]"))
    told = without_stopped(in_network(judging.told(may_be_told, ways), around, operated))
    rows = pl.concat([told, withheld], how="diagonal_relaxed")
    return judging.as_table(rows.with_columns(round=pl.lit(0)), report=report, at=at, occasion=Occasion.FIRST)


def without_stopped(told: pl.DataFrame) -> pl.DataFrame:
    """What is of low severity goes to no contact that stopped digests."""
    stopped = list(Contact.objects.filter(has_stopped_digests=True).values_list("pk", flat=True))
    is_stopped = (pl.col("severity") <= Severity.LOW) & pl.col("contact").is_in(stopped).fill_null(value=False)
    return told.with_columns(
        pl.when(is_stopped).then(pl.lit(Via.WITHHELD.value)).otherwise("via").alias("via"),
        pl.when(is_stopped).then(pl.lit(STOPPED)).otherwise("refusal").alias("refusal"),
        pl.when(is_stopped).then(None).otherwise("contact").alias("contact"),
    )


def _groups(report: Report, at: datetime) -> pl.DataFrame:
    """What the report opened per organisation and kind, with the reason to withhold it or nothing."""
    groups = copy_out(GROUPS, [report.pk], schema=GROUP_SCHEMA)
    days = {slug: entry.reminder_days for slug, entry in KINDS.items()}
    interval = pl.col("kind").replace_strict(days, default=days["other"], return_dtype=pl.Float64)
    is_recent = (at.timestamp() / 86400 - pl.col("told_on") < interval).fill_null(value=False)
    refusal = (
        pl.when(pl.col("has_objected") == "t")
        .then(pl.lit(OBJECTED))
        .when(pl.col("severity") == Severity.INFO)
        .then(pl.lit(INFORMATIONAL))
        .when(is_recent)
        .then(pl.lit(TOLD_RECENTLY))
        .otherwise(pl.lit(""))
    )
    return groups.with_columns(refusal=refusal)


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
