"""What programs fetch, as a job: published items become objects soon after they went out."""

from django.utils import timezone
from procrastinate.contrib.django import app

from schakel.policy.access import SYSTEM
from schakel.sharing.taxii import serving


@app.task(name=serving.JOB, queue="outgoing")
def serve(*, item_id: int, **_later_arguments: object) -> None:
    """Let programs fetch what is out of an item."""
    serving.serve(item_id=item_id, by=SYSTEM, at=timezone.now())
