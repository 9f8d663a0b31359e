"""What partners took upon themselves: functions, with a role."""

from datetime import date
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from schakel.policy.access import Actor
from schakel.registry.models.activity import seen_by
from schakel.registry.models.partner import Partner
from schakel.registry.models.words import AgreementRole

_DAYS = Func(F("from_on"), F("until_on"), Value("[)"), function="daterange", output_field=DateRangeField())
_PARTNER = Func(
    F("partner"), F("partner"), Value("[]"), function="int8range", output_field=BigIntegerRangeField()
)  # A range of one, as PostgreSQL itself indexes ranges in GiST and no plain numbers.


def _one(text: str) -> Func:
    """A text as a range of one number, for the same reason; two texts of one 64-bit hash would only be refused."""
    number = Func(F(text), Value(0), function="hashtextextended", output_field=models.BigIntegerField())
    return Func(number, number, Value("[]"), function="int8range", output_field=BigIntegerRangeField())


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    """Commitments."""

    def visible_to(self, actor: Actor) -> Self:
        """Those of the partners that the actor sees: who does what is known to all who take part."""
        return self.filter(seen_by(actor))

    def on(self, day: date) -> Self:
        """Those that run on `day`."""
        return self.filter(Q(until_on=None) | Q(until_on__gt=day), from_on__lte=day)


class Commitment(models.Model):
    """That a partner takes part in a function, in which role, from when until when, and with what effort."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="commitments")
    function = models.TextField()
    role = models.TextField(choices=AgreementRole, default=AgreementRole.INFORMER)
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    effort = models.TextField(default="", blank=True)
    objects = CommitmentQuerySet.as_manager()

    class Handling:
        """Who does what in the network is known to all partners."""

        keep_days = 0
        personal: dict[str, str] = {}
        plain = {"id", "partner", "function", "role", "from_on", "until_on", "effort"}

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="commitment_runs_forward", condition=Q(until_on=None) | Q(from_on__lt=F("until_on"))
            ),
            ExclusionConstraint(
                name="commitment_once_at_a_time",
                expressions=[
                    (_PARTNER, RangeOperators.OVERLAPS),
                    (_one("function"), RangeOperators.OVERLAPS),
                    (_DAYS, RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        """Partner and function."""
        return f"{self.partner_id}: {self.function}"
