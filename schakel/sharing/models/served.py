"""What programs fetch from us by TAXII, and what they sent us."""

import uuid
from typing import Self

from django.db import models

from schakel.people.models import User
from schakel.policy.access import Actor
from schakel.sharing.models.audience import Audience
from schakel.sharing.models.item import SharedItem


class ServedObject(models.Model):
    """One version of one STIX object, as the bytes that go out, with the audience of the item that it is from.

    `sequence`: when it was added, in microseconds since 1970; given out in the order in which rows become visible, so
    that whoever asks for what came after a place misses nothing. `is_alone`: no other row has its id. `item` None: it
    says nothing by itself (an author, a marking) and stands here once for an audience.
    """

    sequence = models.BigIntegerField(primary_key=True)
    item = models.ForeignKey(SharedItem, models.CASCADE, null=True, related_name="served")
    audience = models.ForeignKey(Audience, models.PROTECT, related_name="+", db_index=False)  # served_in_order
    key = models.TextField()  # The STIX id.
    type = models.TextField()
    version = models.DateTimeField(null=True)  # None: an observable, which has no versions.
    is_revoked = models.BooleanField(default=False)
    is_alone = models.BooleanField(default=True)
    content = models.TextField()

    class Handling:
        """As the item; an address may be a person's."""

        keep_days = 3650
        personal = {"content": "scrub"}
        plain = {"sequence", "item", "audience", "key", "type", "version", "is_revoked", "is_alone"}

    class Meta:
        indexes = [
            models.Index(fields=["audience", "sequence"], name="served_in_order"),
            models.Index(fields=["key"], name="served_by_key"),
        ]

    def __str__(self) -> str:
        """Its id."""
        return self.key


class SubmissionQuerySet(models.QuerySet["Submission"]):
    """Submissions."""

    def visible_to(self, actor: Actor) -> Self:
        """Those of one's own account."""
        return self.filter(user=actor.user_id) if actor.user_id is not None else self.none()


class Submission(models.Model):
    """Objects that a program sent us at once, and what became of each: the status of TAXII 2.1, section 4.3."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    digest = models.TextField()  # SHA-256 of what was sent, hex: the same sent again makes nothing new.
    sent_at = models.DateTimeField()
    kept = models.JSONField(default=list)
    refused = models.JSONField(default=list)
    items = models.ManyToManyField(SharedItem, related_name="+")
    objects = SubmissionQuerySet.as_manager()

    class Handling:
        """Ids of objects and words about them."""

        keep_days = 90
        personal: dict[str, str] = {}
        plain = {"id", "uid", "user", "digest", "sent_at", "kept", "refused", "items"}

    class Meta:
        constraints = [models.UniqueConstraint(name="submission_once", fields=["user", "digest"])]

    def __str__(self) -> str:
        """Its number."""
        return str(self.uid)
