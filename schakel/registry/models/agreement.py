"""What a partner and the network promised each other."""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from schakel.registry.models.partner import Partner
from schakel.registry.models.words import AgreementRole, AgreementState


def active_on(day: date, function: str) -> Q:
    """Agreements that are in force on `day` and cover `function`."""
    running = Q(until_on=None) | Q(until_on__gt=day)
    return running & Q(state=AgreementState.SIGNED, from_on__lte=day, functions__contains=[function])


class Agreement(models.Model):
    """What a partner and the network promised each other, for which functions, in which role and how long."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="agreements", db_index=False)  # agreement_once
    role = models.TextField(choices=AgreementRole, default=AgreementRole.INFORMER, db_default=AgreementRole.INFORMER)
    functions = ArrayField(models.TextField())
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    state = models.TextField(choices=AgreementState, default=AgreementState.DRAFT)
    effort = models.TextField(default="", blank=True, db_default="")
    activities = models.TextField(default="", blank=True, db_default="")
    amends = models.ForeignKey("self", models.PROTECT, null=True, related_name="amendments")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(default="", blank=True, db_default="")

    class Handling:
        """Agreements are public."""

        keep_days = 3650
        personal: dict[str, str] = {}
        plain = {
            "id", "partner", "role", "functions", "from_on", "until_on", "state", "effort", "activities", "amends",
            "ended_at", "end_reason",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(name="agreement_once", fields=["partner", "from_on"]),
            models.CheckConstraint(
                name="agreement_runs_forward", condition=Q(until_on=None) | Q(from_on__lte=models.F("until_on"))
            ),
        ]

    def __str__(self) -> str:
        """Partner and first day."""
        return f"{self.partner_id} {self.from_on}"
