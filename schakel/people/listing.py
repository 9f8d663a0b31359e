"""The directory of people: each decides alone whether and to whom its entry is shown."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from schakel.policy.access import Actor, Permission, Role
from schakel.registry.models import PartnerStanding


class Openness(models.TextChoices):
    """To whom somebody's entry is shown."""

    NOBODY = "nobody", _("nobody")
    COORDINATOR = "coordinator", _("my own colleagues and the coordinator")
    MEMBERS = "members", _("everybody who takes part")


class ListingQuerySet(models.QuerySet["Listing"]):
    """Entries."""

    def visible_to(self, actor: Actor) -> Self:
        """One's own; of colleagues and, for the coordinator, of all what is not kept to oneself; else what is open.

        Entries of people whose account is closed, or whose partner takes no part, are shown to nobody else.
        """
        own = Q(user=actor.user_id) if actor.user_id else Q(pk__in=[])
        reach = actor.reach(Permission.PARTNER_VIEW)
        if not reach:
            return self.filter(own)
        near = ~Q(openness=Openness.NOBODY)
        if not reach.is_everything:
            near &= Q(user__grants__partner__in=reach.partner_ids)
        open_to_all = Q(openness=Openness.MEMBERS)
        at_work = Q(user__grants__partner__standing=PartnerStanding.PARTNER) | Q(user__grants__role=Role.COORDINATOR)
        return self.filter(own | (Q(user__is_active=True) & at_work & (near | open_to_all))).distinct()


class Listing(models.Model):
    """Somebody's entry in the directory: written by that person alone."""

    user = models.OneToOneField("people.User", models.CASCADE, related_name="listing")
    name = models.TextField()
    job = models.TextField(default="", blank=True)
    mail = models.TextField(default="", blank=True)
    phone = models.TextField(default="", blank=True)
    functions = ArrayField(models.TextField(), default=list)
    topics = ArrayField(models.TextField(), default=list)
    openness = models.TextField(choices=Openness, default=Openness.NOBODY)
    objects = ListingQuerySet.as_manager()

    class Handling:
        """Kept while the person wants it; goes with the account."""

        keep_days = 0
        personal = {"name": "scrub", "job": "scrub", "mail": "scrub", "phone": "scrub", "topics": "scrub"}
        plain = {"id", "user", "functions", "openness"}

    class Meta:
        indexes = [models.Index(fields=["name", "id"], name="listing_by_name")]

    def __str__(self) -> str:
        """Its number: a name stays out of lists of rows."""
        return str(self.pk)
