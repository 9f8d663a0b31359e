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
from schakel.notices import judging, operators
from schakel.notices.models import Occasion, Severity, Via
from schakel.policy import sharing
from schakel.policy.access import Actor

TOLD_RECENTLY, INFORMATIONAL = "told-recently", "informational"
HELD = {  # Whether its region has begun is judged with the ways, by the same rule.
    text: str(sharing.held_back(has_objected=text == "t", has_started=True) or "") for text in ("t", "f")
}
GROUPS = """
SELECT f.organisation_id, f.kind, max(f.severity), count(*), bool_or(o.has_objected),
       CASE WHEN bool_and(f.reopened_count > 0) THEN (
           SELECT (extract(epoch FROM max(r.made_at)) / 86400) FROM notices_route r
           WHERE r.organisation_id = f.organisation_id AND r.kind = f.kind AND r.notice_id IS NOT NULL) END
FROM notices_finding f JOIN registry_organisation o ON o.id = f.organisation_id
WHERE f.opened_in_id = %s AND f.state IN ('open', 'promised')
GROUP BY f.organisation_id, f.kind
"""
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
    operated = operators.operated_of(report)
    around = operators.around_of(may_be_told, operated)
    ways = judging.judged(around, terms=report.terms, at=at)
    withheld = groups.filter(pl.col("refusal") != "").with_columns(via=pl.lit(Via.WITHHELD.value), steps=pl.lit("[]"))
    told = judging.without_stopped(operators.in_network(judging.told(may_be_told, ways), around, operated))
    rows = pl.concat([told, withheld], how="diagonal_relaxed")
    return judging.as_table(rows.with_columns(round=pl.lit(0)), report=report, at=at, occasion=Occasion.FIRST)


def _groups(report: Report, at: datetime) -> pl.DataFrame:
    """What the report opened per organisation and kind, with the reason to withhold it or nothing."""
    groups = copy_out(GROUPS, [report.pk], schema=GROUP_SCHEMA)
    days = {slug: entry.reminder_days for slug, entry in KINDS.items()}
    interval = pl.col("kind").replace_strict(days, default=days["other"], return_dtype=pl.Float64)
    is_recent = (at.timestamp() / 86400 - pl.col("told_on") < interval).fill_null(value=False)
    held = pl.col("has_objected").replace_strict(HELD, return_dtype=pl.String)
    refusal = (
        pl.when(held != "")
        .then(held)
        .when(pl.col("severity") == Severity.INFO)
        .then(pl.lit(INFORMATIONAL))
        .when(is_recent)
        .then(pl.lit(TOLD_RECENTLY))
        .otherwise(pl.lit(""))
    )
    return groups.with_columns(refusal=refusal)
