"""Notices as jobs: windows close, messages go out, and silence is answered by a reminder."""

from django.utils import timezone
from procrastinate.contrib.django import app

from schakel.notices import again, revisions
from schakel.notices.rematching import rematch
from schakel.notices.steps.divert import divert
from schakel.notices.steps.hand_over import hand_over
from schakel.notices.steps.remind import remind
from schakel.policy.access import SYSTEM

RUN_SECONDS = 50  # Then the next job goes on, so that a worker that is told to stop need not wait long.


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


@app.task(name="notices.rematch", queue="intake")
def match_again(timestamp: int = 0, **_later_arguments: object) -> None:  # noqa: ARG001 - periodic jobs get one
    """Match stored observations again where the registry has changed since the last time."""
    if revisions.is_due():
        rematch(by=SYSTEM, at=timezone.now())


@app.task(name="notices.rematch_daily", queue="intake")
def match_again_daily(timestamp: int = 0, **_later_arguments: object) -> None:  # noqa: ARG001 - periodic jobs get one
    """The same whether anything changed or not: days begin and end spans, agreements and functions too."""
    rematch(by=SYSTEM, at=timezone.now())


@app.task(name="notices.make_concordances", queue="intake")
def make_concordances(timestamp: int = 0, **_later_arguments: object) -> None:  # noqa: ARG001 - periodic jobs get one
    """Prepare the newest reports for being looked at again, so that a change of the registry finds them ready."""
    again.prepare(at=timezone.now(), seconds=RUN_SECONDS)


@app.task(name="notices.divert", queue="outgoing")
def divert_waiting(**_later_arguments: object) -> None:
    """Give what waits for a partner that may no longer be told its next way."""
    divert(by=SYSTEM, at=timezone.now())
