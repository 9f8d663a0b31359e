"""The country's figures as jobs: pages read summaries, which must not grow old."""

from contextlib import suppress

from django.utils import timezone
from procrastinate.contrib.django import app

from schakel.kit.refusals import WrongState
from schakel.oversight import figures
from schakel.oversight.advice import actions
from schakel.oversight.coverage import refreshing
from schakel.oversight.models import Advice
from schakel.policy.access import SYSTEM


@app.task(name="oversight.refresh", queue="oversight")
def refresh(timestamp: int = 0, **_later_arguments: object) -> None:  # noqa: ARG001 - periodic jobs get one
    """Count again."""
    figures.refresh(timezone.now())


@app.task(name="oversight.count_coverage", queue="oversight")
def count_coverage(timestamp: int = 0, **_later_arguments: object) -> None:  # noqa: ARG001 - periodic jobs get one
    """Count who can be reached again, where anything changed."""
    refreshing.refresh(by=SYSTEM, at=timezone.now())


@app.task(name="oversight.count_coverage_whole", queue="oversight")
def count_coverage_whole(timestamp: int = 0, **_later_arguments: object) -> None:  # noqa: ARG001 - periodic jobs get one
    """Read everything anew each night and count it, so that nothing missed stays missed."""
    at = timezone.now()
    refreshing.refresh(by=SYSTEM, at=at, is_whole=True)
    refreshing.refresh_rounds(by=SYSTEM, at=at)


@app.task(name="oversight.advise", queue="oversight")
def advise(*, advice_id: int, **_later_arguments: object) -> None:
    """Work out one advice; one that was answered meanwhile stays as it is."""
    advice = Advice.objects.get(pk=advice_id)
    with suppress(WrongState):
        actions.work_out(advice=advice, by=SYSTEM, at=timezone.now())
