"""What an organisation says is its own, how that was proven, and who else says so."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from schakel.kit.states import Moves
from schakel.policy.access import Actor, Permission
from schakel.registry.models.organisation import Asset, Organisation
from schakel.registry.models.words import AssetKind


class Proof(models.TextChoices):
    """By what a claim is proven."""

    DNS = "dns", _("a record in the DNS")
    SITE = "site", _("a file on the website")
    MAIL = "mail", _("a mail to the contact that the registry or the website names")
    APPROVAL = "approval", _("approval by a partner or the coordinator")


class ClaimState(models.TextChoices):
    """How far a claim is."""

    OPEN = "open", _("to be proven")
    PROVEN = "proven", _("proven")
    DISPUTED = "disputed", _("with the coordinator")
    REFUSED = "refused", _("refused")
    EXPIRED = "expired", _("expired")
    WITHDRAWN = "withdrawn", _("withdrawn")


CLAIM_MOVES: Moves[ClaimState] = {
    ClaimState.OPEN: {
        ClaimState.PROVEN, ClaimState.DISPUTED, ClaimState.REFUSED, ClaimState.EXPIRED, ClaimState.WITHDRAWN,
    },
    ClaimState.DISPUTED: {ClaimState.PROVEN, ClaimState.REFUSED, ClaimState.WITHDRAWN},
    ClaimState.PROVEN: {ClaimState.REFUSED, ClaimState.EXPIRED, ClaimState.WITHDRAWN},
}  # fmt: skip
LIVING = (ClaimState.OPEN, ClaimState.DISPUTED, ClaimState.PROVEN)
HAS_ENDED = (ClaimState.REFUSED, ClaimState.EXPIRED, ClaimState.WITHDRAWN)


class Sight(models.TextChoices):
    """What the last look for a proof saw."""

    NOT_YET = "", _("not looked yet")
    FOUND = "found", _("the proof is there")
    ABSENT = "absent", _("the proof is not there yet")
    AWAY = "away", _("could not be asked now")
    NO_ADDRESS = "no-address", _("no address of a contact was found")
    MAILED = "mailed", _("the contact has a mail with a link")


class Overlap(models.TextChoices):
    """How a claim lies to what another organisation holds."""

    SAME = "same", _("the same")
    WITHIN = "within", _("a part of it")
    AROUND = "around", _("wider than it")


class ClaimQuerySet(models.QuerySet["Claim"]):
    """Claims."""

    def visible_to(self, actor: Actor) -> Self:
        """Those of the organisations that the actor answers for."""
        return self.filter(organisation__in=Organisation.objects.of(actor, Permission.CONSTITUENCY_VIEW))


class Claim(models.Model):
    """One network, name or number that an organisation says is its own."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="claims")
    kind = models.TextField(choices=AssetKind)
    value = models.TextField()
    proof = models.TextField(choices=Proof)
    state = models.TextField(choices=ClaimState, default=ClaimState.OPEN)
    token = models.TextField(unique=True)
    made_at = models.DateTimeField()
    made_by = models.TextField()
    expires_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    seen = models.TextField(choices=Sight, default=Sight.NOT_YET, blank=True)
    seen_words = models.TextField(default="", blank=True)
    mailed_to = models.TextField(default="", blank=True)
    mailed_at = models.DateTimeField(null=True)
    proven_at = models.DateTimeField(null=True)
    evidence = models.JSONField(default=dict)
    asset = models.ForeignKey(Asset, models.SET_NULL, null=True, related_name="claims")
    referral = models.TextField(default="", blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.TextField(default="", blank=True)
    reason = models.TextField(default="", blank=True)
    objects = ClaimQuerySet.as_manager()

    class Handling:
        """The contact of a registry may be a person; the token is public where it stands."""

        keep_days = 3650
        personal = {"mailed_to": "scrub", "evidence": "scrub"}
        plain = {
            "id", "organisation", "kind", "value", "proof", "state", "token", "made_at", "made_by", "expires_at",
            "due_at", "checked_at", "seen", "seen_words", "mailed_at", "proven_at", "asset", "referral", "decided_at",
            "decided_by", "reason",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="claim_lives_once",
                fields=["organisation", "kind", "value"],
                condition=Q(state__in=["open", "disputed", "proven"]),
            ),
            models.CheckConstraint(
                name="claim_proven_at_when_proven", condition=~Q(state="proven") | Q(proven_at__isnull=False)
            ),
            models.CheckConstraint(
                name="claim_open_is_not_proven", condition=~Q(state="open") | Q(proven_at=None, decided_at=None)
            ),
            models.CheckConstraint(name="claim_refused_with_a_reason", condition=~Q(state="refused") | ~Q(reason="")),
            models.CheckConstraint(
                name="claim_expires_after_it_is_made", condition=Q(expires_at__gt=models.F("made_at"))
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="claim_due"),
            models.Index(fields=["state", "expires_at"], name="claim_by_state"),
        ]

    def __str__(self) -> str:
        """Its value."""
        return self.value


class ConflictQuerySet(models.QuerySet["Conflict"]):
    """Conflicts."""

    def visible_to(self, actor: Actor) -> Self:
        """Those about what is held by the organisations that the actor answers for."""
        return self.filter(asset__organisation__in=Organisation.objects.of(actor, Permission.CONSTITUENCY_VIEW))


class Conflict(models.Model):
    """Something that another organisation holds, and that a claim lies on."""

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="conflicts", db_index=False)  # conflict_once
    asset = models.ForeignKey(Asset, models.CASCADE, related_name="conflicts")
    overlap = models.TextField(choices=Overlap)
    found_at = models.DateTimeField()
    statement = models.TextField(default="", blank=True)
    stated_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    objects = ConflictQuerySet.as_manager()

    class Handling:
        """What its holder says of it is in free words."""

        keep_days = 3650
        personal = {"statement": "scrub"}
        plain = {"id", "claim", "asset", "overlap", "found_at", "stated_at", "settled_at"}

    class Meta:
        constraints = [
            models.UniqueConstraint(name="conflict_once", fields=["claim", "asset"]),
            models.CheckConstraint(
                name="conflict_statement_has_its_moment",
                condition=Q(statement="", stated_at=None) | (~Q(statement="") & Q(stated_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["asset"], condition=Q(settled_at=None), name="conflict_unsettled"),
        ]

    def __str__(self) -> str:
        """Claim and asset."""
        return f"{self.claim_id}: {self.asset_id}"
