"""Sharing as jobs: items are told to whom they reach, digests go out in the morning, what is over is noted."""

from django.utils import timezone
from procrastinate.contrib.django import app

from schakel.policy.access import SYSTEM
from schakel.sharing.ledger import digests, expiry, telling
from schakel.sharing.models import SharedItem


@app.task(name="sharing.tell", queue="outgoing")
def tell(*, item_id: int, version: int, **_later_arguments: object) -> None:
    """Tell whoever an item reaches, or that it was retracted."""
    telling.tell(item=SharedItem.objects.get(pk=item_id), version=version, by=SYSTEM, at=timezone.now())


@app.task(name="sharing.tell_left", queue="outgoing")
def tell_left(timestamp: int = 0, **_later_arguments: object) -> None:  # noqa: ARG001 - periodic jobs get one
    """Go on with rounds of telling that were cut off."""
    telling.resume(by=SYSTEM, at=timezone.now())


@app.task(name="sharing.send_digests", queue="outgoing")
def send_digests(timestamp: int = 0, **_later_arguments: object) -> None:  # noqa: ARG001 - periodic jobs get one
    """Send the digests that are due."""
    digests.send(by=SYSTEM, at=timezone.now())


@app.task(name="sharing.note_expired", queue="outgoing")
def note_expired(timestamp: int = 0, **_later_arguments: object) -> None:  # noqa: ARG001 - periodic jobs get one
    """Note which items are over, for who follows by machine."""
    expiry.note_expired(by=SYSTEM, at=timezone.now())
