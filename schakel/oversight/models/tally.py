"""The situation in figures, so that the whole country costs a few rows to read."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Figure(models.TextChoices):
    """What is counted. Stocks stand at the end of a day, or now; flows happened on it."""

    OPEN_INFO = "open-0", _("open, for information")
    OPEN_LOW = "open-1", _("open, low")
    OPEN_MEDIUM = "open-2", _("open, medium")
    OPEN_HIGH = "open-3", _("open, high")
    OPEN_CRITICAL = "open-4", _("open, critical")
    ORGANISATIONS = "organisations", _("organisations with open findings")
    HELP = "help", _("calls for help not yet taken up")
    NEW = "new", _("new findings")
    CLOSED = "closed", _("findings closed for any reason")
    FIXED = "fixed", _("findings fixed or no longer seen")
    TOLD = "told", _("findings told")
    READ = "read", _("findings whose notice was opened")
    ANSWERED = "answered", _("findings whose notice was answered")
    UNREACHABLE = "unreachable", _("findings that nobody could be told of")
    WITHHELD = "withheld", _("findings withheld")


OPEN = (Figure.OPEN_INFO, Figure.OPEN_LOW, Figure.OPEN_MEDIUM, Figure.OPEN_HIGH, Figure.OPEN_CRITICAL)
"""The stock of open findings by severity: the place is the severity's number."""
STOCKS = (*OPEN, Figure.ORGANISATIONS, Figure.HELP)
TOTAL = ""
"""The kind under which the sum of all kinds is kept (organisations are counted once in it)."""


class Tally(models.Model):
    """One figure of one day and one kind of finding, for the whole country; zeroes are left out."""

    day = models.DateField()
    kind = models.TextField(default=TOTAL, blank=True)
    figure = models.TextField(choices=Figure)
    count = models.BigIntegerField()
    refreshed_at = models.DateTimeField()

    class Handling:
        """Counts of the whole country name nobody."""

        keep_days = 3650
        personal: dict[str, str] = {}
        plain = {"id", "day", "kind", "figure", "count", "refreshed_at"}

    class Meta:
        verbose_name_plural = "tallies"
        constraints = [
            models.UniqueConstraint(name="tally_once", fields=["day", "kind", "figure"]),
            models.CheckConstraint(name="tally_counts_something", condition=models.Q(count__gt=0)),
        ]
        indexes = [models.Index(fields=["kind", "day"], name="tally_over_time")]

    def __str__(self) -> str:
        """Day, kind and figure."""
        return f"{self.day} {self.kind} {self.figure}"
