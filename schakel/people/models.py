"""People with an account, and what they may."""

from typing import Self

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from schakel.people.listing import Listing
from schakel.policy.access import NOBODY, Actor, Grant, Level, Permission, Role
from schakel.registry.models import Language, Organisation, Partner, PartnerStanding

__all__ = [
    "Invitation",
    "InvitationQuerySet",
    "Listing",
    "MailTopic",
    "Token",
    "User",
    "UserGrant",
    "UserGrantQuerySet",
    "actor_of",
    "within",
]


class MailTopic(models.TextChoices):
    """What somebody can be written to about."""

    APPLICATIONS = "applications", _("applications: a new one, an answer, one that waits too long")


class User(AbstractUser):
    """Somebody who can log in. Who gave an address is written to about `mail_topics`, as far as it may read of them."""

    language = models.TextField(choices=Language, default=Language.DUTCH)
    mail_topics = ArrayField(
        models.TextField(choices=MailTopic),
        default=list,
        blank=True,
        db_default=models.Value([], ArrayField(models.TextField())),
    )

    class Handling:
        """Kept while the account lives."""

        keep_days = 0
        personal = {
            "username": "scrub", "first_name": "scrub", "last_name": "scrub", "email": "scrub", "last_login": "scrub",
        }  # fmt: skip
        plain = {
            "id", "password", "is_superuser", "is_staff", "is_active", "date_joined", "groups", "user_permissions",
            "language", "mail_topics",
        }  # fmt: skip


def within(actor: Actor) -> Q:
    """What belongs to the partners and organisations whose people the actor manages."""
    reach = actor.reach(Permission.PEOPLE_DELEGATE)
    if reach.is_everything:
        return Q(partner__isnull=False) | Q(organisation__isnull=False)
    return Q(partner__in=reach.partner_ids) | Q(organisation__in=reach.organisation_ids)


class UserGrantQuerySet(models.QuerySet["UserGrant"]):
    """Roles."""

    def of(self, actor: Actor) -> Self:
        """Those within one's own partner or organisation, for who hands out rights there."""
        return self.filter(within(actor))


class UserGrant(models.Model):
    """A role that a user holds, for the whole network, for one partner or for one organisation."""

    user = models.ForeignKey(User, models.CASCADE, related_name="grants")
    role = models.TextField(choices=[(role.value, role.value) for role in Role if role != Role.SYSTEM])
    partner = models.ForeignKey(Partner, models.CASCADE, null=True)
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True)
    level = models.TextField(
        choices=[(level.value, level.value) for level in Level], default=Level.MEMBER, db_default=Level.MEMBER.value
    )
    objects = UserGrantQuerySet.as_manager()

    class Handling:
        """Goes with the user."""

        keep_days = 0
        personal: dict[str, str] = {}
        plain = {"id", "user", "role", "partner", "organisation", "level"}

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="grant_once", fields=["user", "role", "partner", "organisation"], nulls_distinct=False
            ),
            models.CheckConstraint(
                name="organisation_role_has_an_organisation",
                condition=Q(role="organisation", organisation__isnull=False)
                | (~Q(role="organisation") & Q(organisation=None)),
            ),
            models.CheckConstraint(
                name="partner_role_has_a_partner",
                condition=Q(role="partner", partner__isnull=False) | (~Q(role="partner") & Q(partner=None)),
            ),
        ]

    def __str__(self) -> str:
        """Role and partner."""
        return f"{self.role} {self.partner_id or ''}".strip()


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations."""

    def of(self, actor: Actor) -> Self:
        """Those to one's own partner or organisation, for who may invite there."""
        return self.filter(within(actor))


class Invitation(models.Model):
    """A mail that lets one person make an account at a partner or an organisation, once and for a time."""

    partner = models.ForeignKey(Partner, models.CASCADE, null=True)
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True)
    mail = models.TextField()
    level = models.TextField(choices=[(level.value, level.value) for level in Level])
    language = models.TextField(choices=Language, default=Language.DUTCH)
    nonce = models.TextField()
    made_at = models.DateTimeField()
    made_by = models.TextField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    objects = InvitationQuerySet.as_manager()

    class Handling:
        """The address of a person, who may never come."""

        keep_days = 90
        personal = {"mail": "scrub"}
        plain = {
            "id", "partner", "organisation", "level", "language", "nonce", "made_at", "made_by", "expires_at",
            "accepted_at", "revoked_at",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="invitation_of_exactly_one",
                condition=Q(organisation=None, partner__isnull=False) | Q(organisation__isnull=False, partner=None),
            ),
            models.CheckConstraint(
                name="invitation_is_used_or_taken_back", condition=Q(accepted_at=None) | Q(revoked_at=None)
            ),
        ]

    def __str__(self) -> str:
        """Its number, as the address is personal."""
        return f"{self.pk}"


def actor_of(user: object) -> Actor:
    """The actor that a request's user is; strangers are nobody, and grants of a partner that left give nothing."""
    if not isinstance(user, User) or not user.is_active:
        return NOBODY
    held = user.grants.exclude(partner__standing=PartnerStanding.LEFT)
    grants = tuple(Grant(Role(row.role), row.partner_id, row.organisation_id, Level(row.level)) for row in held)
    return Actor(name=f"user:{user.pk}", grants=grants, user_id=user.pk)


class Token(models.Model):
    """A key by which a program acts for a user. Only its digest is kept: the key itself is shown once."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.TextField()
    digest = models.TextField(unique=True)  # SHA-256, hex. The key is random, so it needs no salt.
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Handling:
        """Goes with the user."""

        keep_days = 0
        personal: dict[str, str] = {}
        plain = {"id", "user", "name", "digest", "made_at", "expires_at", "revoked_at"}

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="token_expires_after_it_is_made", condition=Q(expires_at__gt=models.F("made_at"))
            ),
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name
