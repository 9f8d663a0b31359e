"""Sixth step: routes to one recipient of one kind become one notice, which gathers until its window closes."""

import time
from datetime import datetime

from django.db import connection, transaction

from schakel.intake.models import REPORT_MOVES, Report, ReportState
from schakel.journal.actions import record
from schakel.kit import planning
from schakel.kit.states import move
from schakel.notices import urgency
from schakel.notices.models import Notice, NoticeState, Phase, Severity, phase_at
from schakel.policy import sharing
from schakel.policy.access import Actor
from schakel.registry.models import Partner

# A ready route with a contact is told; one recipient is a partner, an organisation, or an operator with all in its
# network. All of a partner's routes go in one notice, by whichever way they came to it.
GATHER = """
INSERT INTO notices_notice (
    partner_id, organisation_id, contact_id, via, kind, occasion, language, text_version, severity, tlp, is_bare,
    findings_count, organisations_count, state, made_at, window_until, reminders_count
)
SELECT r.partner_id,
       CASE WHEN r.partner_id IS NULL AND r.via = 'operator' THEN c.organisation_id
            WHEN r.partner_id IS NULL THEN r.organisation_id END, r.contact_id,
       CASE WHEN r.partner_id IS NULL THEN r.via ELSE 'guardian' END, r.kind, r.occasion, c.language, '',
       max(r.severity), r.tlp, r.tlp = ANY (%(protected)s) AND c.openpgp_key = '' AND c.channel = 'mail',
       sum(r.findings_count), count(DISTINCT r.organisation_id), 'gathering', %(at)s, %(at)s + min(w.span), 0
FROM notices_route r
JOIN registry_contact c ON c.id = r.contact_id
JOIN unnest(%(severities)s::int[], %(windows)s::interval[]) AS w (severity, span) ON w.severity = r.severity
WHERE r.state = 'ready' AND (%(report)s::bigint IS NULL OR r.report_id = %(report)s)
GROUP BY 1, 2, r.contact_id, 4, r.kind, r.occasion, r.tlp, c.language, c.openpgp_key, c.channel
ON CONFLICT (partner_id, organisation_id, contact_id, via, kind, occasion, tlp) WHERE state = 'gathering'
DO UPDATE SET findings_count = notices_notice.findings_count + excluded.findings_count,
              organisations_count = notices_notice.organisations_count + excluded.organisations_count,
              severity = greatest(notices_notice.severity, excluded.severity),
              window_until = least(notices_notice.window_until, excluded.window_until)
"""
JOIN = """
UPDATE notices_route r SET notice_id = n.id, state = 'noticed'
FROM notices_notice n, registry_contact c
WHERE c.id = r.contact_id AND r.state = 'ready' AND (%(report)s::bigint IS NULL OR r.report_id = %(report)s)
  AND n.state = 'gathering' AND n.kind = r.kind
  AND n.occasion = r.occasion AND n.tlp = r.tlp AND n.contact_id = r.contact_id
  AND (n.partner_id = r.partner_id
       OR (r.partner_id IS NULL AND n.via = r.via AND n.organisation_id =
           CASE WHEN r.via = 'operator' THEN c.organisation_id ELSE r.organisation_id END))
"""
END = """
UPDATE notices_route SET state = 'ended'
WHERE state = 'ready' AND (%(report)s::bigint IS NULL OR report_id = %(report)s)
"""
CLOSE = """
UPDATE notices_notice n SET state = 'ready'
WHERE n.state = 'gathering' AND n.window_until <= %s
"""


def compose(report: Report, *, by: Actor, at: datetime) -> dict[str, int]:
    """Put the report's routes into notices. Returns how many notices it made or joined, and how many are ready."""
    started = time.monotonic()
    with transaction.atomic():
        planning.expect(sum(report.figures["routes"].values()))
        made = gather(report, at)
        counts = {"notices": made, "ready": close_windows(at=at)}
        figures = report.figures | counts
        figures["seconds"] |= {"compose": round(time.monotonic() - started, 3)}
        move(report, ReportState.COMPOSED, moves=REPORT_MOVES, figures=figures)
        record("notices.notices.composed", by=by, at=at, on=report, **counts)
    return counts


def gather(report: Report | None, at: datetime) -> int:
    """Put the report's ready routes (or with None, all) into notices; the rest end. Returns how many notices."""
    phase = phase_at(at)
    values = {
        "report": report.pk if report else None,
        "at": at,
        "protected": sorted(sharing.protected_labels()),
        "severities": [int(severity) for severity in Severity],
        "windows": [urgency.window(severity, Phase(phase)) for severity in Severity],
    }
    with connection.cursor() as cursor:
        cursor.execute(GATHER, values)
        made = int(cursor.rowcount)
        planning.expect_many()
        cursor.execute(JOIN, values)
        cursor.execute(END, values)
    return made


def close_windows(*, at: datetime) -> int:
    """Make ready what has gathered long enough; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(CLOSE, [at])
        return int(cursor.rowcount)


def close_all_windows() -> int:
    """Make ready whatever gathers, window or not; returns how many."""
    return Notice.objects.filter(state=NoticeState.GATHERING).update(state=NoticeState.READY)


def close_windows_of(partner: Partner) -> int:
    """Make ready whatever gathers for a partner that goes up in another, which may gather some itself."""
    gathering = Notice.objects.filter(partner=partner, state=NoticeState.GATHERING)
    return gathering.update(state=NoticeState.READY)
