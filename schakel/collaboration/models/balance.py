"""What partners bring, and the thanks for it: each sees its own, the coordinator all, nobody another's."""

from typing import Self, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from schakel.collaboration.models.balance_words import (
    ContributionKind,
    ExpectationState,
    Side,
    Unit,
    Verdict,
)
from schakel.collaboration.models.initiative import Initiative
from schakel.policy.access import Actor, Permission
from schakel.registry.models import Capacity, Partner

Row = TypeVar("Row", bound=models.Model)
SCORES = range(1, 6)
"""What the yearly question on added value can be answered with, from 1, little, to 5, much."""


class OfPartnerQuerySet(models.QuerySet[Row]):
    """Rows that belong to one partner."""

    def visible_to(self, actor: Actor) -> Self:
        """The partner's own and the coordinator's to see, nobody else's (build plan, section 3.4.4)."""
        reach = actor.reach(Permission.BALANCE_VIEW)
        return self.all() if reach.is_everything else self.filter(partner__in=reach.partner_ids)


class Contribution(models.Model):
    """What a partner brings in one year: in kind or money, with an amount and its unit.

    `capacity`: in which of its organisation's, where that has several.
    """

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="contributions")
    kind = models.TextField(choices=ContributionKind)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    unit = models.TextField(choices=Unit)
    what = models.TextField()
    year = models.SmallIntegerField()
    initiative = models.ForeignKey(Initiative, models.PROTECT, null=True, related_name="contributions")
    project = models.TextField(default="", blank=True)
    capacity = models.ForeignKey(Capacity, models.PROTECT, null=True, related_name="contributions")
    stated_by = models.TextField()
    stated_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    objects = OfPartnerQuerySet["Contribution"].as_manager()

    class Handling:
        """Its words may name people."""

        keep_days = 3650
        personal = {"what": "scrub", "stated_by": "keep"}
        plain = {
            "id", "partner", "kind", "amount", "unit", "year", "initiative", "project", "capacity", "stated_at",
            "withdrawn_at",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(name="contribution_is_more_than_nothing", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="contribution_money_in_euros",
                condition=Q(kind="funding", unit="euro") | (~Q(kind="funding") & ~Q(unit="euro")),
            ),
            models.CheckConstraint(
                name="contribution_money_for_something",
                condition=~Q(kind="funding") | Q(initiative__isnull=False) | ~Q(project=""),
            ),
        ]
        indexes = [models.Index(fields=["partner", "year"], name="contribution_of_year")]

    def __str__(self) -> str:
        """Amount, unit and kind."""
        return f"{self.amount} {self.unit} {self.kind}"


class Recognition(models.Model):
    """Thanks that a partner was given, in one of the forms of the plan."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="recognitions")
    form = models.SlugField()
    words = models.TextField(default="", blank=True)
    given_on = models.DateField()
    contribution = models.ForeignKey(Contribution, models.SET_NULL, null=True, related_name="recognitions")
    given_by = models.TextField()
    objects = OfPartnerQuerySet["Recognition"].as_manager()

    class Handling:
        """Its words may name people."""

        keep_days = 3650
        personal = {"words": "scrub", "given_by": "keep"}
        plain = {"id", "partner", "form", "given_on", "contribution"}

    class Meta:
        indexes = [models.Index(fields=["partner", "-given_on"], name="recognition_latest")]

    def __str__(self) -> str:
        """Partner and form."""
        return f"{self.partner_id}: {self.form}"


class Expectation(models.Model):
    """What a partner and the network expect of each other: what it brings, or what it takes and uses."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="expectations")
    side = models.TextField(choices=Side)
    words = models.TextField()
    state = models.TextField(choices=ExpectationState, default=ExpectationState.PROPOSED)
    review_on = models.DateField()
    partner_agreed_at = models.DateTimeField(null=True)
    coordinator_agreed_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(default="", blank=True)
    objects = OfPartnerQuerySet["Expectation"].as_manager()

    class Handling:
        """Its words may name people."""

        keep_days = 3650
        personal = {"words": "scrub", "end_reason": "scrub"}
        plain = {
            "id", "partner", "side", "state", "review_on", "partner_agreed_at", "coordinator_agreed_at", "made_at",
            "ended_at",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="expectation_agreed_by_both",
                condition=~Q(state="agreed") | Q(partner_agreed_at__isnull=False, coordinator_agreed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="expectation_ended_at_only_when_ended",
                condition=Q(state="ended", ended_at__isnull=False) | (~Q(state="ended") & Q(ended_at=None)),
            ),
        ]
        indexes = [models.Index(fields=["review_on"], name="expectation_due", condition=~Q(state="ended"))]

    def __str__(self) -> str:
        """Partner and side."""
        return f"{self.partner_id} {self.side}"


class ExpectationReview(models.Model):
    """A look back at an expectation: whether it was met, in words of both."""

    expectation = models.ForeignKey(Expectation, models.CASCADE, related_name="reviews")
    verdict = models.TextField(choices=Verdict)
    words = models.TextField(default="", blank=True)
    reviewed_on = models.DateField()
    reviewed_by = models.TextField()

    class Handling:
        """Its words may name people."""

        keep_days = 3650
        personal = {"words": "scrub", "reviewed_by": "keep"}
        plain = {"id", "expectation", "verdict", "reviewed_on"}

    def __str__(self) -> str:
        """Expectation and verdict."""
        return f"{self.expectation_id}: {self.verdict}"


class ValueAnswer(models.Model):
    """A partner's yearly answer to the question how much taking part brings it."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="value_answers")
    year = models.SmallIntegerField()
    score = models.SmallIntegerField()
    values = ArrayField(models.SlugField(), default=list)
    words = models.TextField(default="", blank=True)
    is_named = models.BooleanField(default=False)  # Whether the coordinator may see whose answer it is.
    answered_at = models.DateTimeField()

    class Handling:
        """Its words may name people. Who answered stands nowhere."""

        keep_days = 3650
        personal = {"words": "scrub"}
        plain = {"id", "partner", "year", "score", "values", "is_named", "answered_at"}

    class Meta:
        constraints = [
            models.UniqueConstraint(name="value_answer_once_a_year", fields=["partner", "year"]),
            models.CheckConstraint(name="value_answer_from_1_to_5", condition=Q(score__gte=1, score__lte=5)),
        ]

    def __str__(self) -> str:
        """Year and score."""
        return f"{self.year}: {self.score}"
