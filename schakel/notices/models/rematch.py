"""That stored observations were matched again, since the registry had changed, and what came of it."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from schakel.kit.states import Moves
from schakel.policy.access import Actor, Permission


class RematchState(models.TextChoices):
    """How far a run is."""

    RUNNING = "running", _("running")
    DONE = "done", _("done")
    STOPPED = "stopped", _("stopped half-way")


REMATCH_MOVES: Moves[RematchState] = {RematchState.RUNNING: {RematchState.DONE, RematchState.STOPPED}}


class RematchQuerySet(models.QuerySet["Rematch"]):
    """Runs."""

    def visible_to(self, actor: Actor) -> Self:
        """All for those who see reports; a run spans constituencies, so partners see none."""
        return self.all() if actor.reach(Permission.REPORT_VIEW).is_everything else self.none()


class Rematch(models.Model):
    """One run over the stored observations, for what changed in the registry between two revisions.

    `constituencies_until`: the number of the last change of a constituency that it took in. `counts`: what it saw and
    did, by name (see `notices.rematching`); while it runs, how far it is.
    """

    state = models.TextField(choices=RematchState, default=RematchState.RUNNING)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    assets_from = models.BigIntegerField()
    assets_until = models.BigIntegerField()
    constituencies_from = models.BigIntegerField()
    constituencies_until = models.BigIntegerField()
    counts = models.JSONField(default=dict)
    objects = RematchQuerySet.as_manager()

    class Handling:
        """Counts."""

        keep_days = 730
        personal: dict[str, str] = {}
        plain = {
            "id", "state", "begun_at", "ended_at", "assets_from", "assets_until", "constituencies_from",
            "constituencies_until", "counts",
        }  # fmt: skip

    class Meta:
        verbose_name_plural = "rematches"
        constraints = [
            models.CheckConstraint(
                name="rematch_ended_at_only_when_ended",
                condition=Q(state="running", ended_at=None) | (~Q(state="running") & Q(ended_at__isnull=False)),
            ),
            models.UniqueConstraint(name="rematch_runs_once", fields=["state"], condition=Q(state="running")),
        ]

    def __str__(self) -> str:
        """State and moment."""
        return f"{self.state} {self.begun_at}"
