"""From which change of the registry to which a run goes, and whether one is due."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Max

from schakel.intake.models import Report
from schakel.notices import index
from schakel.notices.again import MATCHED
from schakel.notices.models import Rematch, RematchState
from schakel.registry.models import Partner

LOSERS = """
SELECT DISTINCT f.organisation_id FROM registry_formerasset f
WHERE f.revision > %s AND f.ended_at > %s AND NOT EXISTS (
    SELECT FROM registry_asset a
    WHERE a.id = f.asset_id AND (a.organisation_id, a.kind, a.value) = (f.organisation_id, f.kind, f.value)
      AND (a.valid_until IS NULL OR a.valid_until > %s))
"""
PATIENCE = timedelta(hours=1)
"""No warning waits longer for a run that does not come."""
MARGIN = timedelta(hours=1)
"""By how much a report may have come in before a run and yet have been matched after it had looked."""


def span(*, since: int | None = None) -> dict[str, Any]:
    """The fields of a run over what changed since the last one, or after revision `since`.

    The first run begins where the oldest index begins that a stored report was matched with; where no report tells
    with which it was matched, with what changes from now on. What was matched with an older index than the last run
    had, while that ran, makes a run go back; such reports stand in `counts`.
    """
    last, until, stragglers = _last(), index.revision(), _stragglers()
    begins = [last.assets_until] if last else []
    begins += [revision for _pk, revision in stragglers]
    start = since if since is not None else min(begins, default=until)
    return {
        "assets_from": min(start, until),
        "assets_until": until,
        "constituencies_from": last.constituencies_until if last else constituencies(),
        "constituencies_until": constituencies(),
        "counts": {"stragglers": [pk for pk, _revision in stragglers] if last else []},
    }


def begun_before(run: Rematch) -> datetime | None:
    """When the last run began that was done before this one; None before the first."""
    done = Rematch.objects.filter(state=RematchState.DONE, pk__lt=run.pk)
    return done.order_by("-pk").values_list("begun_at", flat=True).first()


def is_due() -> bool:
    """Whether anything changed that no run has seen."""
    last = _last()
    if last is None:
        return index.revision() >= 0
    is_behind = last.assets_until < index.revision() or last.constituencies_until < constituencies()
    return is_behind or any(pk not in last.counts.get("stragglers", []) for pk, _revision in _stragglers())


def losers(*, at: datetime) -> list[int]:
    """The organisations that lost something lately, of which no run took note: what waits for them may not be so."""
    last = _last()
    if last is None or last.assets_until >= index.revision():
        return []
    with connection.cursor() as cursor:
        cursor.execute(LOSERS, [last.assets_until, at - PATIENCE, at])
        return [organisation for (organisation,) in cursor.fetchall()]


def constituencies() -> int:
    """The number of the last change of any partner's constituency."""
    return Partner.objects.aggregate(newest=Max("constituents_revision"))["newest"] or 0


def _last() -> Rematch | None:
    return Rematch.objects.filter(state=RematchState.DONE).order_by("-pk").first()


def _stragglers() -> list[tuple[int, int]]:
    """Reports that were matched with an older index than the last run knew, and that it may not have seen.

    Before the first run: all reports that tell with which index they were matched.
    """
    last = _last()
    matched = Report.objects.filter(again_of=None, state__in=MATCHED, figures__has_key="revision")
    if last is not None:
        matched = matched.filter(figures__revision__lt=last.assets_until, received_at__gte=last.begun_at - MARGIN)
    return list(matched.order_by("pk").values_list("pk", "figures__revision"))
