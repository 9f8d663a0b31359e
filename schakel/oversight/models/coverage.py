"""Who can be reached, as counted: one count for each day, its tables, and each partner's share."""

from typing import Self

from django.db import models
from django.db.models import Q

from schakel.policy.access import Actor, Permission
from schakel.registry.models import Partner


class CoverageQuerySet(models.QuerySet["Coverage"]):
    """Counts of coverage."""

    def visible_to(self, actor: Actor) -> Self:
        """For those who oversee the whole: small cells tell who is whose member."""
        return self.all() if actor.reach(Permission.COVERAGE_VIEW).is_everything else self.none()


class Coverage(models.Model):
    """One count of who can be reached, as the registry and the notices stood at `counted_at` of day `on`."""

    on = models.DateField(unique=True)
    counted_at = models.DateTimeField()
    organisations_count = models.BigIntegerField()
    partners_count = models.IntegerField()
    memberships_count = models.BigIntegerField()
    estimates_count = models.IntegerField()
    fingerprint = models.TextField()
    objects = CoverageQuerySet.as_manager()

    class Handling:
        """Counts of the whole country name nobody."""

        keep_days = 3650
        personal: dict[str, str] = {}
        plain = {
            "id", "on", "counted_at", "organisations_count", "partners_count", "memberships_count",
            "estimates_count", "fingerprint",
        }  # fmt: skip

    def __str__(self) -> str:
        """Its day."""
        return str(self.on)


class CoverageTable(models.Model):
    """One table of a count for one function.

    `by` names the dimensions by which it tells apart. Each of `cells` is a list: the cell's values, then population,
    held back, listed, low and high, then told, opened and answered where the function is measured.
    `digest` changes with them.
    """

    coverage = models.ForeignKey(Coverage, models.CASCADE, related_name="tables", db_index=False)  # table_once
    function = models.TextField()
    by = models.TextField()
    cells = models.JSONField()
    digest = models.TextField(default="", db_default="")

    class Handling:
        """As the count's."""

        keep_days = 3650
        personal: dict[str, str] = {}
        plain = {"id", "coverage", "function", "by", "cells", "digest"}

    class Meta:
        constraints = [
            models.UniqueConstraint(name="coverage_table_once", fields=["coverage", "function", "by"]),
        ]

    def __str__(self) -> str:
        """Function and dimensions."""
        return f"{self.function} {self.by}"


class CoverageShareQuerySet(models.QuerySet["CoverageShare"]):
    """Shares of partners in the coverage."""

    def visible_to(self, actor: Actor) -> Self:
        """All for the coordinator, its own for a partner; who only oversees sees no single partner."""
        reach = actor.reach(Permission.COVERAGE_VIEW)
        if reach.is_everything and actor.reach(Permission.REGISTRY_VIEW).is_everything:
            return self.all()
        return self.filter(partner_id__in=reach.partner_ids)


class CoverageShare(models.Model):
    """What one partner holds of the coverage at the latest count: its members, and whom nobody else reaches.

    `alone` counts by function; `parts` holds by dimension and value the members and then those reached alone, in the
    order of the functions; `paper` by region the members and then those whom it reaches on paper. Told, opened and
    answered count organisations of which it was told in the past year; `steps` holds the same three by region.
    """

    partner = models.OneToOneField(Partner, models.CASCADE, related_name="coverage_share")
    members = models.BigIntegerField()
    alone = models.JSONField(default=dict)
    parts = models.JSONField(default=dict)
    paper = models.JSONField(default=dict)
    steps = models.JSONField(default=dict)
    told = models.BigIntegerField(default=0)
    opened = models.BigIntegerField(default=0)
    answered = models.BigIntegerField(default=0)
    digest = models.TextField()
    counted_at = models.DateTimeField()
    objects = CoverageShareQuerySet.as_manager()

    class Handling:
        """Counts name nobody; small ones are not shown to others."""

        keep_days = 0
        personal: dict[str, str] = {}
        plain = {
            "id", "partner", "members", "alone", "parts", "paper", "steps", "told", "opened", "answered", "digest",
            "counted_at",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="coverage_share_goes_down",
                condition=Q(answered__lte=models.F("told"), opened__lte=models.F("told")),
            ),
        ]

    def __str__(self) -> str:
        """Partner and members."""
        return f"{self.partner_id}: {self.members}"
