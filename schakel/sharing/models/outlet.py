"""Outlets: machines of a partner that we put shared items on, and what each was told."""

from typing import Self

from django.db import models
from django.db.models import Q

from schakel.policy.access import Actor, Permission
from schakel.policy.channels import Stop
from schakel.policy.sharing import Tlp
from schakel.post.models import Delivery, OutletKind
from schakel.registry.models import Partner
from schakel.sharing.models.item import SharedItem


class OutletQuerySet(models.QuerySet["Outlet"]):
    """Outlets."""

    def visible_to(self, actor: Actor) -> Self:
        """Those of partners that the actor writes for; the desk sees all."""
        reach = actor.reach(Permission.PARTNER_EDIT)
        return self.all() if reach.is_everything else self.filter(partner__in=reach.partner_ids)


class Outlet(models.Model):
    """A server of MISP or a room of Mattermost, where a partner gets what it may read up to the ceiling it chose."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="outlets")
    kind = models.TextField(choices=OutletKind)
    name = models.TextField()
    address = models.TextField()
    room = models.TextField(default="", blank=True)  # The channel of Mattermost, where it goes by its REST API.
    secret = models.TextField(default="", blank=True)
    ceiling = models.TextField(choices=[(label.value, label.marking) for label in Tlp])
    made_at = models.DateTimeField()
    made_by = models.TextField()
    ended_at = models.DateTimeField(null=True)
    objects = OutletQuerySet.as_manager()

    class Handling:
        """Whoever has the secret writes on the partner's machine."""

        keep_days = 3650
        personal = {"secret": "scrub", "address": "scrub"}
        plain = {"id", "partner", "kind", "name", "room", "ceiling", "made_at", "made_by", "ended_at"}

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="outlet_once", fields=["partner", "address", "room"], condition=Q(ended_at=None)
            ),
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name


class OutletTelling(models.Model):
    """What an outlet was told of one version of an item: handed to the post, taken back, or not told and why."""

    outlet = models.ForeignKey(Outlet, models.CASCADE, related_name="tellings", db_index=False)  # outlet_told_once
    item = models.ForeignKey(SharedItem, models.CASCADE, related_name="outlet_tellings")
    version = models.PositiveIntegerField()
    is_recall = models.BooleanField(default=False)
    name_there = models.TextField(default="", blank=True)  # The UUID of its event of MISP.
    stop = models.TextField(choices=[(stop.value, stop.value) for stop in Stop], default="", blank=True)
    delivery = models.ForeignKey(Delivery, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Handling:
        """As the item."""

        keep_days = 3650
        personal: dict[str, str] = {}
        plain = {"id", "outlet", "item", "version", "is_recall", "name_there", "stop", "delivery", "at"}

    class Meta:
        constraints = [
            models.UniqueConstraint(name="outlet_told_once", fields=["outlet", "item", "version", "is_recall"]),
        ]

    def __str__(self) -> str:
        """Outlet and item."""
        return f"{self.outlet_id} {self.item_id}.{self.version}"
