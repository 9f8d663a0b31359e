"""Circles as jobs: their keys, and word to their members."""

from django.utils import timezone
from procrastinate.contrib.django import app

from schakel.policy.access import SYSTEM
from schakel.sharing.circles import resealing, telling
from schakel.sharing.models import CirclePhase


@app.task(name="sharing.reseal", queue="default")
def reseal(*, circle_id: int, **_later_arguments: object) -> None:
    """Seal anew what lies in a closed circle whose key has changed."""
    resealing.reseal(circle_id, by=SYSTEM, at=timezone.now())


@app.task(name="sharing.tell_phase", queue="outgoing")
def tell_phase(*, change_id: int, **_later_arguments: object) -> None:
    """Write to the members of a circle that its phase changed: that there is news, and no word of the circle."""
    telling.tell_phase(change=CirclePhase.objects.get(pk=change_id), by=SYSTEM, at=timezone.now())
