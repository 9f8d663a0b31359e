"""What stays of observations: findings, who else sees them, and how they changed."""

from typing import Self

from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _

from schakel.intake.models import TLP_CHOICES, Report, Series
from schakel.kit.states import Moves
from schakel.policy import sharing
from schakel.policy.access import Actor, Permission
from schakel.registry.models import Organisation, constituents


class Severity(models.IntegerChoices):
    """How bad, from 0; the words are those of the reports we read."""

    INFO = 0, _("for information")
    LOW = 1, _("low")
    MEDIUM = 2, _("medium")
    HIGH = 3, _("high")
    CRITICAL = 4, _("critical")


class FindingState(models.TextChoices):
    """What is known of a finding."""

    OPEN = "open", _("open")
    PROMISED = "promised", _("will be fixed")
    PRESUMED_FIXED = "presumed-fixed", _("no longer seen")
    FIXED = "fixed", _("fixed")
    NOT_OURS = "not-ours", _("not theirs")
    FALSE_ALARM = "false-alarm", _("false alarm")
    NO_LONGER_THEIRS = "no-longer-theirs", _("no longer theirs")  # The registry says so: who holds it has changed.


_S = FindingState
FINDING_MOVES: Moves[FindingState] = {
    _S.OPEN: {_S.PROMISED, _S.PRESUMED_FIXED, _S.FIXED, _S.NOT_OURS, _S.FALSE_ALARM, _S.NO_LONGER_THEIRS},
    _S.PROMISED: {
        _S.OPEN, _S.PROMISED, _S.PRESUMED_FIXED, _S.FIXED, _S.NOT_OURS, _S.FALSE_ALARM, _S.NO_LONGER_THEIRS,
    },
    _S.PRESUMED_FIXED: {_S.OPEN, _S.FIXED, _S.NOT_OURS, _S.FALSE_ALARM},
    _S.FIXED: {_S.OPEN, _S.NOT_OURS, _S.FALSE_ALARM},
    _S.NOT_OURS: {_S.OPEN, _S.FIXED},
    _S.FALSE_ALARM: {_S.OPEN, _S.FIXED},
    _S.NO_LONGER_THEIRS: {_S.OPEN},
}  # fmt: skip
UNSOLVED = (FindingState.OPEN, FindingState.PROMISED)
HOST = models.Func(
    models.F("asset"), models.Value(" "), models.Value(1), function="split_part", output_field=models.TextField()
)
"""The address or name in a finding's asset, without a port behind it."""


class FindingQuerySet(models.QuerySet["Finding"]):
    """Findings."""

    def visible_to(self, actor: Actor) -> Self:
        """All for those who see findings everywhere; for a partner those of its constituency that its label allows."""
        reach = actor.reach(Permission.FINDING_VIEW)
        if reach.is_everything:
            return self.all()
        labels = sharing.visible_labels(sharing.Standing.GUARDIAN)
        return self.filter(organisation__in=constituents(reach.partner_ids), tlp__in=labels)

    def with_last_seen(self) -> Self:
        """Adds `seen_at`: of a complete series, what is not missed was in its latest report."""
        is_steady = Q(missed_count=0, series__is_complete=True)
        return self.annotate(seen_at=Case(When(is_steady, then=F("series__latest_at")), default=F("last_seen_at")))

    def unsolved(self) -> Self:
        """Those that still need something done."""
        return self.filter(state__in=UNSOLVED)


class Finding(models.Model):
    """One organisation, one asset, one kind, one weakness: with first and last sight and a state.

    Rows come by the hundred thousand from a step that has just joined the tables they point at, so their keys carry
    no constraint in the database: each would cost as much as the row itself.
    """

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="findings", db_constraint=False, db_index=False
    )
    kind = models.TextField()
    asset = models.TextField()
    weakness = models.TextField(default="", blank=True)
    detail = models.TextField(default="", blank=True)
    operator = models.ForeignKey(  # Who runs the network around its address, of whatever is known by an address.
        Organisation, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    severity = models.SmallIntegerField(choices=Severity)
    tlp = models.TextField(choices=TLP_CHOICES)
    state = models.TextField(choices=FindingState, default=FindingState.OPEN)
    series = models.ForeignKey(Series, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    opened_in = models.ForeignKey(Report, models.PROTECT, related_name="opened", db_constraint=False, db_index=False)
    missed_count = models.SmallIntegerField(default=0)
    reopened_count = models.SmallIntegerField(default=0)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    objects = FindingQuerySet.as_manager()

    class Handling:
        """An address may be a person's."""

        keep_days = 730
        personal = {"asset": "scrub", "detail": "scrub"}
        plain = {
            "id", "organisation", "kind", "weakness", "operator", "severity", "tlp", "state", "series", "opened_in",
            "missed_count", "reopened_count", "first_seen_at", "last_seen_at", "opened_at", "closed_at", "due_on",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(name="finding_once", fields=["organisation", "kind", "asset", "weakness"]),
            models.CheckConstraint(
                name="finding_closed_at_only_when_closed",
                condition=Q(state__in=UNSOLVED, closed_at=None) | (~Q(state__in=UNSOLVED) & Q(closed_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["series"], name="finding_missed", condition=Q(state__in=UNSOLVED, missed_count__gt=0)),
            models.Index(fields=["weakness", "id"], name="finding_weakness", condition=~Q(weakness="")),
            models.Index(fields=["opened_in"], name="finding_opened_in"),
            models.Index(fields=["kind", "id"], name="finding_kind", condition=Q(state__in=UNSOLVED)),
            models.Index(HOST, name="finding_host", condition=Q(state__in=UNSOLVED)),
            models.Index(fields=["-severity", "-id"], name="finding_gravest", condition=Q(state__in=UNSOLVED)),
        ]

    def __str__(self) -> str:
        """Kind and asset."""
        return f"{self.kind} {self.asset}"


class AlsoSeen(models.Model):
    """That a second series sees a finding too: it is not gone while any series sees it."""

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="also_seen")
    series = models.ForeignKey(Series, models.PROTECT, related_name="+")
    missed_count = models.SmallIntegerField(default=0)
    last_seen_at = models.DateTimeField()

    class Handling:
        """No persons."""

        keep_days = 730
        personal: dict[str, str] = {}
        plain = {"id", "finding", "series", "missed_count", "last_seen_at"}

    class Meta:
        constraints = [models.UniqueConstraint(name="also_seen_once", fields=["finding", "series"])]

    def __str__(self) -> str:
        """Finding and series."""
        return f"{self.finding_id} {self.series_id}"


class Change(models.Model):
    """A finding that moved: what it became, and through which report or response. A new finding is its own event."""

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="changes", db_constraint=False)
    from_state = models.TextField(choices=FindingState)
    to_state = models.TextField(choices=FindingState)
    at = models.DateTimeField()
    report = models.ForeignKey(Report, models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False)
    response = models.ForeignKey(
        "Response", models.CASCADE, null=True, related_name="changes", db_constraint=False, db_index=False
    )

    class Handling:
        """No persons."""

        keep_days = 730
        personal: dict[str, str] = {}
        plain = {"id", "finding", "from_state", "to_state", "at", "report", "response"}

    class Meta:
        indexes = [models.Index(fields=["at"], name="change_at")]

    def __str__(self) -> str:
        """From and to."""
        return f"{self.finding_id}: {self.from_state} → {self.to_state}"
