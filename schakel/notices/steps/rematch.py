"""Stored reports are looked at again for what changed: what is open at whom, and what is no longer theirs."""

from datetime import datetime

from django.db import transaction

from schakel.intake.models import Report
from schakel.kit.progress import Progress
from schakel.notices import again, keys, lookback
from schakel.notices import index as registry_index
from schakel.notices.changes import Changed
from schakel.notices.models import Rematch
from schakel.notices.rereading import Glass
from schakel.notices.steps.run_by import run_by
from schakel.notices.steps.succession import hand_over_to
from schakel.policy.access import Actor

__all__ = ["hand_over_to", "look_again"]


def look_again(
    changed: Changed, *, run: Rematch, by: Actor, at: datetime, progress: Progress
) -> tuple[list[Report], dict[str, int]]:
    """Close what is no longer theirs; returns the parts of reports in which something is newly theirs, and counts.

    What is still theirs knows who runs its network now. The parts are matched and go on from there as any report does.
    """
    glass = Glass.of(changed, registry_index.current(), at=at)
    reports = again.stored(at=at)
    telling = again.telling(reports, at=at)
    numbers = {report.pk for report in telling}
    others = [report for report in reports if report.pk not in numbers]
    found = lookback.look(glass, telling=telling, others=others, progress=progress)
    parts = [
        again.part_of(report, seen=seen, reading=found.readings[report.pk], run=run, at=at)
        for report, seen in again.newest(found.fresh, telling)
    ]
    with transaction.atomic():
        closed = keys.close(found.lost, at=at)
        moved = run_by(found.run_by, by=by, at=at)
    return parts, {
        "reports": len(reports),
        "rows": sum(report.rows_count - report.quarantined_count for report in reports),
        "concerned": found.concerned,
        "closed": closed,
        **moved,
    }
