"""The ledger of sharing: who was decided on, told, and what came of it; the log of changes that machines follow."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from schakel.people.models import User
from schakel.policy.access import SYSTEM, Actor, Permission
from schakel.post.models import Delivery
from schakel.registry.models import Contact, Organisation, Partner
from schakel.sharing.models.audience import Audience
from schakel.sharing.models.item import SharedItem
from schakel.sharing.models.passing import Passing
from schakel.sharing.words import Occasion, Outcome

ONE_PARTY = (
    Q(partner__isnull=False, organisation=None, user=None, is_desk=False)
    | Q(partner=None, organisation__isnull=False, user=None, is_desk=False)
    | Q(partner=None, organisation=None, user__isnull=False, is_desk=False)
    | Q(partner=None, organisation=None, user=None, is_desk=True)
)


class Telling(models.Model):
    """One round of telling: a version of an item to its audience, or its retraction to all who got it."""

    item = models.ForeignKey(SharedItem, models.CASCADE, related_name="tellings", db_index=False)  # telling_once
    version = models.PositiveIntegerField()
    occasion = models.TextField(choices=Occasion)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)  # told, withdrawn, refused: how many of each.

    class Handling:
        """As the item."""

        keep_days = 3650
        personal: dict[str, str] = {}
        plain = {"id", "item", "version", "occasion", "begun_at", "ended_at", "counts"}

    class Meta:
        constraints = [models.UniqueConstraint(name="telling_once", fields=["item", "version", "occasion"])]

    def __str__(self) -> str:
        """Item, version and occasion."""
        return f"{self.item_id} {self.version} {self.occasion}"


class ReceiptQuerySet(models.QuerySet["Receipt"]):
    """Receipts."""

    def visible_to(self, actor: Actor) -> Self:
        """One's own, and those of who reads what one's own party published; who a partner passed on to is its own."""
        if actor is SYSTEM:
            return self.all()
        reach = actor.reach(Permission.ITEM_EDIT)
        issued = Q(passing=None, item__in=SharedItem.objects.filter(SharedItem.objects.own(actor)).values("pk"))
        return self.filter(self.own(actor) | issued | Q(passing__partner__in=reach.partner_ids))

    def own(self, actor: Actor) -> Q:
        """Those of the actor itself and of the party that it reads for."""
        reach = actor.reach(Permission.ITEM_VIEW)
        party = Q(partner__in=reach.partner_ids) | Q(organisation__in=reach.organisation_ids)
        if reach.is_everything:
            party |= Q(is_desk=True)
        return party | Q(user=actor.user_id) if actor.user_id is not None else party


class Receipt(models.Model):
    """What became of one item at one recipient: decided, sent, fetched, acknowledged, acted on, recalled.

    `address`: by which the item meant it. `refusal`: why it was not told, where it was not. `passing`: where a partner
    passed the item on, for an organisation of its constituency. `version`: the newest that it was told of or fetched.
    """

    item = models.ForeignKey(SharedItem, models.CASCADE, related_name="receipts", db_index=False)  # receipt_once
    passing = models.ForeignKey(Passing, models.CASCADE, null=True, related_name="receipts")
    partner = models.ForeignKey(Partner, models.CASCADE, null=True, related_name="receipts")
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, related_name="receipts")
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="receipts")
    is_desk = models.BooleanField(default=False)
    address = models.TextField(default="", blank=True)
    version = models.PositiveIntegerField()
    refusal = models.TextField(default="", blank=True)
    decided_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)  # Handed to the post, or put in the next digest: see Dispatch.
    fetched_at = models.DateTimeField(null=True)
    fetched_by = models.TextField(default="", blank=True)  # The door: page, api, taxii, feed; and who or which request.
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.TextField(default="", blank=True)
    acted_at = models.DateTimeField(null=True)
    acted_by = models.TextField(default="", blank=True)
    outcome = models.TextField(choices=Outcome, default="", blank=True)
    recalled_at = models.DateTimeField(null=True)
    objects = ReceiptQuerySet.as_manager()

    class Handling:
        """Who read what; accounts by number."""

        keep_days = 3650
        personal: dict[str, str] = {}
        plain = {
            "id", "item", "passing", "partner", "organisation", "user", "is_desk", "address", "version", "refusal",
            "decided_at", "sent_at", "fetched_at", "fetched_by", "acknowledged_at", "acknowledged_by", "acted_at",
            "acted_by", "outcome", "recalled_at",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="receipt_once",
                fields=["item", "partner", "organisation", "user", "passing"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="receipt_of_one_party", condition=ONE_PARTY),
            models.CheckConstraint(name="receipt_refused_is_not_sent", condition=Q(refusal="") | Q(sent_at=None)),
            models.CheckConstraint(
                name="receipt_outcome_when_acted",
                condition=Q(acted_at=None, outcome="") | (Q(acted_at__isnull=False) & ~Q(outcome="")),
            ),
        ]

    def __str__(self) -> str:
        """Item and party."""
        return f"{self.item_id}: {self.partner_id or self.organisation_id or self.user_id or 'desk'}"


class Dispatch(models.Model):
    """One message about an item to one address of a recipient, or why it did not go there.

    The proof of what was sent is its delivery: Message-ID, the server's reply, what came back. `delivery` None: it
    waits for a digest, or `stop` says why it did not go. `user`: an account's own mail.
    """

    receipt = models.ForeignKey(Receipt, models.CASCADE, related_name="dispatches")
    version = models.PositiveIntegerField()
    occasion = models.TextField(choices=Occasion)
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, related_name="+", db_index=False)
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    delivery = models.ForeignKey(Delivery, models.SET_NULL, null=True, related_name="+")
    is_bare = models.BooleanField(default=False)  # A link alone: what it says is above what the way may carry.
    stop = models.TextField(default="", blank=True)
    due_at = models.DateTimeField(null=True)  # For a digest: from when.
    made_at = models.DateTimeField()

    class Handling:
        """As the receipt."""

        keep_days = 3650
        personal: dict[str, str] = {}
        plain = {
            "id", "receipt", "version", "occasion", "contact", "user", "delivery", "is_bare", "stop", "due_at",
            "made_at",
        }  # fmt: skip

    class Meta:
        verbose_name_plural = "dispatches"
        constraints = [
            models.CheckConstraint(name="dispatch_stopped_is_not_sent", condition=Q(stop="") | Q(delivery=None)),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False, delivery=None), name="dispatch_waits")
        ]

    def __str__(self) -> str:
        """Receipt and occasion."""
        return f"{self.receipt_id} {self.occasion}"


class Preference(models.Model):
    """How a partner, an organisation or a person wants to be told, within what the policy allows each way to carry.

    Without a row: partners at once, organisations and people not at all, unless an item is addressed to them by name.
    """

    partner = models.OneToOneField(Partner, models.CASCADE, null=True, related_name="sharing_preference")
    organisation = models.OneToOneField(Organisation, models.CASCADE, null=True, related_name="sharing_preference")
    user = models.OneToOneField(User, models.CASCADE, null=True, related_name="sharing_preference")
    pace = models.TextField(choices=[(one, one) for one in ("at-once", "daily", "weekly", "never")], default="at-once")
    reader = models.TextField(default="expert")
    mail_ceiling = models.TextField(default="", blank=True)  # Empty: what the policy allows.
    webhook_ceiling = models.TextField(default="", blank=True)
    kinds = ArrayField(models.TextField(), default=list, blank=True)  # Empty: all kinds.
    set_at = models.DateTimeField()
    set_by = models.TextField()

    class Handling:
        """Goes with who chose it."""

        keep_days = 0
        personal: dict[str, str] = {}
        plain = {
            "id", "partner", "organisation", "user", "pace", "reader", "mail_ceiling", "webhook_ceiling", "kinds",
            "set_at", "set_by",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="preference_of_exactly_one",
                condition=Q(partner__isnull=False, organisation=None, user=None)
                | Q(partner=None, organisation__isnull=False, user=None)
                | Q(partner=None, organisation=None, user__isnull=False),
            )
        ]

    def __str__(self) -> str:
        """Its pace."""
        return self.pace


class MailStop(models.Model):
    """A contact that wants no more of what is no alarm: of items, of one partner's bulletins, or of newsletters."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="mail_stops", db_index=False)  # mail_stop_once
    what = models.TextField(choices=[(one, one) for one in ("items", "bulletins", "newsletters")])
    partner = models.ForeignKey(Partner, models.CASCADE, null=True, related_name="+")  # Whose; None: the network's.
    at = models.DateTimeField()

    class Handling:
        """A choice of whoever reads that mailbox."""

        keep_days = 0
        personal: dict[str, str] = {}
        plain = {"id", "contact", "what", "partner", "at"}

    class Meta:
        constraints = [
            models.UniqueConstraint(name="mail_stop_once", fields=["contact", "what", "partner"], nulls_distinct=False)
        ]

    def __str__(self) -> str:
        """Contact and what."""
        return f"{self.contact_id} {self.what}"


