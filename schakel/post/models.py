"""Messages as sent: one delivery per message and address, one attempt per try."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from schakel.kit.states import Moves
from schakel.policy.access import Actor, Permission
from schakel.registry.models import ChannelKind, Language


class DeliveryState(models.TextChoices):
    """How far a message is."""

    QUEUED = "queued", _("waiting")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    BOUNCED = "bounced", _("returned")
    DEAD = "dead", _("needs a person")
    DROPPED = "dropped", _("given up")


class OutletKind(models.TextChoices):
    """How a machine of a partner takes shared items. A contact is reached by other ways: see `ChannelKind`."""

    MISP = "misp", _("MISP server")
    MATTERMOST = "mattermost", _("Mattermost")


DELIVERY_MOVES: Moves[DeliveryState] = {
    DeliveryState.QUEUED: {DeliveryState.SENDING, DeliveryState.DEAD},
    DeliveryState.SENDING: {DeliveryState.SENT, DeliveryState.QUEUED, DeliveryState.DEAD},
    DeliveryState.SENT: {DeliveryState.BOUNCED},
    DeliveryState.BOUNCED: {DeliveryState.QUEUED, DeliveryState.DROPPED},
    DeliveryState.DEAD: {DeliveryState.QUEUED, DeliveryState.DROPPED},
}


class Content(models.Model):
    """What many messages say alike, kept once: a hundred thousand deliveries of it hold a number each.

    `payload`: what a webhook carries.
    """

    key = models.TextField(unique=True)
    subject = models.TextField()
    body = models.TextField()
    attachment_name = models.TextField(default="", blank=True)
    attachment = models.BinaryField(default=b"")
    payload = models.JSONField(null=True)
    made_at = models.DateTimeField()

    class Handling:
        """As the deliveries that carry it."""

        keep_days = 365
        personal = {"body": "scrub", "attachment": "scrub", "payload": "scrub"}
        plain = {"id", "key", "subject", "attachment_name", "made_at"}

    def __str__(self) -> str:
        """Its key."""
        return self.key


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Deliveries."""

    def visible_to(self, actor: Actor) -> Self:
        """All for those who see deliveries; partners reach theirs through their notices."""
        return self.all() if actor.reach(Permission.DELIVERY_VIEW).is_everything else self.none()


class Delivery(models.Model):
    """One message, as sent, to one contact by one channel."""

    key = models.TextField(unique=True)  # What the sender calls it: handing it over twice makes one.
    message_id = models.TextField(unique=True)
    channel = models.TextField(choices=[*ChannelKind.choices, *OutletKind.choices])
    address = models.TextField()
    language = models.TextField(choices=Language)
    subject = models.TextField()
    content = models.ForeignKey(Content, models.PROTECT, null=True, related_name="deliveries")
    body = models.TextField()  # After what the content says, where there is one.
    body_html = models.TextField(default="", blank=True)
    attachment_name = models.TextField(default="", blank=True)
    attachment = models.BinaryField(default=b"")
    headers = models.JSONField(default=dict)
    openpgp_key = models.TextField(default="", blank=True)
    webhook_secret = models.TextField(default="", blank=True)
    payload = models.JSONField(null=True)  # What a webhook carries; without it, subject and body.
    state = models.TextField(choices=DeliveryState, default=DeliveryState.QUEUED)
    attempts_count = models.IntegerField(default=0)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    failure = models.TextField(default="", blank=True)
    claimed_by = models.BigIntegerField(null=True)  # The number of the sender that holds it: see post.senders.
    claimed_at = models.DateTimeField(null=True)  # Moved on when its attempt begins.
    objects = DeliveryQuerySet.as_manager()

    class Handling:
        """The message says what is wrong with whose system."""

        keep_days = 365
        personal = {
            "address": "scrub", "body": "scrub", "body_html": "scrub", "attachment": "scrub", "openpgp_key": "scrub",
            "webhook_secret": "scrub", "headers": "scrub", "payload": "scrub",
        }  # fmt: skip
        plain = {
            "id", "key", "message_id", "channel", "language", "subject", "content", "attachment_name", "state",
            "attempts_count", "made_at", "due_at", "sent_at", "failure", "claimed_by", "claimed_at",
        }  # fmt: skip

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.CheckConstraint(
                name="delivery_sent_at_only_when_sent",
                condition=Q(state__in=["sent", "bounced"], sent_at__isnull=False) | ~Q(state__in=["sent", "bounced"]),
            ),
            models.CheckConstraint(
                name="delivery_claimed_only_while_sending",
                condition=Q(state="sending", claimed_by__isnull=False, claimed_at__isnull=False)
                | (~Q(state="sending") & Q(claimed_by=None, claimed_at=None)),
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state="queued"), name="delivery_due"),
            models.Index(fields=["id"], condition=Q(state__in=["dead", "bounced"]), name="delivery_desk"),
            models.Index(fields=["id"], condition=Q(state="sending"), name="delivery_held"),
        ]

    def __str__(self) -> str:
        """Its Message-ID."""
        return self.message_id

    @property
    def text(self) -> str:
        """All that it says: what it shares with others, and what is its own."""
        return f"{self.content.body}{self.body}" if self.content else self.body

    @property
    def enclosed(self) -> tuple[str, bytes]:
        """Name and bytes of its attachment; no name where it has none."""
        holder = self.content if self.content and self.content.attachment_name else self
        return holder.attachment_name, bytes(holder.attachment)

    @property
    def carried(self) -> object | None:
        """What a webhook carries; None where it is to carry the text."""
        return self.content.payload if self.content and self.payload is None else self.payload


class Attempt(models.Model):
    """One try to send: written before the network is touched, its outcome after."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="attempts")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    is_success = models.BooleanField(null=True)
    reply = models.TextField(default="", blank=True)

    class Handling:
        """Replies may name an address."""

        keep_days = 365
        personal = {"reply": "scrub"}
        plain = {"id", "delivery", "started_at", "ended_at", "is_success"}

    class Meta:
        indexes = [models.Index(fields=["delivery", "started_at"])]

    def __str__(self) -> str:
        """Delivery and time."""
        return f"{self.delivery_id} {self.started_at:%F %T}"
