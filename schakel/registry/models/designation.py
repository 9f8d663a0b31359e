"""Which partner the law designates as the CSIRT of a sector, and for how long."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from schakel.policy.access import Actor, Permission
from schakel.registry.models.partner import Partner


class DesignationQuerySet(models.QuerySet["Designation"]):
    """Designations."""

    def visible_to(self, actor: Actor) -> Self:
        """All, with their partner: whom the law designates is no secret among members."""
        rows = self.select_related("partner").order_by("sector", "from_on", "pk")
        return rows if actor.reach(Permission.LAW_VIEW) else rows.none()


class Designation(models.Model):
    """One partner, designated as the CSIRT of one sector (Cyberbeveiligingswet, article 16(1); NIS2, article 10)."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="designations", db_index=False)  # …_once
    sector = models.TextField()
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    basis = models.TextField(default="", blank=True)
    source = models.TextField(default="", blank=True)
    checked_on = models.DateField(null=True)
    is_certain = models.BooleanField(default=False)
    objects = DesignationQuerySet.as_manager()

    class Handling:
        """Designations are public."""

        keep_days = 0
        personal: dict[str, str] = {}
        plain = {"id", "partner", "sector", "from_on", "until_on", "basis", "source", "checked_on", "is_certain"}

    class Meta:
        constraints = [
            models.UniqueConstraint(name="designation_once", fields=["partner", "sector", "from_on"]),
            models.CheckConstraint(
                name="designation_runs_forward", condition=Q(until_on=None) | Q(from_on__lt=F("until_on"))
            ),
        ]
        indexes = [models.Index(fields=["sector"], name="designation_by_sector")]

    def __str__(self) -> str:
        """Partner and sector."""
        return f"{self.partner_id} {self.sector}"