class ItemChange(models.Model):
    """One moment at which somebody may have to look at an item again. Written in the transaction that changed it.

    `audience`: who could read it from then on; `passed_by`: also those to whom this partner passed it on. See
    `sharing.changes` for how rows are read.
    """

    item = models.ForeignKey(SharedItem, models.CASCADE, related_name="changes", db_index=False)  # change_of_item
    audience = models.ForeignKey(Audience, models.PROTECT, null=True, related_name="+")
    passed_by = models.ForeignKey(Partner, models.CASCADE, null=True, related_name="+")
    at = models.DateTimeField()

    class Handling:
        """As the item."""

        keep_days = 3650
        personal: dict[str, str] = {}
        plain = {"id", "item", "audience", "passed_by", "at"}

    class Meta:
        indexes = [
            models.Index(fields=["item", "id"], name="change_of_item"),
        ]

    def __str__(self) -> str:
        """Item and place."""
        return f"{self.item_id} {self.pk}"


class Newsletter(models.Model):
    """One issue of a newsletter: cleared items with an introduction, from the desk (`partner` None) or a partner."""

    partner = models.ForeignKey(Partner, models.CASCADE, null=True, related_name="newsletters")
    title = models.TextField()
    intro = models.TextField(default="", blank=True)
    language = models.TextField(default="nl")
    item_ids = ArrayField(models.BigIntegerField(), default=list)  # In the order in which they stand.
    made_at = models.DateTimeField()
    made_by = models.TextField()
    sent_at = models.DateTimeField(null=True)
    sent_count = models.PositiveIntegerField(default=0)
    refused_count = models.PositiveIntegerField(default=0)

    class Handling:
        """A partner's words."""

        keep_days = 3650
        personal: dict[str, str] = {}
        plain = {
            "id", "partner", "title", "intro", "language", "item_ids", "made_at", "made_by", "sent_at", "sent_count",
            "refused_count",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="newsletter_counts_only_when_sent",
                condition=Q(sent_at__isnull=False) | Q(sent_count=0, refused_count=0),
            )
        ]

    def __str__(self) -> str:
        """Its title."""
        return self.title
