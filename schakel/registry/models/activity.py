"""What partners and prospects do to make others resilient."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from schakel.policy.access import Actor
from schakel.registry.models.partner import Partner, Prospect


def seen_by(actor: Actor) -> Q:
    """Rows of the partners and prospects that the actor may know of."""
    partners, prospects = Partner.objects.visible_to(actor), Prospect.objects.visible_to(actor)
    return Q(partner__in=partners.values("pk")) | Q(partner__in=prospects.values("pk"))


class Side(models.TextChoices):
    """Whether an activity works on people and knowledge, or on systems and incidents (build plan, figure 2)."""

    SOFT = "soft", _("soft")
    HARD = "hard", _("hard")


class ActivityQuerySet(models.QuerySet["Activity"]):
    """Activities."""

    def visible_to(self, actor: Actor) -> Self:
        """Those of the partners and prospects that the actor sees."""
        return self.filter(seen_by(actor))


class Activity(models.Model):
    """Something that a partner or prospect does to make others resilient."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="activities", db_index=False)  # activity_once
    title = models.TextField()
    side = models.TextField(choices=Side, default=Side.SOFT)
    objects = ActivityQuerySet.as_manager()

    class Handling:
        """What partners do is no secret."""

        keep_days = 0
        personal: dict[str, str] = {}
        plain = {"id", "partner", "title", "side"}

    class Meta:
        constraints = [models.UniqueConstraint(name="activity_once", fields=["partner", "title"])]

    def __str__(self) -> str:
        """Its title."""
        return self.title
