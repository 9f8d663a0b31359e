"""For whom a partner answers: organisation by organisation, or by counts where it gives no list."""

from datetime import date

from django.db import models
from django.db.models import Q

from schakel.registry.models.agreement import Agreement, active_on
from schakel.registry.models.partner import Partner
from schakel.registry.models.words import NetworkFunction, Relation, SizeClass


class Constituency(models.Model):
    """One organisation for which one partner answers."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="constituents", db_index=False)  # …_once
    organisation = models.ForeignKey("registry.Organisation", models.CASCADE, related_name="guardians")
    relation = models.TextField(choices=Relation, default=Relation.MEMBER)
    is_chosen = models.BooleanField(default=False)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)

    class Handling:
        """Who is a member of what."""

        keep_days = 0
        personal: dict[str, str] = {}
        plain = {"id", "partner", "organisation", "relation", "is_chosen", "valid_from", "valid_until"}

    class Meta:
        # With its span, so that the longest list is counted from the index alone.
        constraints = [
            models.UniqueConstraint(
                name="constituency_once",
                fields=["partner", "organisation", "relation"],
                include=["valid_from", "valid_until"],
            )
        ]
        indexes = [
            models.Index(
                fields=["partner", "organisation"],
                condition=Q(valid_until__isnull=False),
                name="constituency_with_an_end",
            )
        ]

    def __str__(self) -> str:
        """Partner and organisation."""
        return f"{self.partner_id}: {self.organisation_id}"


class Estimate(models.Model):
    """A part of a constituency that is known as a count only; an empty sector, section or region means any."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="estimates", db_index=False)  # estimate_once
    relation = models.TextField(choices=Relation, default=Relation.MEMBER)
    sector = models.TextField(default="", blank=True)
    sbi_section = models.TextField(default="", blank=True)
    region = models.TextField(default="", blank=True)
    size_class = models.TextField(choices=SizeClass, default=SizeClass.UNKNOWN)
    count = models.PositiveBigIntegerField()
    source = models.TextField()
    counted_on = models.DateField()

    class Handling:
        """Counts name nobody."""

        keep_days = 0
        personal: dict[str, str] = {}
        plain = {
            "id", "partner", "relation", "sector", "sbi_section", "region", "size_class", "count", "source",
            "counted_on",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="estimate_once",
                fields=["partner", "relation", "sector", "sbi_section", "region", "size_class"],
            )
        ]

    def __str__(self) -> str:
        """Partner and count."""
        return f"{self.partner_id}: {self.count}"


def constituents(partner_ids: frozenset[int]) -> models.QuerySet[Constituency, int]:
    """Ids of the organisations that these partners answer for today, under an agreement that covers notification."""
    today = date.today()  # noqa: DTZ011 - memberships run by the calendar day of the place
    started = Q(valid_from=None) | Q(valid_from__lte=today)
    running = Q(valid_until=None) | Q(valid_until__gt=today)
    return Constituency.objects.filter(started & running, partner__in=under_agreement(partner_ids)).values_list(
        "organisation_id", flat=True
    )


def under_agreement(partner_ids: frozenset[int]) -> models.QuerySet[Agreement, int]:
    """Those of the partners whose agreement runs today and covers notification: their ids."""
    today = date.today()  # noqa: DTZ011 - agreements run by the calendar day of the place
    running = Agreement.objects.filter(active_on(today, NetworkFunction.NOTIFICATION), partner_id__in=partner_ids)
    return running.values_list("partner_id", flat=True)
