"""When constituencies, contacts or agreements change, what is open may have a way that it had not, or a better one.

What led to nobody is judged anew. What was told goes by a better way only when its reminder interval is over: nobody
hears twice of what was just told, and a way that was used for it is not used again.
"""

from datetime import datetime

import polars as pl
from django.db import transaction

from schakel.intake.kinds import KINDS
from schakel.intake.models import Report
from schakel.journal.actions import record
from schakel.kit.copying import Schema, copy_out
from schakel.notices import judging, operators
from schakel.notices.models import Occasion, Via
from schakel.notices.next_way import unused, write
from schakel.notices.steps.compose import close_windows, gather
from schakel.policy import sharing
from schakel.policy.access import Actor

# The last round of what is open and led to nobody, or waits for its function to begin in its region.
STRANDED = """
WITH last AS (
    SELECT r.* FROM notices_route r
    WHERE ((r.via = 'unreachable' AND r.refusal = '') OR (r.via = 'withheld' AND r.refusal = %(not_started)s))
      AND NOT EXISTS (
          SELECT FROM notices_route n WHERE (n.report_id, n.organisation_id, n.kind)
              = (r.report_id, r.organisation_id, r.kind) AND n.round > r.round)
    FOR NO KEY UPDATE SKIP LOCKED
)
SELECT r.report_id, r.organisation_id, r.kind, r.round + 1, r.partner_id, r.contact_id, max(f.severity), count(*),
       EXISTS (SELECT FROM notices_route n JOIN notices_notice t ON t.id = n.notice_id AND t.state <> 'withdrawn'
               WHERE (n.report_id, n.organisation_id, n.kind) = (r.report_id, r.organisation_id, r.kind))
FROM last r
JOIN notices_finding f ON (f.organisation_id, f.kind, f.opened_in_id) = (r.organisation_id, r.kind, r.report_id)
JOIN registry_organisation o ON o.id = r.organisation_id
WHERE f.state = 'open' AND NOT o.has_objected
GROUP BY r.report_id, r.organisation_id, r.kind, r.round, r.partner_id, r.contact_id
"""
# The last round of what was told long enough ago, at organisations whose guardians may have changed.
TOLD = """
WITH last AS (
    SELECT r.* FROM notices_route r
    JOIN unnest(%(kinds)s::text[], %(days)s::int[]) AS k (kind, days) ON k.kind = r.kind
    JOIN notices_notice n ON n.id = r.notice_id
    WHERE r.organisation_id IN (
        SELECT c.organisation_id FROM registry_constituency c JOIN registry_partner p ON p.id = c.partner_id
        WHERE p.constituents_revision > %(since)s)
      AND r.made_at < %(at)s - k.days * interval '1 day' AND n.state IN ('sent', 'answered')
      AND NOT EXISTS (
          SELECT FROM notices_route n WHERE (n.report_id, n.organisation_id, n.kind)
              = (r.report_id, r.organisation_id, r.kind) AND n.round > r.round)
    FOR NO KEY UPDATE OF r SKIP LOCKED
)
SELECT r.report_id, r.organisation_id, r.kind, r.round + 1, r.partner_id, r.contact_id, max(f.severity), count(*), TRUE
FROM last r
JOIN notices_finding f ON (f.organisation_id, f.kind, f.opened_in_id) = (r.organisation_id, r.kind, r.report_id)
JOIN registry_organisation o ON o.id = r.organisation_id
WHERE f.state = 'open' AND NOT o.has_objected
GROUP BY r.report_id, r.organisation_id, r.kind, r.round, r.partner_id, r.contact_id
"""
SCHEMA: Schema = {
    "report": pl.Int64, "organisation": pl.Int64, "kind": pl.String, "round": pl.Int16, "had_partner": pl.Int64,
    "had_contact": pl.Int64, "severity": pl.Int16, "findings_count": pl.Int32, "was_told": pl.String,
}  # fmt: skip


