"""What a coordinator should look at: raised by a job, handled by a person, never acted upon by itself."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from schakel.policy.access import Actor, Permission
from schakel.registry.models.partner import Partner


class SignalKind(models.TextChoices):
    """Why somebody should look."""

    ENDS_SOON = "ends-soon", _("the means end soon")
    INACTIVE = "inactive", _("nothing heard for long")


class SignalQuerySet(models.QuerySet["Signal"]):
    """Signals."""

    def visible_to(self, actor: Actor) -> Self:
        """The coordinator's list; nobody else's."""
        return self.all() if actor.reach(Permission.PARTNER_MANAGE).is_everything else self.none()

    def waiting(self) -> Self:
        """Those that nobody has handled."""
        return self.filter(handled_at=None)


class Signal(models.Model):
    """One thing about one partner that a coordinator should look at; `about_on` tells one cause from the next."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="signals", db_index=False)  # signal_once
    kind = models.TextField(choices=SignalKind)
    about_on = models.DateField()
    raised_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)
    handled_by = models.TextField(default="", blank=True)
    words = models.TextField(default="", blank=True)
    objects = SignalQuerySet.as_manager()

    class Handling:
        """About bodies; who handled it is an account's name."""

        keep_days = 1825
        personal: dict[str, str] = {}
        plain = {"id", "partner", "kind", "about_on", "raised_at", "handled_at", "handled_by", "words"}

    class Meta:
        constraints = [
            models.UniqueConstraint(name="signal_once", fields=["partner", "kind", "about_on"]),
            models.CheckConstraint(
                name="signal_handled_by_somebody",
                condition=Q(handled_at=None, handled_by="") | (Q(handled_at__isnull=False) & ~Q(handled_by="")),
            ),
        ]
        indexes = [models.Index(F("about_on"), "id", name="signal_waiting", condition=Q(handled_at=None))]

    def __str__(self) -> str:
        """Partner and kind."""
        return f"{self.partner_id}: {self.kind}"
