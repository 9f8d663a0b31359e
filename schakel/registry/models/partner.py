"""Who answers for whom, and under which agreement."""

from datetime import date
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from schakel.policy.access import Actor, Permission
from schakel.registry.models.words import AgreementState, Language, NetworkFunction, Relation


def active_on(day: date, function: str) -> Q:
    """Agreements that are in force on `day` and cover `function`."""
    running = Q(until_on=None) | Q(until_on__gt=day)
    return running & Q(state=AgreementState.SIGNED, from_on__lte=day, functions__contains=[function])


class PartnerQuerySet(models.QuerySet["Partner"]):
    """Partners."""

    def visible_to(self, actor: Actor) -> Self:
        """All for those who see the registry, one's own for a partner."""
        reach = actor.reach(Permission.REGISTRY_VIEW)
        return (
            self.all() if reach.is_everything else self.filter(pk__in=actor.reach(Permission.FINDING_VIEW).partner_ids)
        )


class Partner(models.Model):
    """A member of the network that makes others resilient."""

    key = models.TextField(unique=True)
    name = models.TextField()
    type = models.TextField()
    organisation = models.ForeignKey("registry.Organisation", models.PROTECT, null=True, related_name="as_partner")
    functions = ArrayField(models.TextField(choices=NetworkFunction), default=list)
    sectors = ArrayField(models.TextField(), default=list)
    language = models.TextField(choices=Language, default=Language.DUTCH)
    objects = PartnerQuerySet.as_manager()

    class Handling:
        """Partners are public."""

        keep_days = 0
        personal: dict[str, str] = {}
        plain = {"id", "key", "name", "type", "organisation", "functions", "sectors", "language"}

    def __str__(self) -> str:
        """Its name."""
        return self.name


class Agreement(models.Model):
    """What a partner and the network promised each other, for which functions and how long."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="agreements", db_index=False)  # agreement_once
    functions = ArrayField(models.TextField(choices=NetworkFunction))
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    state = models.TextField(choices=AgreementState, default=AgreementState.DRAFT)

    class Handling:
        """Agreements are public."""

        keep_days = 3650
        personal: dict[str, str] = {}
        plain = {"id", "partner", "functions", "from_on", "until_on", "state"}

    class Meta:
        constraints = [models.UniqueConstraint(name="agreement_once", fields=["partner", "from_on"])]

    def __str__(self) -> str:
        """Partner and first day."""
        return f"{self.partner_id} {self.from_on}"


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
        constraints = [
            models.UniqueConstraint(name="constituency_once", fields=["partner", "organisation", "relation"])
        ]

    def __str__(self) -> str:
        """Partner and organisation."""
        return f"{self.partner_id}: {self.organisation_id}"


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
