"""In which capacity an organisation acts that has several, such as coordinator and national CSIRT at once."""

from datetime import date
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from schakel.policy.access import Actor, Permission
from schakel.registry.models.organisation import Organisation

_DAYS = Func(F("from_on"), F("until_on"), Value("[)"), function="daterange", output_field=DateRangeField())


class CapacityLabel(models.TextChoices):
    """The capacities that the build plan tells apart (section 6.1.1)."""

    COORDINATOR = "coordinator", _("execution coordinator")
    NATIONAL_CSIRT = "national-csirt", _("national CSIRT")
    SECTORAL_CSIRT = "sectoral-csirt", _("sectoral CSIRT")
    KNOWLEDGE_CENTRE = "knowledge-centre", _("knowledge and advice centre")


class CapacityQuerySet(models.QuerySet["Capacity"]):
    """Capacities."""

    def visible_to(self, actor: Actor) -> Self:
        """All for members: roles in the network are no secret among those who take part."""
        return self.all() if actor.reach(Permission.PARTNER_VIEW) else self.none()

    def on(self, day: date) -> Self:
        """Those that are held on `day`."""
        return self.filter(Q(until_on=None) | Q(until_on__gt=day), from_on__lte=day)

    def of_coordinator(self, day: date) -> Self:
        """Every capacity of the organisation that coordinates on `day`."""
        coordinator = Capacity.objects.on(day).filter(label=CapacityLabel.COORDINATOR)
        return self.on(day).filter(organisation__in=coordinator.values("organisation"))


class Capacity(models.Model):
    """One capacity of an organisation, from when until when; one organisation at a time is coordinator."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="capacities", db_index=False)
    label = models.TextField(choices=CapacityLabel)
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    objects = CapacityQuerySet.as_manager()

    class Handling:
        """Offices, not people."""

        keep_days = 0
        personal: dict[str, str] = {}
        plain = {"id", "organisation", "label", "from_on", "until_on"}

    class Meta:
        constraints = [
            models.UniqueConstraint(name="capacity_once", fields=["organisation", "label", "from_on"]),
            models.CheckConstraint(
                name="capacity_runs_forward", condition=Q(until_on=None) | Q(from_on__lt=F("until_on"))
            ),
            ExclusionConstraint(
                name="capacity_one_coordinator",
                expressions=[(_DAYS, RangeOperators.OVERLAPS)],
                condition=Q(label="coordinator"),
            ),
        ]

    def __str__(self) -> str:
        """Organisation and label."""
        return f"{self.organisation_id}: {self.label}"
