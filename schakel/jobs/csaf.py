"""Our CSAF provider as jobs."""

from django.utils import timezone
from procrastinate.contrib.django import app

from schakel.sharing.csaf import making


@app.task(name="sharing.make_csaf", queue="outgoing")
def make_csaf(timestamp: int = 0, **_later_arguments: object) -> None:  # noqa: ARG001 - periodic jobs get one
    """Make the files of our CSAF provider for items that came out or changed."""
    while True:
        counts = making.make_due(at=timezone.now())
        if counts["made"] + counts["refused"] < making.BATCH:
            return
