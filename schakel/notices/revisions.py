"""From which change of the registry to which a run goes, and whether one is due."""

from datetime import timedelta
from typing import Any

from django.db.models import BigIntegerField, Max, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from schakel.intake.models import Report
from schakel.notices import index
from schakel.notices.again import MATCHED
from schakel.notices.models import Rematch, RematchState
from schakel.registry.models import Partner, Prospect

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
        "constituencies_from": last.constituencies_until if last and since is None else -1,
        "constituencies_until": constituencies(),
        "counts": {"stragglers": [pk for pk, _revision in stragglers] if last else []},
    }


def is_due() -> bool:
    """Whether anything changed that no run has seen."""
    last = _last()
    if last is None:
        return index.revision() >= 0
    is_behind = last.assets_until < index.revision() or last.constituencies_until < constituencies()
    return is_behind or any(pk not in last.counts.get("stragglers", []) for pk, _revision in _stragglers())


def constituencies() -> int:
    """The number of the last change of any partner's constituency."""
    newest = [model.objects.aggregate(newest=Max("constituents_revision"))["newest"] for model in (Partner, Prospect)]
    return max((number for number in newest if number is not None), default=0)


def _last() -> Rematch | None:
    return Rematch.objects.filter(state=RematchState.DONE).order_by("-pk").first()


def _stragglers() -> list[tuple[int, int]]:
    """Reports that were matched with an older index than the last run knew, and that it may not have seen.

    Before the first run: all reports that tell with which index they were matched.
    """
    last, matched = _last(), _matched()
    if last is not None:
        matched = matched.filter(revision__lt=last.assets_until, received_at__gte=last.begun_at - MARGIN)
    return list(matched.order_by("pk").values_list("pk", "revision"))


def _matched() -> QuerySet[Report]:
    text = KeyTextTransform("revision", "figures")
    told = Report.objects.filter(again_of=None, state__in=MATCHED, figures__has_key="revision")
    return told.annotate(revision=Cast(text, BigIntegerField()))
