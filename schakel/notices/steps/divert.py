"""When a partner may no longer be told: what waits to be told through it takes the next way.

It left, or its agreement ended, was suspended, or no longer covers notification. What was told through it already goes
on at its next reminder (`remind`).
"""

from datetime import date, datetime

import polars as pl
from django.db import connection, transaction
from django.utils import timezone

from schakel.intake.models import Report
from schakel.journal.actions import record
from schakel.kit.copying import copy_out
from schakel.notices import judging, next_way
from schakel.notices.models import Occasion
from schakel.notices.steps.compose import close_windows, gather
from schakel.notices.steps.route import around_of, in_network, operated_of, without_stopped
from schakel.policy.access import Actor
from schakel.registry.agreements import in_force
from schakel.registry.models import NetworkFunction

BATCH = 2000
CLAIM = """
UPDATE notices_notice SET state = 'withdrawn' WHERE id IN (
    SELECT id FROM notices_notice WHERE state IN ('gathering', 'ready') AND partner_id = ANY (%s) ORDER BY id LIMIT %s
    FOR NO KEY UPDATE SKIP LOCKED)
RETURNING id
"""
# What is still open of the notices' routes, in the round that comes now. Who was told before hears of an escalation.
OPEN = """
SELECT r.report_id, r.organisation_id, r.kind,
       (SELECT max(l.round) + 1 FROM notices_route l
        WHERE (l.report_id, l.organisation_id, l.kind) = (r.report_id, r.organisation_id, r.kind)),
       CASE r.occasion WHEN 'first' THEN 'first' ELSE 'escalation' END, max(f.severity), count(*)
FROM notices_route r
JOIN notices_finding f ON (f.organisation_id, f.kind, f.opened_in_id) = (r.organisation_id, r.kind, r.report_id)
WHERE r.notice_id = ANY (%s) AND f.state IN ('open', 'promised')
GROUP BY r.id
"""
OPEN_SCHEMA = {
    "report": pl.Int64,
    "organisation": pl.Int64,
    "kind": pl.String,
    "round": pl.Int16,
    "occasion": pl.String,
    "severity": pl.Int16,
    "findings_count": pl.Int32,
}


def refused_partners(day: date) -> list[int]:
    """The partners that may not be told on that day."""
    return in_force.refused(NetworkFunction.NOTIFICATION, day=day)


def divert(*, by: Actor, at: datetime) -> dict[str, int]:
    """Take back every notice that waits for such a partner, and route its findings anew. Safe to repeat.

    Returns counts: notices `withdrawn`, and routes made, of which some may lead to nobody.
    """
    counts = {"withdrawn": 0, "diverted": 0}
    while batch := _one_batch(by, at):
        counts = {name: counts[name] + batch[name] for name in counts}
    return counts


@transaction.atomic
def _one_batch(by: Actor, at: datetime) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [refused_partners(timezone.localdate(at)), BATCH])
        notices = [key for (key,) in cursor.fetchall()]
    if not notices:
        return {}
    rows = copy_out(OPEN, [notices], schema=OPEN_SCHEMA).with_columns(refusal=pl.lit(""))
    counts = {"withdrawn": len(notices), "diverted": sum(_anew(part, at) for _key, part in rows.group_by("report"))}
    gather(None, at)
    close_windows(at=at)
    record("notices.notices.diverted", by=by, at=at, counts=counts)
    return counts


def _anew(rows: pl.DataFrame, at: datetime) -> int:
    """Route what one report opened, judged anew."""
    report = Report.objects.select_related("series__source").get(pk=rows["report"][0])
    operated = operated_of(report)
    around = around_of(rows, operated)
    ways = next_way.unused(judging.judged(around, terms=report.terms, at=at), report.pk)
    routed = without_stopped(in_network(judging.told(rows, ways), around, operated))
    return sum(
        next_way.write(part.drop("occasion"), at, Occasion(occasion))
        for (occasion,), part in routed.group_by("occasion")
    )
