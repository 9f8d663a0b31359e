"""What a function makes in a year, and how that was chosen."""

from typing import Self

from django.db import models
from django.db.models import Q

from schakel.governance.models.words import Criterion, Decision, OfferingKind, RoundState
from schakel.policy.access import Actor, Permission

MOST_POINTS = 5


class SelectionRoundQuerySet(models.QuerySet["SelectionRound"]):
    """Selection rounds."""

    def visible_to(self, actor: Actor) -> Self:
        """All for whoever directs; for other members those whose choice has been made."""
        if actor.reach(Permission.FUNCTION_MANAGE).is_everything:
            return self.all()
        return self.filter(state=RoundState.CLOSED) if actor.reach(Permission.FUNCTION_VIEW) else self.none()


class SelectionRound(models.Model):
    """One year's choice of what a function makes."""

    function = models.TextField()
    year = models.PositiveSmallIntegerField()
    places_count = models.PositiveSmallIntegerField()
    state = models.TextField(choices=RoundState, default=RoundState.OPEN)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    words = models.TextField(default="", blank=True)
    objects = SelectionRoundQuerySet.as_manager()

    class Handling:
        """No persons."""

        keep_days = 0
        personal: dict[str, str] = {}
        plain = {"id", "function", "year", "places_count", "state", "opened_at", "closed_at", "words"}

    class Meta:
        constraints = [
            models.UniqueConstraint(name="round_once_a_year", fields=["function", "year"]),
            models.CheckConstraint(name="round_has_a_place", condition=Q(places_count__gt=0)),
            models.CheckConstraint(
                name="round_closed_at_only_when_closed",
                condition=Q(state="closed", closed_at__isnull=False) | (~Q(state="closed") & Q(closed_at=None)),
            ),
        ]

    def __str__(self) -> str:
        """Function and year."""
        return f"{self.function} {self.year}"


class Offering(models.Model):
    """A product or service that a function could make in a year."""

    round = models.ForeignKey(SelectionRound, models.CASCADE, related_name="offerings", db_index=False)  # offering_once
    title = models.TextField()
    kind = models.TextField(choices=OfferingKind, default=OfferingKind.PRODUCT)
    words = models.TextField(default="", blank=True)
    before = models.ForeignKey("self", models.PROTECT, null=True, related_name="after")
    decision = models.TextField(choices=Decision, default=Decision.OPEN)
    reason = models.TextField(default="", blank=True)
    decided_at = models.DateTimeField(null=True)

    class Handling:
        """No persons."""

        keep_days = 0
        personal: dict[str, str] = {}
        plain = {"id", "round", "title", "kind", "words", "before", "decision", "reason", "decided_at"}

    class Meta:
        constraints = [
            models.UniqueConstraint(name="offering_once", fields=["round", "title"]),
            models.CheckConstraint(
                name="offering_is_decided_with_a_reason",
                condition=Q(decision="open", decided_at=None, reason="")
                | (~Q(decision="open") & Q(decided_at__isnull=False) & ~Q(reason="")),
            ),
        ]

    def __str__(self) -> str:
        """Its title."""
        return self.title


class OfferingScore(models.Model):
    """How one offering does on one criterion: 1 (little) to 5 (much) points, with the words behind them."""

    offering = models.ForeignKey(Offering, models.CASCADE, related_name="scores", db_index=False)  # score_once
    criterion = models.TextField(choices=Criterion)
    points = models.PositiveSmallIntegerField()
    words = models.TextField(default="", blank=True)

    class Handling:
        """No persons."""

        keep_days = 0
        personal: dict[str, str] = {}
        plain = {"id", "offering", "criterion", "points", "words"}

    class Meta:
        constraints = [
            models.UniqueConstraint(name="score_once", fields=["offering", "criterion"]),
            models.CheckConstraint(name="score_of_one_to_five", condition=Q(points__gte=1, points__lte=MOST_POINTS)),
        ]

    def __str__(self) -> str:
        """Criterion and points."""
        return f"{self.criterion}: {self.points}"
