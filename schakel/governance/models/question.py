"""What members ask of a function, or of the network."""

from typing import Self

from django.db import models
from django.db.models import Q

from schakel.governance.models.selection import Offering
from schakel.governance.models.words import QuestionState
from schakel.policy.access import Actor, Permission
from schakel.registry.models import Partner


class QuestionQuerySet(models.QuerySet["Question"]):
    """Questions."""

    def visible_to(self, actor: Actor) -> Self:
        """All for whoever directs; for a partner its own, and those that were answered and may be shared."""
        if actor.reach(Permission.FUNCTION_MANAGE).is_everything:
            return self.all()
        ours = actor.reach(Permission.FUNCTION_VIEW).partner_ids
        if not ours:
            return self.none()
        return self.filter(Q(partner__in=ours) | Q(is_shared=True, state=QuestionState.ANSWERED))

    def waiting(self) -> Self:
        """Those that nobody has settled."""
        return self.filter(state__in=[QuestionState.NEW, QuestionState.TAKEN])


class Question(models.Model):
    """Something asked of a function (empty: of the network as a whole), and what became of it."""

    function = models.TextField(default="", blank=True)
    title = models.TextField()
    words = models.TextField(default="", blank=True)
    partner = models.ForeignKey(Partner, models.PROTECT, null=True, related_name="+")
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    is_shared = models.BooleanField(default=False)
    state = models.TextField(choices=QuestionState, default=QuestionState.NEW)
    owner = models.TextField(default="", blank=True)
    answer = models.TextField(default="", blank=True)
    settled_at = models.DateTimeField(null=True)
    offering = models.ForeignKey(Offering, models.SET_NULL, null=True, related_name="questions")
    objects = QuestionQuerySet.as_manager()

    class Handling:
        """Who asked and who answers are names of accounts; the words may say more."""

        keep_days = 1825
        personal = {"asked_by": "scrub", "owner": "scrub", "title": "scrub", "words": "scrub", "answer": "scrub"}
        plain = {"id", "function", "partner", "asked_at", "is_shared", "state", "settled_at", "offering"}

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="question_is_settled_with_words",
                condition=(Q(state__in=["answered", "declined"], settled_at__isnull=False) & ~Q(answer=""))
                | (Q(state__in=["new", "taken"], settled_at=None)),
            ),
        ]
        indexes = [models.Index(fields=["function", "state"], name="question_by_function")]

    def __str__(self) -> str:
        """Its title."""
        return self.title
