"""When the registry changes, the stored observations of the past year are matched again for what changed.

What is still open is told to whom it now belongs, once, with its true first and last sight; what is no longer
somebody's is closed. What a run did stands in its row and in the journal. Safe to repeat: what has its finding is not
new again.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from schakel.intake.models import Report
from schakel.journal.actions import record
from schakel.kit.progress import Progress, unwatched
from schakel.kit.queue import later
from schakel.kit.refusals import permit
from schakel.kit.states import move
from schakel.notices import pipeline, revisions
from schakel.notices.changes import Changed
from schakel.notices.models import REMATCH_MOVES, UNSOLVED, Finding, Rematch, RematchState, Route
from schakel.notices.steps.rematch import hand_over_to, look_again
from schakel.notices.steps.reroute import reroute
from schakel.policy.access import Actor, Permission
from schakel.registry.models import Organisation

LOCK = 0x5C4A4B37  # Who runs holds it, and loses it by dying.
NOTHING = {
    "reports": 0,
    "rows": 0,
    "concerned": 0,
    "new": 0,
    "reopened": 0,
    "closed": 0,
    "told": 0,
    "changed_operator": 0,
    "anew": 0,
}


def rematch(*, by: Actor, at: datetime, since: int | None = None, progress: Progress = unwatched) -> Rematch | None:
    """Match again what changed since the last run, or after the registry's revision `since`.

    Returns the run, or None where somebody else is at it.
    """
    with _held() as is_ours:
        if not is_ours:
            return None
        run = _begun(since, at)
        try:
            counts = _run(run, by, at, _shown(run, progress))
        except BaseException:
            move(run, RematchState.STOPPED, moves=REMATCH_MOVES, ended_at=at)
            raise
        with transaction.atomic():
            move(run, RematchState.DONE, moves=REMATCH_MOVES, ended_at=at, counts=counts)
            record("notices.observations.rematched", by=by, at=at, on=run, **counts)
        return run


@transaction.atomic
def ask(*, by: Actor, at: datetime) -> None:
    """Queue a run, whether anything changed or not; one that waits is enough. Raises NotPermitted."""
    permit(by.may(Permission.REPORT_INGEST))
    later("notices.rematch_daily", queue="intake", once="notices.rematch_daily")
    record("notices.rematch.asked", by=by, at=at)


def _begun(since: int | None, at: datetime) -> Rematch:
    """A new run; one that a killed process left is over."""
    for left in Rematch.objects.filter(state=RematchState.RUNNING):
        move(left, RematchState.STOPPED, moves=REMATCH_MOVES, ended_at=at)
    return Rematch.objects.create(begun_at=at, **revisions.span(since=since))


def _run(run: Rematch, by: Actor, at: datetime, progress: Progress) -> dict[str, object]:
    """The counts: what was looked at, what came of it."""
    started = time.monotonic()
    changed = Changed.since(run.assets_from, begun=revisions.begun_before(run), at=at)
    counts: dict[str, object] = run.counts | {"assets": changed.count} | NOTHING
    if changed.count:
        _follow_successors(changed, by, at)
        parts, found = look_again(changed, run=run, by=by, at=at, progress=progress)
        for part in parts:
            list(pipeline.advance(part, by=by, at=at))
        counts |= found | _came_of(parts)
    counts |= reroute(since=run.constituencies_from, by=by, at=at)
    return counts | {"seconds": round(time.monotonic() - started, 1)}


def _follow_successors(changed: Changed, by: Actor, at: datetime) -> None:
    """Hand over first what an organisation left to its successor: else it would be closed, and told there again."""
    gone = Organisation.objects.filter(pk__in=changed.former_holders(), successor__isnull=False)
    left = Exists(Finding.objects.filter(organisation=OuterRef("pk"), state__in=UNSOLVED))
    for organisation in gone.filter(left).select_related("successor").order_by("pk"):
        if organisation.successor is not None:
            hand_over_to(organisation, organisation.successor, by=by, at=at)


def _came_of(parts: list[Report]) -> dict[str, int]:
    """What the parts of reports that were looked at again opened, and how many routes led to a notice."""
    findings = [part.figures.get("findings", {}) for part in parts]
    return {
        "new": sum(counts.get("new", 0) for counts in findings),
        "reopened": sum(counts.get("reopened", 0) for counts in findings),
        "told": Route.objects.filter(report__in=parts, notice__isnull=False).count(),
    }


@contextmanager
def _held() -> Iterator[bool]:
    """Hold the lock for the block; false when another process has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        is_ours = bool(cursor.fetchone()[0])
    try:
        yield is_ours
    finally:
        if is_ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _shown(run: Rematch, progress: Progress) -> Progress:
    """Progress that the run's own page can show too: written once a second at most."""
    last = time.monotonic()

    def show(done: int, words: str) -> None:
        nonlocal last
        progress(done, words)
        if time.monotonic() - last > 1:
            last = time.monotonic()
            Rematch.objects.filter(pk=run.pk).update(counts=run.counts | {"done": done})

    return show
