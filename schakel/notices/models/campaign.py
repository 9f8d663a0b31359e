"""Findings followed together, and how hot the network is."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from schakel.intake.models import TLP_CHOICES
from schakel.notices.models.finding import Finding, FindingQuerySet
from schakel.policy import sharing
from schakel.policy.access import Actor, Permission


class Phase(models.TextChoices):
    """How hot the network is: windows shrink and escalation is quicker as it warms."""

    COLD = "cold", _("cold")
    LUKEWARM = "lukewarm", _("lukewarm")
    WARM = "warm", _("warm")


class CampaignQuerySet(models.QuerySet["Campaign"]):
    """Campaigns."""

    def visible_to(self, actor: Actor) -> Self:
        """All for those who see campaigns everywhere; for partners those whose label lets them know."""
        reach = actor.reach(Permission.CAMPAIGN_VIEW)
        if reach.is_everything:
            return self.all()
        labels = sharing.visible_labels(sharing.Standing.GUARDIAN) if reach else frozenset[str]()
        return self.filter(tlp__in=labels)


class Campaign(models.Model):
    """Findings of one weakness or one kind, told and followed together."""

    slug = models.SlugField(unique=True)
    title = models.TextField()
    weakness = models.TextField(default="", blank=True)
    kind = models.TextField(default="", blank=True)
    tlp = models.TextField(choices=TLP_CHOICES)
    phase = models.TextField(choices=Phase, default=Phase.COLD)
    advisory_url = models.URLField(default="", blank=True)
    advisory = models.TextField(default="", blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    objects = CampaignQuerySet.as_manager()

    class Handling:
        """No persons."""

        keep_days = 3650
        personal: dict[str, str] = {}
        plain = {
            "id", "slug", "title", "weakness", "kind", "tlp", "phase", "advisory_url", "advisory", "started_at",
            "ended_at",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(name="campaign_is_about_something", condition=~Q(weakness="") | ~Q(kind="")),
        ]

    def __str__(self) -> str:
        """Its title."""
        return self.title

    def findings(self) -> FindingQuerySet:
        """The findings that it groups."""
        wanted = {name: value for name in ("weakness", "kind") if (value := getattr(self, name))}
        return Finding.objects.filter(**wanted)


class NetworkPhase(models.Model):
    """The phase that the network is in, and since when; the latest row holds."""

    phase = models.TextField(choices=Phase)
    from_at = models.DateTimeField()
    reason = models.TextField(default="", blank=True)

    class Handling:
        """No persons."""

        keep_days = 3650
        personal: dict[str, str] = {}
        plain = {"id", "phase", "from_at", "reason"}

    def __str__(self) -> str:
        """Its phase."""
        return self.phase


def phase_at(at: datetime) -> Phase:
    """The network's phase at that moment; cold where nobody said otherwise."""
    latest = NetworkPhase.objects.filter(from_at__lte=at).order_by("-from_at").values_list("phase", flat=True).first()
    return Phase(latest or Phase.COLD)
