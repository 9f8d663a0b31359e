"""Advice on the next partners: a question, and the answer that was worked out."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from schakel.kit.states import Moves
from schakel.policy.access import Actor, Permission


class AdviceState(models.TextChoices):
    """How far an advice is."""

    ASKED = "asked", _("waiting")
    RUNNING = "running", _("being worked out")
    READY = "ready", _("ready")
    FAILED = "failed", _("could not be worked out")


ADVICE_MOVES: Moves[AdviceState] = {
    AdviceState.ASKED: {AdviceState.RUNNING},
    AdviceState.RUNNING: {AdviceState.RUNNING, AdviceState.READY, AdviceState.FAILED},  # Again after a killed worker.
}


class AdviceQuerySet(models.QuerySet["Advice"]):
    """Advice."""

    def visible_to(self, actor: Actor) -> Self:
        """For whoever builds the network: it names prospects."""
        return self.all() if actor.reach(Permission.ADVICE_MAKE).is_everything else self.none()


class Advice(models.Model):
    """One question about the next partners, and its answer in plain values (`oversight.advice.answering`).

    `based_on` is the advice of which this one is a "what if".
    """

    question = models.JSONField()
    answer = models.JSONField(null=True)
    refusal = models.TextField(default="", blank=True)
    based_on = models.ForeignKey("self", models.SET_NULL, null=True, related_name="variants")
    state = models.TextField(choices=AdviceState, default=AdviceState.ASKED)
    done_count = models.IntegerField(default=0)
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    objects = AdviceQuerySet.as_manager()

    class Handling:
        """Names prospects, which are organisations; who asked is the name of an account."""

        keep_days = 1095
        personal = {"asked_by": "scrub"}
        plain = {
            "id", "question", "answer", "refusal", "based_on", "state", "done_count", "asked_at", "ended_at",
        }  # fmt: skip

    class Meta:
        verbose_name_plural = "advice"
        constraints = [
            models.CheckConstraint(
                name="advice_has_its_answer_when_ready",
                condition=Q(state="ready", answer__isnull=False) | (~Q(state="ready") & Q(answer=None)),
            ),
        ]

    def __str__(self) -> str:
        """Its number."""
        return f"#{self.pk}"