@transaction.atomic
def reroute(*, since: int, by: Actor, at: datetime) -> dict[str, int]:
    """Route anew what led to nobody, and what has a better way by constituencies changed after revision `since`.

    Returns how many routes it made of each.
    """
    days = {"kinds": list(KINDS), "days": [kind.reminder_days for kind in KINDS.values()]}
    stranded = copy_out(STRANDED, {"not_started": sharing.Refusal.NOT_STARTED.value}, schema=SCHEMA)
    told = copy_out(TOLD, {"since": since, "at": at, **days}, schema=SCHEMA)
    rerouted = _written(_found(stranded, at), at)
    bettered = _written(_found(told, at, only_better=True), at)
    if rerouted or bettered:
        gather(None, at)
        close_windows(at=at)
        record("notices.routes.renewed", by=by, at=at, rerouted=rerouted, bettered=bettered)
    return {"rerouted": rerouted, "bettered": bettered}


def _found(groups: pl.DataFrame, at: datetime, *, only_better: bool = False) -> pl.DataFrame:
    """The groups for which a way passes now, with that way; reports under the same terms are judged together."""
    groups = groups.with_columns(refusal=pl.lit(""), was_told=pl.col("was_told") == "t")
    reports = Report.objects.select_related("series__source").in_bulk(groups["report"].unique().to_list())
    by_terms: dict[sharing.Terms, list[int]] = {}
    for report in reports.values():
        by_terms.setdefault(report.terms, []).append(report.pk)
    found = [
        _ways_found(groups.filter(pl.col("report").is_in(numbers)), terms, at, only_better=only_better)
        for terms, numbers in by_terms.items()
    ]
    return pl.concat([groups.clear().with_columns(via=pl.lit("")), *found], how="diagonal_relaxed")


def _ways_found(groups: pl.DataFrame, terms: sharing.Terms, at: datetime, *, only_better: bool) -> pl.DataFrame:
    reports = Report.objects.in_bulk(groups["report"].unique().to_list())
    operated = {key: operators.operated_of(report) for key, report in reports.items()}
    parts = {key: groups.filter(report=key) for key in reports}
    around = {key: operators.around_of(part, operated[key]) for key, part in parts.items()}
    ways = judging.judged(pl.concat(around.values()).unique(), terms=terms, at=at)
    found = []
    for key, part in parts.items():
        ours = unused(_ways_of(ways, around[key]), key)
        told = judging.told(part, _better(ours, part) if only_better else ours)
        found.append(operators.in_network(told, around[key], operated[key]))
    told = judging.without_stopped(pl.concat(found, how="diagonal_relaxed"))
    return told.filter(~pl.col("via").is_in([Via.UNREACHABLE.value, Via.WITHHELD.value]))


def _ways_of(ways: pl.DataFrame, around: pl.DataFrame) -> pl.DataFrame:
    """Of the ways to these organisations those that do not go by another operator than theirs."""
    ours = ways.join(around.rename({"operator": "theirs"}), on="organisation", maintain_order="left")
    return ours.filter(pl.col("operator").is_null() | (pl.col("operator") == pl.col("theirs"))).drop("theirs")


def _better(ways: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """The ways that come before the one that was used; where that is none any more, all of them."""
    used = groups.select("organisation", partner="had_partner", contact="had_contact").unique()
    places = ways.join(used, on=["organisation", "partner", "contact"], nulls_equal=True)
    had = places.group_by("organisation").agg(had_place=pl.col("place").min())
    both = ways.join(had, on="organisation", how="left", maintain_order="left")
    return both.filter((pl.col("place") < pl.col("had_place")).fill_null(value=True)).drop("had_place")


def _written(rows: pl.DataFrame, at: datetime) -> int:
    occasion = pl.when("was_told").then(pl.lit(Occasion.ESCALATION.value)).otherwise(pl.lit(Occasion.FIRST.value))
    reports = Report.objects.in_bulk(rows["report"].unique().to_list())
    parts = rows.with_columns(occasion=occasion).group_by("report")
    return sum(write(part, reports[int(str(key))], at) for (key,), part in parts)
