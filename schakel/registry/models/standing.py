"""How lasting and how mature a partner is: known to itself and to the coordinator alone."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from schakel.policy.access import Actor, Permission
from schakel.registry.models.partner import Partner
from schakel.registry.models.words import PartnerStanding


class FundingKind(models.TextChoices):
    """What a partner lives on."""

    FIXED = "fixed", _("fixed funds")
    SUBSIDY = "subsidy", _("subsidy")
    MEMBERS = "members", _("fees of members")
    SALES = "sales", _("sales")
    VOLUNTEERS = "volunteers", _("volunteers")
    UNKNOWN = "unknown", _("unknown")


class ContinuityQuerySet(models.QuerySet["Continuity"]):
    """Continuity records."""

    def visible_to(self, actor: Actor) -> Self:
        """A partner's own; all for the coordinator. How long somebody's money lasts is nobody else's business."""
        return self.filter(partner__in=Partner.objects.of(actor, Permission.PARTNER_EDIT).values("pk"))


class Continuity(models.Model):
    """Whether a partner will last: on what it lives, until when that is sure, and how much hangs on one person."""

    partner = models.OneToOneField(Partner, models.CASCADE, related_name="continuity")
    funding = models.TextField(choices=FundingKind, default=FundingKind.UNKNOWN)
    ends_on = models.DateField(null=True)
    hangs_on_one = models.BooleanField(default=False)
    words = models.TextField(default="", blank=True)
    stated_by = models.TextField()
    stated_on = models.DateField()
    objects = ContinuityQuerySet.as_manager()

    class Handling:
        """`words` may name the person on whom it hangs."""

        keep_days = 0
        personal = {"words": "scrub"}
        plain = {"id", "partner", "funding", "ends_on", "hangs_on_one", "stated_by", "stated_on"}

    def __str__(self) -> str:
        """Partner and funding."""
        return f"{self.partner_id}: {self.funding}"


class EvidenceKind(models.TextChoices):
    """On what a statement of maturity rests."""

    SELF = "self", _("own statement")
    AUDIT = "audit", _("audit by another party")
    CERTIFICATE = "certificate", _("certificate")
    PEERS = "peers", _("judgement of peers")


class MaturityQuerySet(models.QuerySet["Maturity"]):
    """Statements of maturity."""

    def visible_to(self, actor: Actor) -> Self:
        """A partner's own; all for the coordinator."""
        return self.filter(partner__in=Partner.objects.of(actor, Permission.PARTNER_EDIT).values("pk"))


class Maturity(models.Model):
    """What a partner says of its own maturity or its audience's, and what shows it; the latest holds."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="maturities")
    statement = models.TextField()
    evidence = models.TextField(choices=EvidenceKind, default=EvidenceKind.SELF)
    reference = models.TextField(default="", blank=True)
    stated_by = models.TextField()
    stated_on = models.DateField()
    objects = MaturityQuerySet.as_manager()

    class Handling:
        """Statements of bodies, not of people."""

        keep_days = 0
        personal: dict[str, str] = {}
        plain = {"id", "partner", "statement", "evidence", "reference", "stated_by", "stated_on"}

    def __str__(self) -> str:
        """Its words."""
        return self.statement


class ProfileQuerySet(models.QuerySet["Profile"]):
    """Public profiles."""

    def visible_to(self, _actor: Actor) -> Self:
        """Anybody may read those of partners that take part and chose so; nobody those of others."""
        return self.filter(partner__standing=PartnerStanding.PARTNER, partner__is_public=True)


class Profile(models.Model):
    """What a partner lets the world read of it; nothing by default."""

    partner = models.OneToOneField(Partner, models.CASCADE, related_name="profile")
    shows_about = models.BooleanField(default=False)
    shows_functions = models.BooleanField(default=False)
    shows_sectors = models.BooleanField(default=False)
    shows_regions = models.BooleanField(default=False)
    shows_activities = models.BooleanField(default=False)
    shows_website = models.BooleanField(default=False)
    society = models.TextField(default="", blank=True)
    objects = ProfileQuerySet.as_manager()

    class Handling:
        """Chosen to be public."""

        keep_days = 0
        personal: dict[str, str] = {}
        plain = {
            "id", "partner", "shows_about", "shows_functions", "shows_sectors", "shows_regions", "shows_activities",
            "shows_website", "society",
        }  # fmt: skip

    def __str__(self) -> str:
        """Its partner."""
        return str(self.partner_id)
