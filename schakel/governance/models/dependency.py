"""What the functions give each other."""

from typing import Final, Self

from django.db import models
from django.db.models import F, Q

from schakel.governance.models.words import FlowKind
from schakel.policy.access import Actor, Permission

EVERY: Final = "*"
"""Stands for every function at the end of a flow."""


class DependencyQuerySet(models.QuerySet["Dependency"]):
    """Flows between functions."""

    def visible_to(self, actor: Actor) -> Self:
        """All for members."""
        return self.all() if actor.reach(Permission.FUNCTION_VIEW) else self.none()

    def running(self) -> Self:
        """Those that hold now, in the order in which they were written down."""
        return self.filter(ended_at=None).order_by("pk")


class Dependency(models.Model):
    """One flow from a function to another, with its meaning and where we have that from."""

    key = models.TextField(unique=True)
    from_function = models.TextField()
    to_function = models.TextField()
    kind = models.TextField(choices=FlowKind)
    meaning_nl = models.TextField()
    meaning_en = models.TextField(default="", blank=True)
    figure = models.TextField(default="", blank=True)
    is_figure_certain = models.BooleanField(default=True)
    source = models.TextField()
    checked_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(default="", blank=True)
    objects = DependencyQuerySet.as_manager()

    class Handling:
        """No persons."""

        keep_days = 0
        personal: dict[str, str] = {}
        plain = {
            "id", "key", "from_function", "to_function", "kind", "meaning_nl", "meaning_en", "figure",
            "is_figure_certain", "source", "checked_on", "ended_at", "end_reason",
        }  # fmt: skip

    class Meta:
        verbose_name_plural = "dependencies"
        constraints = [
            models.CheckConstraint(
                name="dependency_joins_two_functions",
                condition=~Q(from_function=F("to_function")) & ~Q(from_function=EVERY),
            ),
            models.CheckConstraint(
                name="dependency_ends_with_a_reason",
                condition=Q(ended_at=None, end_reason="") | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
            ),
        ]

    def __str__(self) -> str:
        """From where to where."""
        return f"{self.from_function} > {self.to_function}"

    def meaning(self, language: str) -> str:
        """What it means, in English where that was written, else in Dutch."""
        return self.meaning_en if language == "en" and self.meaning_en else self.meaning_nl
