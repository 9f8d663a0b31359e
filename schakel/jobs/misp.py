"""The ways of MISP as jobs."""

from django.utils import timezone
from procrastinate.contrib.django import app

from schakel.sharing.misp import feed


@app.task(name="sharing.make_feed", queue="outgoing")
def make_feed(timestamp: int = 0, **_later_arguments: object) -> None:  # noqa: ARG001 - periodic jobs get one
    """Make the events of the feed of MISP whose items came out or changed."""
    while feed.make_due(at=timezone.now())["made"] == feed.BATCH:
        pass
