"""Measuring the network: who is found, who takes part, and what is missing, kept as it was on one day of a year."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Mod
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from schakel.kit.states import Moves
from schakel.policy.access import Actor, Permission
from schakel.registry.models.partner import Partner

FIRST_YEAR, LAST_YEAR = 2025, 2199
"""The baseline study was held in 2025."""


class MeasurementKind(models.TextChoices):
    """How much is measured: even years look at the gaps, odd years at everything (build plan, section 3.1)."""

    LIGHT = "light", _("limited, on the gaps")
    FULL = "full", _("full")


class MeasurementState(models.TextChoices):
    """How far a measurement is."""

    RUNNING = "running", _("running")
    CLOSED = "closed", _("closed")
    PUBLISHED = "published", _("published")


MEASUREMENT_MOVES: Moves[MeasurementState] = {
    MeasurementState.RUNNING: {MeasurementState.CLOSED},
    MeasurementState.CLOSED: {MeasurementState.RUNNING, MeasurementState.PUBLISHED},
    MeasurementState.PUBLISHED: {MeasurementState.CLOSED},
}


class Facet(models.TextChoices):
    """By what a measurement counts. A party counts in each of its functions, sectors and regions."""

    ALL = "all", _("all")
    CATEGORY = "category", _("category")
    TYPE = "type", _("type")
    FUNCTION = "function", _("function")
    SECTOR = "sector", _("sector")
    REGION = "region", _("region")
    SIDE = "side", _("activities")
    DOES = "does", _("who does something of which side")
    KNOWN = "known", _("how much is known of them")
    LEGACY = "legacy", _("earlier status")


class MeasurementQuerySet(models.QuerySet["Measurement"]):
    """Measurements."""

    def visible_to(self, actor: Actor) -> Self:
        """All for who measures; for the others who may look, what is closed."""
        if actor.may(Permission.MEASUREMENT_MANAGE):
            return self.all()
        if actor.reach(Permission.MEASUREMENT_VIEW):
            return self.exclude(state=MeasurementState.RUNNING)
        return self.none()

    def public(self) -> Self:
        """What everybody may read."""
        return self.filter(state=MeasurementState.PUBLISHED)


class Measurement(models.Model):
    """One round of measuring, of one year."""

    year = models.PositiveSmallIntegerField(unique=True)
    kind = models.TextField(choices=MeasurementKind)
    state = models.TextField(choices=MeasurementState, default=MeasurementState.RUNNING)
    regions = ArrayField(models.TextField(), default=list)
    words = models.TextField(default="", blank=True)
    begun_at = models.DateTimeField()
    measured_on = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    objects = MeasurementQuerySet.as_manager()

    class Handling:
        """A round of work names nobody."""

        keep_days = 0
        personal: dict[str, str] = {}
        plain = {
            "id", "year", "kind", "state", "regions", "words", "begun_at", "measured_on", "closed_at", "published_at",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="measurement_kind_follows_year",
                condition=Q(Exact(Mod(F("year"), 2), 1), kind="full") | Q(Exact(Mod(F("year"), 2), 0), kind="light"),
            ),
            models.CheckConstraint(
                name="measurement_closed_once_not_running",
                condition=Q(state="running", closed_at=None, measured_on=None)
                | (~Q(state="running") & Q(closed_at__isnull=False, measured_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="measurement_published_at_only_when_published",
                condition=Q(state="published", published_at__isnull=False, kind="full")
                | (~Q(state="published") & Q(published_at=None)),
            ),
            models.CheckConstraint(
                name="measurement_closes_after_its_day",
                condition=Q(measured_on=None) | Q(measured_on__lte=F("closed_at__date")),
            ),
            models.UniqueConstraint(name="measurement_one_at_a_time", fields=["state"], condition=Q(state="running")),
        ]

    def __str__(self) -> str:
        """Its year."""
        return f"{self.year}"


class MeasuredQuerySet(models.QuerySet["Measured"]):
    """Parties as a measurement found them."""

    def visible_to(self, actor: Actor) -> Self:
        """For who may know of prospects; nobody else, as most of them are."""
        is_known = actor.reach(Permission.PROSPECT_VIEW).is_everything
        return self.filter(measurement__in=Measurement.objects.visible_to(actor)) if is_known else self.none()

    def public(self) -> Self:
        """Partners of a published measurement that chose to be shown, then and still."""
        shown = self.filter(measurement__state=MeasurementState.PUBLISHED, standing="partner")
        return shown.filter(is_public=True, partner__is_public=True, partner__standing="partner")


class Measured(models.Model):
    """One partner or prospect as it stood on the day of a measurement."""

    measurement = models.ForeignKey(Measurement, models.CASCADE, related_name="measured", db_index=False)  # …_once
    partner = models.ForeignKey(Partner, models.SET_NULL, null=True, related_name="+")
    key = models.TextField()
    name = models.TextField()
    type = models.TextField()
    standing = models.TextField(choices=[("prospect", _("prospect")), ("partner", _("partner"))])
    category = models.TextField(default="", blank=True)
    functions = ArrayField(models.TextField(), default=list)
    sectors = ArrayField(models.TextField(), default=list)
    regions = ArrayField(models.TextField(), default=list)
    soft_count = models.PositiveIntegerField(default=0)
    hard_count = models.PositiveIntegerField(default=0)
    legacy = models.TextField(default="", blank=True, db_default="")
    is_public = models.BooleanField(default=False)
    objects = MeasuredQuerySet.as_manager()

    class Handling:
        """Kept for ten years, so that five full measurements can be compared; then the counts stay."""

        keep_days = 3650
        personal: dict[str, str] = {}
        plain = {
            "id", "measurement", "partner", "key", "name", "type", "standing", "category", "functions", "sectors",
            "regions", "soft_count", "hard_count", "legacy", "is_public",
        }  # fmt: skip

    class Meta:
        verbose_name_plural = "measured"
        constraints = [models.UniqueConstraint(name="measured_once", fields=["measurement", "key"])]

    def __str__(self) -> str:
        """Its name."""
        return self.name


class MeasuredCount(models.Model):
    """How many prospects or partners a measurement found under one word of a facet; zeroes are left out.

    `other` is a second word where two facets are counted against each other: function beside sector. An empty word
    stands for what is not known.
    """

    measurement = models.ForeignKey(Measurement, models.CASCADE, related_name="counts", db_index=False)  # …_once
    facet = models.TextField(choices=Facet)
    word = models.TextField(default="", blank=True)
    other = models.TextField(default="", blank=True)
    standing = models.TextField(choices=[("prospect", _("prospect")), ("partner", _("partner"))])
    count = models.PositiveIntegerField()

    class Handling:
        """Counts name nobody."""

        keep_days = 0
        personal: dict[str, str] = {}
        plain = {"id", "measurement", "facet", "word", "other", "standing", "count"}

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="measured_count_once", fields=["measurement", "facet", "word", "other", "standing"]
            ),
            models.CheckConstraint(name="measured_count_of_something", condition=Q(count__gt=0)),
        ]

    def __str__(self) -> str:
        """Facet, word and count."""
        return f"{self.facet} {self.word}: {self.count}"
