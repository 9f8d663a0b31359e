"""The feed of MISP, and the machines of partners, as jobs."""

from django.utils import timezone
from procrastinate.contrib.django import app

from schakel.sharing.misp import feed
from schakel.sharing.outlets import telling


@app.task(name="sharing.make_feed", queue="outgoing")
def make_feed(timestamp: int = 0, **_later_arguments: object) -> None:  # noqa: ARG001 - periodic jobs get one
    """Make the events of the feed of MISP whose items came out or changed."""
    while feed.make_due(at=timezone.now())["made"] == feed.BATCH:
        pass


@app.task(name="sharing.tell_outlets", queue="outgoing")
def tell_outlets(timestamp: int = 0, **_later_arguments: object) -> None:  # noqa: ARG001 - periodic jobs get one
    """Put on the machines of partners what they may read and do not have yet, and take back what they may not."""
    telling.tell_due(at=timezone.now())
