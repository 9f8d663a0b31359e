"""Collaboration as jobs."""

from django.utils import timezone
from procrastinate.contrib.django import app

from schakel.collaboration import reminders
from schakel.policy.access import SYSTEM


@app.task(name="collaboration.remind", queue="default")
def remind(timestamp: int = 0, **_later_arguments: object) -> None:  # noqa: ARG001 - periodic jobs get one
    """Write to partners of whom a review, a statement or an answer is due, once a month at most."""
    reminders.remind(by=SYSTEM, at=timezone.now())
