"""What is known of one organisation becomes its successor's: findings, the ways to them, and what was told.

Nothing is told again by it: the notices that told the former organisation count as having told the new one.
"""

from datetime import datetime
from typing import Any

from django.db import connection, models, transaction

from schakel.intake.models import Report, ReportState
from schakel.journal.actions import record
from schakel.kit.refusals import Invalid
from schakel.notices.models import Finding, Notice, NoticeState, Route
from schakel.notices.source_rows import STANDS_FOR
from schakel.notices.steps import track
from schakel.policy.access import Actor
from schakel.registry.models import Organisation
from schakel.registry.successions import taking_along

# A route is one per report, organisation and kind. Where both organisations have one, the former's goes to a report
# that stands for the same rows, so that each notice still tells of what it told.
SHARED = """
SELECT DISTINCT o.report_id, o.kind FROM notices_route o
JOIN notices_route n ON (n.report_id, n.kind) = (o.report_id, o.kind)
WHERE o.organisation_id = %(old)s AND n.organisation_id = %(new)s
ORDER BY o.report_id
"""
# What both have is one thing. What the former has open is open for the successor, unless that had answered otherwise.
TAKEN_OVER = """
WITH pair AS (
    SELECT n.id, n.state AS had, o.state, o.opened_in_id, o.series_id, o.due_on, o.missed_count, o.last_seen_at,
           o.opened_at
    FROM notices_finding o
    JOIN notices_finding n ON n.organisation_id = %(new)s
        AND (n.kind, n.asset, n.weakness) = (o.kind, o.asset, o.weakness)
    WHERE o.organisation_id = %(old)s AND o.state IN ('open', 'promised')
      AND n.state IN ('presumed-fixed', 'fixed', 'no-longer-theirs')
), moved AS (
    UPDATE notices_finding f
    SET state = p.state, opened_in_id = p.opened_in_id, series_id = p.series_id, due_on = p.due_on, closed_at = NULL,
        missed_count = p.missed_count, last_seen_at = greatest(f.last_seen_at, p.last_seen_at), opened_at = p.opened_at,
        reopened_count = f.reopened_count + 1
    FROM pair p WHERE f.id = p.id
    RETURNING f.id, p.had, p.state
)
INSERT INTO notices_change (finding_id, from_state, to_state, at) SELECT id, had, state, %(at)s FROM moved
"""
FIRST_SEEN = """
UPDATE notices_finding n SET first_seen_at = o.first_seen_at, severity = greatest(n.severity, o.severity)
FROM notices_finding o
WHERE o.organisation_id = %(old)s AND n.organisation_id = %(new)s
  AND (n.kind, n.asset, n.weakness) = (o.kind, o.asset, o.weakness) AND o.first_seen_at < n.first_seen_at
"""
DOUBLE = """
WITH double AS (
    SELECT o.id, o.state FROM notices_finding o
    JOIN notices_finding n ON n.organisation_id = %(new)s
        AND (n.kind, n.asset, n.weakness) = (o.kind, o.asset, o.weakness)
    WHERE o.organisation_id = %(old)s AND o.state IN ('open', 'promised')
), moved AS (
    UPDATE notices_finding f SET state = 'no-longer-theirs', closed_at = %(at)s, due_on = NULL
    FROM double WHERE f.id = double.id RETURNING f.id, double.state
)
INSERT INTO notices_change (finding_id, from_state, to_state, at)
SELECT id, state, 'no-longer-theirs', %(at)s FROM moved
"""
MOVED = """
WITH moved AS (
    UPDATE notices_finding f SET organisation_id = %(new)s
    WHERE f.organisation_id = %(old)s AND NOT EXISTS (
        SELECT FROM notices_finding n WHERE n.organisation_id = %(new)s
          AND (n.kind, n.asset, n.weakness) = (f.kind, f.asset, f.weakness))
    RETURNING f.id, f.state
)
INSERT INTO notices_change (finding_id, from_state, to_state, at) SELECT id, state, state, %(at)s FROM moved
RETURNING finding_id
"""


@transaction.atomic
def hand_over_to(old: Organisation, new: Organisation, *, by: Actor, at: datetime) -> dict[str, int]:
    """Move the findings, routes and notices of `old` to `new`, with a `Change` per finding. Safe to repeat.

    A finding that both have stays once, and is open where it was open for either; the former's is closed as no longer
    theirs. What moved goes back with the merger by which it did. Returns counts. Raises Invalid where the two are the
    same.
    """
    if old.pk == new.pk:
        raise Invalid(old.name)
    values = {"old": old.pk, "new": new.pk, "at": at}
    track.wait_for_our_turn()
    _set_apart(values, at)
    counts = {"taken_over": _execute(TAKEN_OVER, values)}
    _execute(FIRST_SEEN, values)
    counts["double"] = _execute(DOUBLE, values)
    Notice.objects.filter(organisation=old, state=NoticeState.GATHERING).update(state=NoticeState.READY)
    moved = {
        "notices.finding.organisation": _moved(values),
        "notices.route.organisation": _follow(Route, "organisation", old, new),
        "notices.notice.organisation": _follow(Notice, "organisation", old, new),
        "notices.finding.operator": _follow(Finding, "operator", old, new),
    }
    taking_along.followed_too(old, new, moved)
    names = ("moved", "routes", "notices")
    counts |= {name: len(keys) for name, keys in zip(names, moved.values(), strict=False)}
    record("notices.findings.handed_over", by=by, at=at, on=new, former=old.pk, **counts)
    return counts


def _moved(values: dict[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(MOVED, values)
        return [key for (key,) in cursor.fetchall()]


def _follow(model: type[models.Model], name: str, old: Organisation, new: Organisation) -> list[int]:
    rows = model._base_manager.filter(**{name: old})  # noqa: SLF001 - Django documents it
    keys = list(rows.values_list("pk", flat=True))
    rows.filter(pk__in=keys).update(**{name: new})
    return keys


def _set_apart(values: dict[str, Any], at: datetime) -> None:
    """Give the former's routes and findings a report of their own where the successor has a route of the same."""
    with connection.cursor() as cursor:
        cursor.execute(SHARED, values)
        shared = list(cursor.fetchall())
    again: dict[int, Report] = {}
    for report_id, kind in shared:
        if report_id not in again:
            again[report_id] = _stand_in(Report.objects.get(pk=report_id), values, at)
        its = {"organisation": values["old"], "kind": kind}
        Route.objects.filter(report=report_id, **its).update(report=again[report_id])
        Finding.objects.filter(opened_in=report_id, **its).update(opened_in=again[report_id])


def _stand_in(report: Report, values: dict[str, Any], at: datetime) -> Report:
    """A report without rows of its own, for what of `report` was the former organisation's."""
    return Report.objects.create(
        series_id=report.series_id,
        again_of=report.as_sent,
        name=report.name,
        digest=f"{report.digest}/organisation/{values['old']}",
        format=report.format,
        tlp=report.tlp,
        embargo_until=report.embargo_until,
        state=ReportState.COMPOSED,
        received_at=at,
        observed_at=report.observed_at,
        figures={STANDS_FOR: report.figures.get(STANDS_FOR, {"report": report.pk, "organisation": values["old"]})},
    )


def _execute(statement: str, values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)
