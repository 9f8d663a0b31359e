"""What partners want of the network, and where that clashes."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from schakel.collaboration.models.balance_words import ConflictState
from schakel.policy.access import Actor, Permission
from schakel.registry.models import Partner


class InterestStatementQuerySet(models.QuerySet["InterestStatement"]):
    """Statements of interests."""

    def visible_to(self, actor: Actor) -> Self:
        """Those of the partners that the actor may know of: the register is open among partners (section 3.4)."""
        if not actor.reach(Permission.INTEREST_VIEW):
            return self.none()
        return self.filter(partner__in=Partner.objects.visible_to(actor))

    def by_partner(self) -> Self:
        """With `sorted_key`, the order of the register for programs."""
        return self.annotate(sorted_key=F("partner__key"))


class InterestStatement(models.Model):
    """A partner's yearly statement: what it wants to get, and which interests others should know of.

    `private` is for the coordinator alone.
    """

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="interest_statements")
    year = models.SmallIntegerField()
    aims = models.TextField()
    interests = models.TextField(default="", blank=True)
    private = models.TextField(default="", blank=True)
    stated_by = models.TextField()
    stated_at = models.DateTimeField()
    objects = InterestStatementQuerySet.as_manager()

    class Handling:
        """Its words may name people."""

        keep_days = 3650
        personal = {"aims": "scrub", "interests": "scrub", "private": "scrub", "stated_by": "keep"}
        plain = {"id", "partner", "year", "stated_at"}

    class Meta:
        constraints = [
            models.UniqueConstraint(name="interest_statement_once_a_year", fields=["partner", "year"]),
            models.CheckConstraint(name="interest_statement_says_something", condition=~Q(aims="")),
        ]

    def __str__(self) -> str:
        """Partner and year."""
        return f"{self.partner_id} {self.year}"


class InterestConflictQuerySet(models.QuerySet["InterestConflict"]):
    """Clashing interests."""

    def visible_to(self, actor: Actor) -> Self:
        """All for the coordinator; a partner its own, and those with it that were shared with it."""
        reach = actor.reach(Permission.BALANCE_VIEW)
        if reach.is_everything:
            return self.all()
        shared = Q(other__in=reach.partner_ids, shared_at__isnull=False)
        return self.filter(Q(partner__in=reach.partner_ids) | shared)


class InterestConflict(models.Model):
    """Interests of a partner that clash with another's or with the network's, and what the talks came to."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="interest_conflicts")
    other = models.ForeignKey(Partner, models.PROTECT, null=True, related_name="+")  # None: with the network itself.
    what = models.TextField()
    state = models.TextField(choices=ConflictState, default=ConflictState.OPEN)
    raised_by = models.TextField()
    raised_at = models.DateTimeField()
    shared_at = models.DateTimeField(null=True)  # Since when the other partner knows of it.
    outcome = models.TextField(default="", blank=True)
    ended_at = models.DateTimeField(null=True)
    objects = InterestConflictQuerySet.as_manager()

    class Handling:
        """Its words may name people."""

        keep_days = 3650
        personal = {"what": "scrub", "outcome": "scrub", "raised_by": "keep"}
        plain = {"id", "partner", "other", "state", "raised_at", "shared_at", "ended_at"}

    class Meta:
        constraints = [
            models.CheckConstraint(name="interest_conflict_is_between_two", condition=~Q(partner=F("other"))),
            models.CheckConstraint(
                name="interest_conflict_shared_with_somebody", condition=Q(shared_at=None) | Q(other__isnull=False)
            ),
            models.CheckConstraint(
                name="interest_conflict_ended_with_an_outcome",
                condition=Q(state="open", ended_at=None)
                | (~Q(state="open") & Q(ended_at__isnull=False) & ~Q(outcome="")),
            ),
        ]

    def __str__(self) -> str:
        """Partner and state."""
        return f"{self.partner_id}: {self.state}"


class ConflictTalk(models.Model):
    """One talk about clashing interests, and what came of it."""

    conflict = models.ForeignKey(InterestConflict, models.CASCADE, related_name="talks")
    on = models.DateField()
    words = models.TextField()
    outcome = models.TextField(default="", blank=True)
    written_by = models.TextField()

    class Handling:
        """Its words may name people."""

        keep_days = 3650
        personal = {"words": "scrub", "outcome": "scrub", "written_by": "keep"}
        plain = {"id", "conflict", "on"}

    def __str__(self) -> str:
        """Its day."""
        return f"{self.on}"
