"""Notices as jobs: windows close, messages go out, and silence is answered by a reminder."""

from django.utils import timezone
from procrastinate.contrib.django import app

from schakel.notices.steps.hand_over import hand_over
from schakel.notices.steps.remind import remind
from schakel.policy.access import SYSTEM


@app.task(name="notices.hand_over", queue="outgoing")
def send(timestamp: int = 0, **_later_arguments: object) -> None:  # noqa: ARG001 - periodic jobs get one
    """Hand every ready notice to its channel."""
    for _batch in hand_over(by=SYSTEM, at=timezone.now()):
        pass


@app.task(name="notices.remind", queue="outgoing")
def remind_silent(timestamp: int = 0, **_later_arguments: object) -> None:  # noqa: ARG001 - periodic jobs get one
    """Remind or escalate where nobody answered in time."""
    while sum(remind(by=SYSTEM, at=timezone.now()).values()):
        pass
