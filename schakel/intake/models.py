"""Who reports, and what was sent. The rows themselves are columns in files (see `store`)."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from schakel.kit.states import Moves
from schakel.policy.access import Actor, Permission
from schakel.policy.sharing import Terms, Tlp

TLP_CHOICES = [(label.value, label.marking) for label in Tlp]


class ReportState(models.TextChoices):
    """How far a report is on its way."""

    RECEIVED = "received", _("received")
    PARSED = "parsed", _("read")
    MATCHED = "matched", _("matched")
    TRACKED = "tracked", _("compared")
    ROUTED = "routed", _("routed")
    COMPOSED = "composed", _("notices made")
    REFUSED = "refused", _("refused")


REPORT_MOVES: Moves[ReportState] = {
    ReportState.RECEIVED: {ReportState.PARSED, ReportState.REFUSED},
    ReportState.PARSED: {ReportState.MATCHED},
    ReportState.MATCHED: {ReportState.TRACKED},
    ReportState.TRACKED: {ReportState.ROUTED},
    ReportState.ROUTED: {ReportState.COMPOSED},
    ReportState.REFUSED: {ReportState.RECEIVED},
}


class Source(models.Model):
    """Somebody who reports, and their terms."""

    slug = models.SlugField(unique=True)
    name = models.TextField()
    tlp = models.TextField(choices=TLP_CHOICES, default=Tlp.AMBER.value)
    is_operator_allowed = models.BooleanField(default=False)
    holds_personal_data = models.BooleanField(default=True)

    class Handling:
        """Sources are organisations."""

        keep_days = 0
        personal: dict[str, str] = {}
        plain = {"id", "slug", "name", "tlp", "is_operator_allowed", "holds_personal_data"}

    def __str__(self) -> str:
        """Its name."""
        return self.name


class Weakness(models.Model):
    """What is known of one published weakness: whether it is being used, and how likely and how bad that is."""

    cve = models.TextField(unique=True)
    is_kev = models.BooleanField(default=False)
    epss = models.FloatField(null=True)
    cvss = models.FloatField(null=True)

    class Handling:
        """Public."""

        keep_days = 0
        personal: dict[str, str] = {}
        plain = {"id", "cve", "is_kev", "epss", "cvss"}

    class Meta:
        verbose_name_plural = "weaknesses"
        constraints = [
            models.CheckConstraint(name="weakness_epss_is_a_chance", condition=Q(epss__range=(0, 1))),
            models.CheckConstraint(name="weakness_cvss_to_ten", condition=Q(cvss__range=(0, 10))),
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.cve


class Series(models.Model):
    """The reports of one type from one source. Of a complete series, what is not in the next report has gone.

    `compared`: the newest report, where the findings stand as it told; null where they must be looked at one by one.
    """

    source = models.ForeignKey(Source, models.PROTECT, related_name="series")
    type = models.TextField()
    is_complete = models.BooleanField(default=False)
    latest_at = models.DateTimeField(null=True)
    compared = models.ForeignKey("Report", models.SET_NULL, null=True, related_name="+", db_index=False)

    class Handling:
        """No persons."""

        keep_days = 0
        personal: dict[str, str] = {}
        plain = {"id", "source", "type", "is_complete", "latest_at", "compared"}

    class Meta:
        verbose_name_plural = "series"
        constraints = [models.UniqueConstraint(name="series_once", fields=["source", "type"])]

    def __str__(self) -> str:
        """Source and type."""
        return f"{self.source_id} {self.type}"


class ReportQuerySet(models.QuerySet["Report"]):
    """Reports."""

    def visible_to(self, actor: Actor) -> Self:
        """All for those who see reports; a report spans constituencies, so partners see none."""
        return self.all() if actor.reach(Permission.REPORT_VIEW).is_everything else self.none()


class Report(models.Model):
    """What a source sent, once: the same bytes from the same source are the same report.

    With `again_of`: those rows of that report that were looked at again, because the registry had changed (ADR 22).
    """

    series = models.ForeignKey(Series, models.PROTECT, related_name="reports")
    again_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="looked_at_again")
    name = models.TextField()
    digest = models.TextField()
    format = models.TextField(default="")
    tlp = models.TextField(choices=TLP_CHOICES)
    embargo_until = models.DateTimeField(null=True)
    state = models.TextField(choices=ReportState, default=ReportState.RECEIVED)
    received_at = models.DateTimeField()
    observed_at = models.DateTimeField(null=True)
    size_bytes = models.BigIntegerField(default=0)
    rows_count = models.BigIntegerField(default=0)
    quarantined_count = models.BigIntegerField(default=0)
    unmatched_count = models.BigIntegerField(default=0)
    matched_count = models.BigIntegerField(default=0)
    figures = models.JSONField(default=dict)
    objects = ReportQuerySet.as_manager()

    class Handling:
        """The rows hold addresses of people; they live in the store and go with the report."""

        keep_days = 730
        personal: dict[str, str] = {}
        plain = {
            "id", "series", "again_of", "name", "digest", "format", "tlp", "embargo_until", "state", "received_at",
            "observed_at",
            "size_bytes", "rows_count", "quarantined_count", "unmatched_count", "matched_count", "figures",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(name="report_once", fields=["series", "digest"]),
            models.CheckConstraint(
                name="report_rows_add_up",
                condition=Q(state__in=["received", "parsed", "refused"])
                | Q(rows_count=models.F("quarantined_count") + models.F("unmatched_count") + models.F("matched_count")),
            ),
        ]
        indexes = [models.Index(fields=["-received_at", "-id"])]

    def __str__(self) -> str:
        """Its file name."""
        return self.name

    @property
    def as_sent(self) -> "Report":
        """The report whose rows these are: itself, or the one of which some were looked at again."""
        return self.again_of or self

    @property
    def terms(self) -> Terms:
        """What source and label allow, as the policy reads it."""
        source = self.series.source
        return Terms(
            tlp=self.tlp,
            holds_personal_data=source.holds_personal_data,
            operator_allowed=source.is_operator_allowed,
            embargo_until=self.embargo_until,
        )
