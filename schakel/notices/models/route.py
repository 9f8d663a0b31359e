"""By whom an organisation is told, and why so."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from schakel.intake.models import TLP_CHOICES, Report
from schakel.kit.states import Moves
from schakel.notices.models.finding import Severity
from schakel.registry.models import Contact, Organisation, Partner


class Via(models.TextChoices):
    """By which way an organisation is reached, in the order in which the ways are tried."""

    PREFERENCE = "preference", _("own preference")
    DESIGNATED = "designated", _("CSIRT designated by law")
    GUARDIAN = "guardian", _("guardian partner")
    CONTACT = "contact", _("the organisation itself")
    OPERATOR = "operator", _("network operator")
    UNREACHABLE = "unreachable", _("nobody")
    WITHHELD = "withheld", _("withheld")


class RouteState(models.TextChoices):
    """How far a route is."""

    READY = "ready", _("ready")
    NOTICED = "noticed", _("in a notice")
    ENDED = "ended", _("ended without a notice")


ROUTE_MOVES: Moves[RouteState] = {RouteState.READY: {RouteState.NOTICED, RouteState.ENDED}}


class Occasion(models.TextChoices):
    """Why a route was made."""

    FIRST = "first", _("first notice")
    REMINDER = "reminder", _("reminder")
    ESCALATION = "escalation", _("escalation")


class Route(models.Model):
    """By whom one organisation is told of the findings of one kind that one report opened, and why so.

    `steps` holds each candidate that was tried, in order: {via, name, partner, contact, refusal}.
    """

    report = models.ForeignKey(Report, models.PROTECT, related_name="routes", db_index=False)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="routes", db_constraint=False)
    kind = models.TextField()
    round = models.SmallIntegerField(default=0)
    occasion = models.TextField(choices=Occasion, default=Occasion.FIRST)
    via = models.TextField(choices=Via)
    refusal = models.TextField(default="", blank=True)
    steps = models.JSONField(default=list)
    partner = models.ForeignKey(
        Partner, models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, related_name="+", db_constraint=False, db_index=False
    )
    basis = models.TextField(default="", blank=True)
    severity = models.SmallIntegerField(choices=Severity)
    tlp = models.TextField(choices=TLP_CHOICES)
    findings_count = models.IntegerField()
    state = models.TextField(choices=RouteState, default=RouteState.READY)
    notice = models.ForeignKey("Notice", models.PROTECT, null=True, related_name="routes", db_constraint=False)
    made_at = models.DateTimeField()

    class Handling:
        """Who is told by whom."""

        keep_days = 730
        personal: dict[str, str] = {}
        plain = {
            "id", "report", "organisation", "kind", "round", "occasion", "via", "refusal", "steps", "partner",
            "contact", "basis", "severity", "tlp", "findings_count", "state", "notice", "made_at",
        }  # fmt: skip

    class Meta:
        constraints = [models.UniqueConstraint(name="route_once", fields=["report", "organisation", "kind", "round"])]
        indexes = [
            models.Index(fields=["report"], name="route_ready", condition=Q(state="ready")),
            models.Index(fields=["id"], name="route_desk", condition=Q(via="unreachable", refusal="")),
        ]

    def __str__(self) -> str:
        """Organisation, kind, way."""
        return f"{self.organisation_id} {self.kind} {self.via}"
