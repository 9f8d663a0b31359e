"""Items from sources as jobs."""

from django.utils import timezone
from procrastinate.contrib.django import app

from schakel.policy.access import SYSTEM
from schakel.sharing.incoming import fetching


@app.task(name="sharing.fetch", queue="intake")
def fetch(timestamp: int = 0, **_later_arguments: object) -> None:  # noqa: ARG001 - periodic jobs get one
    """Fetch from every source of items that is due."""
    fetching.fetch_due(by=SYSTEM, at=timezone.now())
