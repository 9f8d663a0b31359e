"""One delivery at a time: claimed, tried, its outcome written. Each write is safe to repeat.

A claim and an attempt are committed before the network is touched, so that whatever happens next can be read from the
rows: claimed without an open attempt was never on the wire; with one it may have been.
"""

import logging
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from schakel.post import backoff
from schakel.post.channels.base import Channel, Outcome, Verdict
from schakel.post.models import Attempt, Delivery, DeliveryQuerySet, DeliveryState

log = logging.getLogger(__name__)
AWAY_PAUSE = timedelta(minutes=1)  # How long deliveries wait that were not tried as their server was away.
UNCLAIMED = {"claimed_by": None, "claimed_at": None}
OPEN_ATTEMPTS = Attempt.objects.filter(delivery=OuterRef("pk"), ended_at=None)


class Clock:
    """The door's moment, running on: durations are true and a test still sets the time."""

    def __init__(self, at: datetime) -> None:
        self._at, self._started = at, time.monotonic()

    def now(self) -> datetime:
        """The moment it is."""
        return self._at + timedelta(seconds=time.monotonic() - self._started)


@transaction.atomic(durable=True)
def claim(*, channel: str, sender: int, at: datetime, limit: int) -> list[Delivery]:
    """Take up to `limit` deliveries that are due; no other sender gets them while this one lives."""
    due = Delivery.objects.filter(state=DeliveryState.QUEUED, due_at__lte=at, channel=channel)
    locked = due.order_by("due_at", "pk").select_for_update(no_key=True, skip_locked=True, of=("self",))
    rows = list(locked.select_related("content")[:limit])
    Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=DeliveryState.SENDING, claimed_by=sender, claimed_at=at
    )
    return rows


@transaction.atomic(durable=True)
def begin(delivery: Delivery, *, sender: int, at: datetime) -> Attempt | None:
    """Write that we are about to try, or nothing when the claim is no longer ours."""
    mine = held_by(sender).filter(pk=delivery.pk)
    if not mine.update(claimed_at=at, attempts_count=F("attempts_count") + 1):
        return None
    return Attempt.objects.create(delivery=delivery, started_at=at)


def try_once(channel: Channel, delivery: Delivery, attempt: Attempt) -> Outcome:
    """Touch the network. Whatever goes wrong is an outcome: one message never stops the others."""
    try:
        return channel.send(delivery, attempt)
    except Exception as error:
        log.exception("delivery %s", delivery.pk)
        return Outcome.later(f"It could not be sent: {type(error).__name__} {error}")


@transaction.atomic(durable=True)
def finish(delivery: Delivery, outcome: Outcome, *, sender: int, at: datetime) -> DeliveryState:
    """Write how it went; gives the state the delivery has now."""
    Attempt.objects.filter(delivery=delivery, ended_at=None).update(
        ended_at=at, is_success=outcome.verdict == Verdict.SENT, reply=outcome.reply
    )
    mine = held_by(sender).filter(pk=delivery.pk)
    if outcome.verdict == Verdict.SENT:
        mine.update(state=DeliveryState.SENT, sent_at=at, failure="", **UNCLAIMED)
        return DeliveryState.SENT
    due_at = None
    if outcome.verdict == Verdict.LATER:
        tried = delivery.attempts_count + 1
        due_at = backoff.next_due(delivery_id=delivery.pk, attempts_count=tried, at=at)
    if due_at is None:
        mine.update(state=DeliveryState.DEAD, failure=outcome.reply, **UNCLAIMED)
        return DeliveryState.DEAD
    due_at = max(due_at, at + outcome.wait)
    mine.update(state=DeliveryState.QUEUED, failure=outcome.reply, due_at=due_at, **UNCLAIMED)
    return DeliveryState.QUEUED


def release(deliveries: Sequence[Delivery], *, sender: int, due_at: datetime) -> int:
    """Put back what was claimed and not tried; returns how many."""
    rows = held_by(sender).filter(pk__in=[row.pk for row in deliveries])
    return rows.filter(~Exists(OPEN_ATTEMPTS)).update(state=DeliveryState.QUEUED, due_at=due_at, **UNCLAIMED)


def held_by(sender: int) -> DeliveryQuerySet:
    """What a sender has claimed."""
    return Delivery.objects.filter(state=DeliveryState.SENDING, claimed_by=sender)
