"""Reports as jobs: one that was just uploaded, and each minute those that were left on their way."""

from django.utils import timezone
from procrastinate.contrib.django import app

from schakel.intake.models import Report
from schakel.kit.refusals import Refused
from schakel.notices import pipeline
from schakel.policy.access import SYSTEM


@app.task(name="intake.ingest", queue="intake")
def ingest(*, report_id: int, **_later_arguments: object) -> None:
    """Take one report as far as it can go; one that cannot be read says so on its own page."""
    report = Report.objects.select_related("series__source").get(pk=report_id)
    try:
        list(pipeline.advance(report, by=SYSTEM, at=timezone.now()))
    except Refused:
        return


@app.task(name="intake.resume", queue="intake")
def resume(timestamp: int = 0, **_later_arguments: object) -> None:  # noqa: ARG001 - periodic jobs get one
    """Take up what a killed worker or an embargo left."""
    pipeline.resume(by=SYSTEM, at=timezone.now())
