"""When nobody answers: first a reminder by the same way, then the next way that may be used.

A promise whose day has passed counts as no answer. Who says that others' systems are not its own is not reminded, and
neither is a partner that may no longer be told: the next way is taken at once.
"""

from datetime import datetime
from typing import Any

import polars as pl
from django.db import connection, transaction
from django.utils import timezone

from schakel.intake.models import Report
from schakel.journal.actions import record
from schakel.kit.copying import copy_out
from schakel.notices import next_way
from schakel.notices.models import Answer, Occasion
from schakel.notices.steps.compose import close_windows, gather
from schakel.notices.steps.divert import refused_partners
from schakel.policy.access import Actor

BATCH = 2000

LAPSE = """
WITH lapsed AS (
    UPDATE notices_finding SET state = 'open', due_on = NULL
    WHERE state = 'promised' AND due_on < %(today)s RETURNING id, organisation_id, kind, opened_in_id
), changed AS (
    INSERT INTO notices_change (finding_id, from_state, to_state, at)
    SELECT id, 'promised', 'open', %(at)s FROM lapsed
)
UPDATE notices_notice SET remind_at = %(at)s WHERE state = 'answered' AND id IN (
    SELECT r.notice_id FROM notices_route r JOIN lapsed l
    ON (l.organisation_id, l.kind, l.opened_in_id) = (r.organisation_id, r.kind, r.report_id))
"""
CLAIM = """
UPDATE notices_notice SET remind_at = NULL, reminders_count = reminders_count + 1 WHERE id IN (
    SELECT id FROM notices_notice WHERE remind_at <= %(at)s ORDER BY remind_at LIMIT %(limit)s
    FOR NO KEY UPDATE SKIP LOCKED)
RETURNING id, occasion, state, partner_id,
    (SELECT answer FROM notices_response r WHERE r.notice_id = notices_notice.id ORDER BY at DESC, r.id DESC LIMIT 1)
"""
# What is still open of the notices' routes, in the round that comes now; what has a later route is followed there.
OPEN = """
SELECT r.report_id, r.organisation_id, r.kind, r.round + 1, r.via, r.steps::text, r.partner_id, r.contact_id,
       max(f.severity), count(*)
FROM notices_route r
JOIN notices_notice n ON n.id = r.notice_id
JOIN notices_finding f ON (f.organisation_id, f.kind, f.opened_in_id) = (r.organisation_id, r.kind, r.report_id)
WHERE r.notice_id = ANY (%s) AND f.state = 'open'
  AND NOT EXISTS (
      SELECT FROM notices_route l WHERE (l.report_id, l.organisation_id, l.kind)
          = (r.report_id, r.organisation_id, r.kind) AND l.round > r.round)
  AND (n.via <> 'operator' OR f.operator_id = n.organisation_id)
GROUP BY r.id
"""
OPEN_SCHEMA = {
    "report": pl.Int64,
    "organisation": pl.Int64,
    "kind": pl.String,
    "round": pl.Int16,
    "via": pl.String,
    "steps": pl.String,
    "partner": pl.Int64,
    "contact": pl.Int64,
    "severity": pl.Int16,
    "findings_count": pl.Int32,
}


def remind(*, by: Actor, at: datetime) -> dict[str, int]:
    """Take one batch of notices whose patience is over. Returns how many routes it made, per occasion."""
    with transaction.atomic():
        lapsed = _execute(LAPSE, {"at": at, "today": timezone.localdate(at)})
        due = _claim(at)
        gone = set(refused_partners(timezone.localdate(at)))
        same = [row for row in due if _is_for_the_same(row[1], row[2], row[4])]
        first = [key for key, _occasion, _state, partner, _answer in same if partner not in gone]
        later = sorted({row[0] for row in due} - set(first))
        counts = {"reminded": _again(first, at), "escalated": _next(later, at), "lapsed": lapsed}
        if due:
            gather(None, at)
            close_windows(at=at)
            record("notices.notices.reminded", by=by, at=at, notices=len(due), counts=counts)
    return counts


def _is_for_the_same(occasion: str, state: str, answer: str | None) -> bool:
    """Whether the recipient hears once more: of what it was told once, or has promised."""
    return answer not in (Answer.NOT_OURS, Answer.FALSE_ALARM) and (occasion == Occasion.FIRST or state == "answered")


def _again(notices: list[int], at: datetime) -> int:
    """The same ways once more."""
    rows = copy_out(OPEN, [notices], schema=OPEN_SCHEMA)
    rows = rows.with_columns(refusal=pl.lit(""), occasion=pl.lit(Occasion.REMINDER.value))
    reports = Report.objects.in_bulk(rows["report"].unique().to_list())
    return sum(next_way.write(part, reports[int(str(key))], at) for (key,), part in rows.group_by("report"))


def _next(notices: list[int], at: datetime) -> int:
    """The best way that was not used yet."""
    rows = copy_out(OPEN, [notices], schema=OPEN_SCHEMA).drop("via", "steps", "partner", "contact")
    return next_way.anew(rows.with_columns(occasion=pl.lit(Occasion.ESCALATION.value)), at)


def _claim(at: datetime) -> list[tuple[int, str, str, int | None, str | None]]:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"at": at, "limit": BATCH})
        return list(cursor.fetchall())


def _execute(statement: str, values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)
