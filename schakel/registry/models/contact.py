"""Where they can be told."""

from typing import Self

from django.db import models
from django.db.models import Q

from schakel.policy.access import Actor, Permission
from schakel.registry.models.organisation import Organisation
from schakel.registry.models.partner import Partner
from schakel.registry.models.words import ChannelKind, ContactRole, ContactStanding, Language, Silence


class ContactQuerySet(models.QuerySet["Contact"]):
    """Contacts."""

    def visible_to(self, actor: Actor) -> Self:
        """Those of the organisations that the actor sees, and of the partner that it works for."""
        return self.of(actor, Permission.FINDING_VIEW)

    def of(self, actor: Actor, permission: Permission) -> Self:
        """Those of the organisations and partners for which the actor holds the permission."""
        partners = Q(partner__in=Partner.objects.of(actor, permission))
        if actor.reach(permission).is_everything:  # Who holds it for all need not look for each of millions.
            return self.filter(partners | Q(organisation__isnull=False))
        # Partners first: they are few, and of who is found among them the long list is not read.
        return self.filter(partners | Q(organisation__in=Organisation.objects.of(actor, permission)))


class Contact(models.Model):
    """Where an organisation or a partner can be told."""

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, null=True, related_name="contacts", db_index=False
    )  # contact_once
    partner = models.ForeignKey(Partner, models.CASCADE, null=True, related_name="contacts")
    role = models.TextField(choices=ContactRole, default=ContactRole.SECURITY)
    channel = models.TextField(choices=ChannelKind, default=ChannelKind.MAIL)
    address = models.TextField()
    language = models.TextField(choices=Language, default=Language.DUTCH)
    openpgp_key = models.TextField(default="", blank=True)
    webhook_secret = models.TextField(default="", blank=True)
    is_verified = models.BooleanField(default=False)
    has_stopped_digests = models.BooleanField(default=False, db_default=False)
    standing = models.TextField(
        choices=ContactStanding, default=ContactStanding.ACTIVE, db_default=ContactStanding.ACTIVE.value
    )
    silence = models.TextField(choices=Silence, default=Silence.NONE, blank=True, db_default="")
    bounces_count = models.PositiveIntegerField(default=0, db_default=0)
    attested_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    asks_count = models.PositiveSmallIntegerField(default=0, db_default=0)
    suspended_at = models.DateTimeField(null=True)
    replaces = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    objects = ContactQuerySet.as_manager()

    class Handling:
        """An address may be a person's."""

        keep_days = 0
        personal = {"address": "scrub", "openpgp_key": "scrub", "webhook_secret": "scrub"}
        plain = {
            "id", "organisation", "partner", "role", "channel", "language", "is_verified", "has_stopped_digests",
            "standing", "silence", "bounces_count", "attested_at", "asked_at", "asks_count", "suspended_at", "replaces",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="contact_of_exactly_one",
                condition=Q(organisation=None, partner__isnull=False) | Q(organisation__isnull=False, partner=None),
            ),
            models.UniqueConstraint(
                name="contact_once",
                fields=["organisation", "partner", "role", "channel", "address"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="contact_suspended_at_when_suspended",
                condition=Q(standing="suspended", suspended_at__isnull=False)
                | (~Q(standing="suspended") & Q(suspended_at=None)),
            ),
        ]
        indexes = [
            # Bounces and confirmations look for an address; the yearly question for what was not asked yet.
            models.Index(fields=["address"], name="contact_by_address"),
            models.Index(
                fields=["attested_at"],
                condition=Q(channel="mail", is_verified=True) & ~Q(standing="suspended"),
                name="contact_to_ask",
            ),
        ]

    def __str__(self) -> str:
        """Its address."""
        return self.address
