"""What goes wrong in an agreement, and how partners leave."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from schakel.kit.states import Moves
from schakel.policy.access import Actor, Permission
from schakel.registry.models.agreement import Agreement
from schakel.registry.models.partner import Partner


class BreachKind(models.TextChoices):
    """Which condition was not kept (build plan, section 3.5)."""

    TLP = "tlp", _("information passed on further than its TLP label allows")
    TRUST = "trust", _("trust: no contact, no meetings, secrecy not kept")
    RECIPROCITY = "reciprocity", _("reciprocity: the promised effort was not made")
    MATURITY = "maturity", _("maturity: the level that was stated is not there")
    OTHER = "other", _("another part of the agreement")


class BreachState(models.TextChoices):
    """How far a breach is."""

    OPEN = "open", _("logged")
    DISCUSSED = "discussed", _("talked about")
    SETTLED = "settled", _("settled")


BREACH_MOVES: Moves[BreachState] = {
    BreachState.OPEN: {BreachState.DISCUSSED, BreachState.SETTLED},
    BreachState.DISCUSSED: {BreachState.DISCUSSED, BreachState.SETTLED},
}


class BreachQuerySet(models.QuerySet["Breach"]):
    """Breaches."""

    def visible_to(self, actor: Actor) -> Self:
        """All for the coordinator; a partner those of its own agreements: it has to be able to answer."""
        reach = actor.reach(Permission.AGREEMENT_VIEW)
        return self.all() if reach.is_everything else self.filter(agreement__partner_id__in=reach.partner_ids)

    def unsettled(self) -> Self:
        """Those that still wait for a talk or an outcome."""
        return self.exclude(state=BreachState.SETTLED)


class Breach(models.Model):
    """That a partner did not keep to its agreement: what happened, the talk about it, and the outcome."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="breaches")
    kind = models.TextField(choices=BreachKind)
    words = models.TextField()
    happened_on = models.DateField()
    state = models.TextField(choices=BreachState, default=BreachState.OPEN)
    talk_on = models.DateField(null=True)
    outcome = models.TextField(default="", blank=True)
    logged_at = models.DateTimeField()
    logged_by = models.TextField()
    settled_at = models.DateTimeField(null=True)
    objects = BreachQuerySet.as_manager()

    class Handling:
        """About bodies, but words may name people."""

        keep_days = 1825
        personal = {"words": "scrub", "outcome": "scrub"}
        plain = {"id", "agreement", "kind", "happened_on", "state", "talk_on", "logged_at", "logged_by", "settled_at"}

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="breach_settled_has_its_outcome",
                condition=(Q(state="settled", settled_at__isnull=False) & ~Q(outcome=""))
                | (~Q(state="settled") & Q(settled_at=None)),
            )
        ]

    def __str__(self) -> str:
        """Kind and day."""
        return f"{self.kind} {self.happened_on}"


class DepartureQuerySet(models.QuerySet["Departure"]):
    """Departures."""

    def visible_to(self, actor: Actor) -> Self:
        """For the coordinator, who learns from them."""
        return self.all() if actor.reach(Permission.AGREEMENT_VIEW).is_everything else self.none()


class Departure(models.Model):
    """That a partner left: on whose initiative, from which functions, why, and what the network learns from it."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="departures")
    is_own_wish = models.BooleanField()
    reasons = models.TextField()
    lessons = models.TextField()
    functions = ArrayField(
        models.TextField(), default=list, db_default=models.Value([], ArrayField(models.TextField()))
    )
    left_at = models.DateTimeField()
    left_by = models.TextField()
    objects = DepartureQuerySet.as_manager()

    class Handling:
        """Words may name people."""

        keep_days = 3650
        personal = {"reasons": "scrub", "lessons": "scrub"}
        plain = {"id", "partner", "is_own_wish", "functions", "left_at", "left_by"}

    def __str__(self) -> str:
        """Partner and day."""
        return f"{self.partner_id} {self.left_at:%Y-%m-%d}"
