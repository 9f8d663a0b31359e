"""What comes back: delivery status notifications tied to the attempt they are about.

A notification counts when it came to the return address of an attempt, or shows the Message-ID of a delivery; nobody
can guess either. Anything else is counted and left alone.
"""

import mailbox
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, permit
from schakel.kit.states import move
from schakel.policy.access import SYSTEM, Actor, Permission
from schakel.post.models import DELIVERY_MOVES, Attempt, DeliveryState
from schakel.post.notifications import Action, Notification, notification_of
from schakel.registry.constituents import attesting


class Fate(StrEnum):
    """What a returned message meant."""

    BOUNCED = "bounced"  # The delivery is at the desk now.
    NOTED = "noted"  # Late, or not the end: written at the attempt.
    REPEATED = "repeated"  # We knew.
    EARLY = "early"  # About a message that is being sent this very moment: to be given again.
    UNKNOWN = "unknown"  # About no message of ours, or forged.
    OTHER = "other"  # No delivery status notification.


def read(place: Path, *, at: datetime, by: Actor = SYSTEM) -> dict[str, int]:
    """Take in a mailbox: mbox, maildir, a folder of .eml files, or one message as a file.

    Returns a count per fate, and `read`. The same mailbox again changes nothing. Raises Invalid, NotPermitted.
    """
    permit(by.may(Permission.DELIVERY_MANAGE))
    if not place.exists():
        raise Invalid(_("there is no such file or folder:"), str(place))
    fates = Counter(take_in(content, at=at, by=by) for content in messages_in(place))
    return {"read": fates.total(), **{fate.value: fates[fate] for fate in Fate}}


@transaction.atomic
def take_in(content: bytes, *, at: datetime, by: Actor = SYSTEM, recipient: str = "") -> Fate:
    """Take in one returned message; `recipient` is the envelope's, where it is known. Raises NotPermitted."""
    permit(by.may(Permission.DELIVERY_MANAGE))
    notification = notification_of(content, recipient=recipient)
    if notification is None:
        return Fate.OTHER
    attempt = _attempt_of(notification)
    return Fate.UNKNOWN if attempt is None else _judge(attempt, notification, at, by)


def messages_in(place: Path) -> Iterator[bytes]:
    """The messages of a mailbox, whatever its form."""
    if place.is_dir():
        if (place / "cur").is_dir():
            folder = mailbox.Maildir(place, create=False)
            return (folder.get_bytes(key) for key in folder.iterkeys())
        return (file.read_bytes() for file in sorted(place.glob("*.eml")))
    with place.open("rb") as file:
        is_mbox = file.read(5) == b"From "
    if not is_mbox:
        return iter([place.read_bytes()])
    return _mbox(place)


def _mbox(place: Path) -> Iterator[bytes]:
    box = mailbox.mbox(place, create=False)
    try:
        for key in box.iterkeys():
            yield box.get_bytes(key)
    finally:
        box.close()


def _attempt_of(notification: Notification) -> Attempt | None:
    """The attempt whose return address it came to, else the last one of the message it shows; locked."""
    attempts = Attempt.objects.select_related("delivery").select_for_update(no_key=True, of=("self", "delivery"))
    by_address = attempts.filter(pk__in=notification.attempt_ids).order_by("-pk").first()
    if by_address or not notification.message_id:
        return by_address
    return attempts.filter(delivery__message_id=notification.message_id).order_by("-pk").first()


def _judge(attempt: Attempt, notification: Notification, at: datetime, by: Actor) -> Fate:
    """Move the delivery when this is the end of its last attempt, else note what was said."""
    delivery, words = attempt.delivery, f"{notification.action}: {notification.words}"
    if delivery.state == DeliveryState.SENDING:
        return Fate.EARLY
    if words in attempt.reply:
        return Fate.REPEATED
    attempt.reply = f"{attempt.reply}\n{words}".strip()
    is_last = not delivery.attempts.filter(pk__gt=attempt.pk).exists()
    if notification.action != Action.FAILED or delivery.state != DeliveryState.SENT or not is_last:
        attempt.save(update_fields=["reply"])
        return Fate.NOTED
    attempt.is_success = False
    attempt.save(update_fields=["reply", "is_success"])
    move(delivery, DeliveryState.BOUNCED, moves=DELIVERY_MOVES, failure=notification.words)
    attesting.bounced(delivery.address, by=by, at=at)
    record("post.delivery.bounced", by=by, at=at, on=delivery)
    return Fate.BOUNCED
