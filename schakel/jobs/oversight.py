"""The country's figures as a job: the situation page reads a summary, which must not grow old."""

from django.utils import timezone
from procrastinate.contrib.django import app

from schakel.oversight import figures


@app.task(name="oversight.refresh", queue="oversight")
def refresh(timestamp: int = 0, **_later_arguments: object) -> None:  # noqa: ARG001 - periodic jobs get one
    """Count again."""
    figures.refresh(timezone.now())
