"""What runs in and around the network, and what was decided of it."""

from datetime import date, timedelta
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from schakel.collaboration.models.words import (
    RUNNING,
    InitiativeKind,
    InitiativeState,
    Outcome,
    Precision,
    Step,
    Tie,
)
from schakel.policy.access import Actor, Permission
from schakel.registry.models import Partner

STALE_DAYS = 365
"""The register is an overview of the year (roadmap 2026): what nobody looked at for so long is to be checked."""


class InitiativeQuerySet(models.QuerySet["Initiative"]):
    """Initiatives."""

    def visible_to(self, actor: Actor) -> Self:
        """The register is for all members, and for nobody else."""
        return self.all() if actor.reach(Permission.INITIATIVE_VIEW) else self.none()

    def managed_by(self, actor: Actor) -> Self:
        """Those that the actor may change: all, or those that its partners own."""
        reach = actor.reach(Permission.INITIATIVE_MANAGE)
        return self.all() if reach.is_everything else self.filter(owner__in=reach.partner_ids)

    def running(self) -> Self:
        """Those that have neither stopped nor gone up in another."""
        return self.filter(state__in=RUNNING)

    def seeking(self) -> Self:
        """Those that run and look for partners."""
        return self.running().exclude(seeks="")

    def not_in_the_centre(self) -> Self:
        """Those that are no part (yet) of the central programme."""
        return self.exclude(tie=Tie.PART)

    def by_name(self) -> Self:
        """With `sorted_name`, the order of lists: capitals or not."""
        return self.annotate(sorted_name=Lower("name"))

    def stale(self, on: date) -> Self:
        """Those that run and were not checked for a year."""
        unchecked = Q(checked_on=None) | Q(checked_on__lte=on - timedelta(days=STALE_DAYS))
        return self.running().filter(unchecked)


class Initiative(models.Model):
    """A running or former activity of one or more organisations: a programme, group, network, tool or plan."""

    slug = models.SlugField(unique=True)
    name = models.TextField()
    name_en = models.TextField(default="", blank=True)
    kind = models.TextField(choices=InitiativeKind)
    about = models.TextField(default="", blank=True)
    about_en = models.TextField(default="", blank=True)
    audience = models.TextField(default="", blank=True)
    functions = ArrayField(models.TextField(), default=list)
    owner = models.ForeignKey(Partner, models.PROTECT, null=True, related_name="initiatives")
    owner_name = models.TextField(default="", blank=True)  # A body outside the network.
    url = models.TextField(default="", blank=True)
    seeks = models.TextField(default="", blank=True)  # For what it looks for partners; empty where it does not.
    began_in = models.SmallIntegerField(null=True)
    ended_in = models.SmallIntegerField(null=True)
    state = models.TextField(choices=InitiativeState, default=InitiativeState.UNDECIDED)
    state_reason = models.TextField(default="", blank=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, related_name="predecessors")
    is_central = models.BooleanField(default=False)
    tie = models.TextField(choices=Tie, default=Tie.UNKNOWN)
    outcome = models.TextField(choices=Outcome, default="", blank=True)  # Of the last assessment.
    source = models.TextField(default="", blank=True)
    is_certain = models.BooleanField(default=True)
    checked_on = models.DateField(null=True)
    is_from_list = models.BooleanField(default=False)  # As loaded; false once somebody here has changed it.
    made_at = models.DateTimeField()
    objects = InitiativeQuerySet.as_manager()

    class Handling:
        """What bodies do together; no persons."""

        keep_days = 0
        personal: dict[str, str] = {}
        plain = {
            "id", "slug", "name", "name_en", "kind", "about", "about_en", "audience", "functions", "owner",
            "owner_name", "url", "seeks", "began_in", "ended_in", "state", "state_reason", "successor", "is_central",
            "tie", "outcome", "source", "is_certain", "checked_on", "is_from_list", "made_at",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(name="initiative_has_one_owner_at_most", condition=Q(owner=None) | Q(owner_name="")),
            models.CheckConstraint(
                name="initiative_merged_has_a_successor",
                condition=Q(state="merged", successor__isnull=False) | (~Q(state="merged") & Q(successor=None)),
            ),
            models.CheckConstraint(
                name="initiative_decided_with_a_reason", condition=Q(state="undecided") | ~Q(state_reason="")
            ),
            models.CheckConstraint(name="initiative_is_not_its_own_successor", condition=~Q(successor=models.F("id"))),
            models.CheckConstraint(
                name="initiative_years_run_forward",
                condition=Q(began_in=None) | Q(ended_in=None) | Q(began_in__lte=models.F("ended_in")),
            ),
            models.CheckConstraint(
                name="initiative_central_is_part_of_itself", condition=Q(is_central=False) | Q(tie="part")
            ),
            models.UniqueConstraint(
                name="initiative_central_once", fields=["is_central"], condition=Q(is_central=True)
            ),
        ]
        indexes = [models.Index(fields=["name", "id"], name="initiative_by_name")]

    def __str__(self) -> str:
        """Its name."""
        return self.name

    @property
    def is_running(self) -> bool:
        """Whether it has neither stopped nor gone up in another."""
        return self.state in RUNNING

    def is_stale(self, on: date) -> bool:
        """Whether it runs and nobody checked it for a year."""
        return self.is_running and (self.checked_on is None or self.checked_on <= on - timedelta(days=STALE_DAYS))


class InitiativeStep(models.Model):
    """One thing that happened to an initiative in the register: what it became, and why."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="steps")
    step = models.TextField(choices=Step)
    became = models.TextField(default="", blank=True)
    reason = models.TextField(default="", blank=True)
    by = models.TextField()
    at = models.DateTimeField()

    class Handling:
        """Who acted is a name of office."""

        keep_days = 3650
        personal = {"by": "keep"}
        plain = {"id", "initiative", "step", "became", "reason", "at"}

    class Meta:
        indexes = [models.Index(fields=["initiative", "-at", "-id"], name="initiative_step_latest")]

    def __str__(self) -> str:
        """Initiative and step."""
        return f"{self.initiative_id}: {self.step} {self.became}".rstrip()


class Milestone(models.Model):
    """Something of note in an initiative's life, on a day, in a month or in a year."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="milestones")
    on = models.DateField()
    precision = models.TextField(choices=Precision, default=Precision.DAY)
    words = models.TextField()
    words_en = models.TextField(default="", blank=True)

    class Handling:
        """No persons."""

        keep_days = 0
        personal: dict[str, str] = {}
        plain = {"id", "initiative", "on", "precision", "words", "words_en"}

    class Meta:
        constraints = [models.UniqueConstraint(name="milestone_once", fields=["initiative", "on", "words"])]

    def __str__(self) -> str:
        """Day and words."""
        return f"{self.on} {self.words}"


class Assessment(models.Model):
    """What a look at coupling an initiative to the central programme came to."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="assessments")
    outcome = models.TextField(choices=Outcome)
    tie = models.TextField(choices=Tie)
    reason = models.TextField()
    assessed_on = models.DateField()
    by = models.TextField()

    class Handling:
        """Who assessed is a name of office."""

        keep_days = 3650
        personal = {"by": "keep"}
        plain = {"id", "initiative", "outcome", "tie", "reason", "assessed_on"}

    def __str__(self) -> str:
        """Initiative and outcome."""
        return f"{self.initiative_id}: {self.outcome}"
