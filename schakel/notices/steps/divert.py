"""When a recipient may no longer be told: what waits to be told to it takes the next way.

A partner left, or its agreement ended, was suspended, or no longer covers notification; a contact was suspended or
taken off; an operator no longer runs the network. What was told already goes on at its next reminder (`remind`).
"""

from datetime import date, datetime

import polars as pl
from django.db import connection, transaction
from django.utils import timezone

from schakel.journal.actions import record
from schakel.kit.copying import copy_out
from schakel.notices import next_way
from schakel.notices.steps.compose import close_windows, gather
from schakel.policy.access import Actor
from schakel.registry.agreements import in_force
from schakel.registry.models import NetworkFunction

BATCH = 2000
# Beside partners: a contact that was suspended or taken off, and an operator that runs none of it any more.
CLAIM = """
WITH waiting AS (
    SELECT id, via, partner_id, contact_id, organisation_id FROM notices_notice WHERE state = 'gathering'
    UNION ALL
    SELECT id, via, partner_id, contact_id, organisation_id FROM notices_notice WHERE state = 'ready'
), stranded AS (
    SELECT id FROM waiting w
    WHERE partner_id = ANY (%(refused)s)
       OR NOT EXISTS (SELECT FROM registry_contact c WHERE c.id = w.contact_id AND c.standing <> 'suspended')
       OR (via = 'operator' AND EXISTS (
           SELECT FROM notices_route r WHERE r.notice_id = w.id AND NOT EXISTS (
               SELECT FROM notices_finding f
               WHERE (f.organisation_id, f.kind, f.opened_in_id) = (r.organisation_id, r.kind, r.report_id)
                 AND f.operator_id = w.organisation_id)))
    ORDER BY id LIMIT %(limit)s
), claimed AS (
    SELECT id FROM notices_notice
    WHERE id = ANY (ARRAY(SELECT id FROM stranded)) AND state IN ('gathering', 'ready')
    ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE notices_notice n SET state = 'withdrawn' FROM claimed WHERE n.id = claimed.id RETURNING n.id
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
    """Take back every notice that waits for such a recipient, and route its findings anew. Safe to repeat.

    Returns counts: notices `withdrawn`, and routes made, of which some may lead to nobody.
    """
    counts = {"withdrawn": 0, "diverted": 0}
    while batch := _one_batch(by, at):
        counts = {name: counts[name] + batch[name] for name in counts}
    return counts


@transaction.atomic
def _one_batch(by: Actor, at: datetime) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"refused": refused_partners(timezone.localdate(at)), "limit": BATCH})
        notices = [key for (key,) in cursor.fetchall()]
    if not notices:
        return {}
    rows = copy_out(OPEN, [notices], schema=OPEN_SCHEMA)
    counts = {"withdrawn": len(notices), "diverted": next_way.anew(rows, at)}
    gather(None, at)
    close_windows(at=at)
    record("notices.notices.diverted", by=by, at=at, counts=counts)
    return counts
