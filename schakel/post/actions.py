"""Handing messages to the post, and what people do at the dead-letter desk."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit import queue
from schakel.kit.refusals import Invalid, WrongState, permit
from schakel.kit.states import move
from schakel.policy.access import Actor, Permission
from schakel.post.channels import guard
from schakel.post.channels.base import Unsendable
from schakel.post.messages import Message, message_id_of
from schakel.post.models import DELIVERY_MOVES, Delivery, DeliveryState
from schakel.registry.models import ChannelKind

AT_DESK = [DeliveryState.DEAD, DeliveryState.BOUNCED]
AGAIN = {"attempts_count": 0, "sent_at": None, "failure": ""}
JOB = "post.deliver_due"
REASON_LIMIT = 4000


@transaction.atomic
def hand_over(messages: Sequence[Message], *, by: Actor, at: datetime) -> list[Delivery]:
    """Take messages to be sent; the deliveries come back in the order of the messages.

    The same key again gives the delivery that is already there, unchanged. Any number of messages costs the same
    number of queries. Raises NotPermitted.
    """
    permit(by.may(Permission.NOTICE_SEND))
    wanted = {message.key: message for message in messages}
    known = _by_key(wanted)
    new = [_delivery(message, at) for key, message in wanted.items() if key not in known]
    if new:
        Delivery.objects.bulk_create(new, ignore_conflicts=True)  # Somebody may hand over the same key right now.
        known |= _by_key(delivery.key for delivery in new)
        wake()
        record("post.delivery.handed_over", by=by, at=at, count=len(new), repeated=len(messages) - len(new))
    return [known[message.key] for message in messages]


@transaction.atomic
def retry(*, delivery: Delivery, by: Actor, at: datetime) -> None:
    """Send a dead or returned delivery again, to the same address.

    Raises NotPermitted, WrongState when it is not at the desk (any more).
    """
    permit(by.may(Permission.DELIVERY_MANAGE))
    _take_from_desk(delivery)
    move(delivery, DeliveryState.QUEUED, moves=DELIVERY_MOVES, due_at=at, **AGAIN)
    wake()
    record("post.delivery.retried", by=by, at=at, on=delivery)


@transaction.atomic
def readdress(*, delivery: Delivery, address: str, by: Actor, at: datetime, openpgp_key: str | None = None) -> None:
    """Send a dead or returned delivery again, to another address.

    The recipient's key stays unless another is given (or an empty one, to send without encryption): what had to be
    encrypted does not go in clear by oversight. Raises NotPermitted, Invalid, WrongState.
    """
    permit(by.may(Permission.DELIVERY_MANAGE))
    address = address.strip()
    _check_address(delivery.channel, address)
    _take_from_desk(delivery)
    key = delivery.openpgp_key if openpgp_key is None else openpgp_key.strip()
    move(delivery, DeliveryState.QUEUED, moves=DELIVERY_MOVES, due_at=at, address=address, openpgp_key=key, **AGAIN)
    wake()
    record("post.delivery.readdressed", by=by, at=at, on=delivery, encrypted=bool(key))


@transaction.atomic
def drop(*, delivery: Delivery, by: Actor, at: datetime, reason: str) -> None:
    """Give a dead or returned delivery up. Raises NotPermitted, Invalid without a reason, WrongState."""
    permit(by.may(Permission.DELIVERY_MANAGE))
    if not reason.strip():
        raise Invalid(_("give a reason, so that a colleague can follow it."))
    _take_from_desk(delivery)
    move(delivery, DeliveryState.DROPPED, moves=DELIVERY_MOVES)
    record("post.delivery.dropped", by=by, at=at, on=delivery, reason=reason.strip()[:REASON_LIMIT])


def _delivery(message: Message, at: datetime) -> Delivery:
    return Delivery(
        key=message.key,
        message_id=message_id_of(message.key),
        channel=message.channel,
        address=message.address,
        language=message.language,
        subject=" ".join(message.subject.split()),  # A name may hold the end of a line, a header may not.
        body=message.body,
        body_html=message.body_html,
        attachment_name=message.attachment_name,
        attachment=message.attachment,
        headers=dict(message.headers),
        openpgp_key=message.openpgp_key,
        webhook_secret=message.webhook_secret,
        payload=message.payload,
        made_at=at,
        due_at=at,
    )


def _by_key(keys: Iterable[str]) -> dict[str, Delivery]:
    return {delivery.key: delivery for delivery in Delivery.objects.filter(key__in=list(keys))}


def wake() -> None:
    """Queue the job that delivers; one that finds nothing to do costs next to nothing."""
    queue.later(JOB, queue="outgoing")


def _take_from_desk(delivery: Delivery) -> None:
    """Lock a delivery that waits at the desk: one that is being sent is its sender's. Raises WrongState."""
    if not Delivery.objects.select_for_update(no_key=True).filter(pk=delivery.pk, state__in=AT_DESK).exists():
        raise WrongState


def check_target(address: str) -> None:
    """See that the address of a machine is one that we may call. Raises Invalid."""
    try:
        guard.target_of(address)
    except Unsendable as error:
        raise Invalid(_("this address cannot be used.")) from error


def _check_address(channel: str, address: str) -> None:
    if channel != ChannelKind.MAIL:
        check_target(address)
        return
    try:
        validate_email(address)
    except ValidationError as error:
        raise Invalid(_("this address cannot be used.")) from error
