"""What a function is for and how it works, on one page, version by version."""

from typing import Final, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from schakel.policy.access import Actor, Permission
from schakel.registry.models import Partner

PARTS: Final = {
    "goal": _("Goal"),
    "audience": _("Audience"),
    "results": _("Results"),
    "activities": _("Activities"),
    "conditions": _("Conditions"),
    "partners": _("Partners"),
    "risks": _("Risks"),
}
"""The fields of a canvas, in the order of the page."""


class CanvasQuerySet(models.QuerySet["Canvas"]):
    """Versions of canvases."""

    def visible_to(self, actor: Actor) -> Self:
        """All for members: a plan is made to be read."""
        return self.all() if actor.reach(Permission.FUNCTION_VIEW) else self.none()

    def holding(self) -> Self:
        """The version of each function that holds now."""
        return self.order_by("function", "-version").distinct("function")


class Canvas(models.Model):
    """One version of what a function plans: the newest holds. Lead and coordinator are two roles, and two fields."""

    function = models.TextField()
    version = models.PositiveIntegerField()
    goal = models.TextField(default="", blank=True)
    audience = models.TextField(default="", blank=True)
    results = models.TextField(default="", blank=True)
    activities = models.TextField(default="", blank=True)
    conditions = models.TextField(default="", blank=True)
    partners = models.TextField(default="", blank=True)
    risks = models.TextField(default="", blank=True)
    lead = models.ForeignKey(Partner, models.PROTECT, null=True, related_name="+")
    coordinator = models.TextField(default="", blank=True)
    until_on = models.DateField(null=True)
    reason = models.TextField()
    made_by = models.TextField(default="", blank=True)
    made_at = models.DateTimeField()
    objects = CanvasQuerySet.as_manager()

    class Handling:
        """A plan names bodies; who wrote it is the name of an account."""

        keep_days = 0
        personal = {"made_by": "keep"}
        plain = {"id", "function", "version", *PARTS, "lead", "coordinator", "until_on", "reason", "made_at"}

    class Meta:
        verbose_name_plural = "canvases"
        constraints = [models.UniqueConstraint(name="canvas_version_once", fields=["function", "version"])]

    def __str__(self) -> str:
        """Function and version."""
        return f"{self.function} {self.version}"
