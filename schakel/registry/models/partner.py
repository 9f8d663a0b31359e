"""Who makes others resilient, and who may come to: partners and prospects."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from schakel.policy.access import Actor, Permission
from schakel.registry.models.words import Category, Language, LegacyStatus, PartnerStanding


class PartnerQuerySet(models.QuerySet["Partner"]):
    """Partners, and those that join or have left."""

    def visible_to(self, actor: Actor) -> Self:
        """The directory: all for those who see the registry, for a partner those who take part and itself."""
        if actor.reach(Permission.REGISTRY_VIEW).is_everything:
            return self.all()
        theirs = actor.reach(Permission.PARTNER_VIEW).partner_ids
        if not theirs:
            return self.none()
        return self.filter(Q(standing=PartnerStanding.PARTNER) | Q(pk__in=theirs))

    def of(self, actor: Actor, permission: Permission) -> Self:
        """Those for which the actor holds the permission: its own, or all."""
        reach = actor.reach(permission)
        return self.all() if reach.is_everything else self.filter(pk__in=reach.partner_ids)


_AllPartners = models.Manager.from_queryset(PartnerQuerySet)


class Members(_AllPartners["Partner"]):
    """All but prospects: who was only found takes no part in anything."""

    def get_queryset(self) -> PartnerQuerySet:
        """Leave prospects out."""
        return PartnerQuerySet(self.model, using=self._db).exclude(standing=PartnerStanding.PROSPECT)


class Partner(models.Model):
    """A member of the network that makes others resilient, or who may become one."""

    key = models.TextField(unique=True)
    name = models.TextField()
    type = models.TextField()
    standing = models.TextField(
        choices=PartnerStanding, default=PartnerStanding.PARTNER, db_default=PartnerStanding.PARTNER
    )
    organisation = models.ForeignKey("registry.Organisation", models.PROTECT, null=True, related_name="as_partner")
    functions = ArrayField(models.TextField(), default=list)
    sectors = ArrayField(models.TextField(), default=list)
    regions = ArrayField(models.TextField(), default=list, db_default=models.Value([], ArrayField(models.TextField())))
    language = models.TextField(choices=Language, default=Language.DUTCH)
    category = models.TextField(choices=Category, default="", blank=True, db_default="")
    category_reason = models.TextField(default="", blank=True, db_default="")
    category_by = models.TextField(default="", blank=True, db_default="")
    category_on = models.DateField(null=True)
    website = models.TextField(default="", blank=True, db_default="")
    about = models.TextField(default="", blank=True, db_default="")
    is_public = models.BooleanField(default=False, db_default=False)
    legacy = models.TextField(choices=LegacyStatus, default="", blank=True, db_default="")
    legacy_until_on = models.DateField(null=True)
    origin = models.TextField(default="", blank=True, db_default="")
    sources = ArrayField(models.TextField(), default=list, db_default=models.Value([], ArrayField(models.TextField())))
    owned_by = models.TextField(default="", blank=True, db_default="")
    contacted_on = models.DateField(null=True)
    joined_on = models.DateField(null=True)
    left_at = models.DateTimeField(null=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, related_name="predecessors")
    constituents_revision = models.BigIntegerField(default=0, db_default=0)
    objects = Members()

    class Handling:
        """Partners are public among themselves; who found and assessed them are names of accounts, not of people."""

        keep_days = 0
        personal: dict[str, str] = {}
        plain = {
            "id", "key", "name", "type", "standing", "organisation", "functions", "sectors", "regions", "language",
            "category", "category_reason", "category_by", "category_on", "website", "about", "is_public", "legacy",
            "legacy_until_on", "origin", "sources", "owned_by", "contacted_on", "joined_on", "left_at", "successor",
            "constituents_revision",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="partner_left_at_only_when_left",
                condition=Q(standing="left", left_at__isnull=False) | (~Q(standing="left") & Q(left_at=None)),
            ),
            models.CheckConstraint(
                name="partner_category_has_its_day",
                condition=Q(category="", category_on=None) | (~Q(category="") & Q(category_on__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=["standing", "name"], name="partner_by_standing")]

    def __str__(self) -> str:
        """Its name."""
        return self.name


class ProspectQuerySet(models.QuerySet["Prospect"]):
    """Those who were found and have not joined."""

    def visible_to(self, actor: Actor) -> Self:
        """For whoever builds the network; nobody else may know who is being considered."""
        return self.all() if actor.reach(Permission.PROSPECT_VIEW).is_everything else self.none()


_AllProspects = models.Manager.from_queryset(ProspectQuerySet)


class Prospects(_AllProspects["Prospect"]):
    """Prospects only."""

    def get_queryset(self) -> ProspectQuerySet:
        """Leave out who takes part or took part, and who turned out to be another."""
        rows = ProspectQuerySet(self.model, using=self._db)
        return rows.filter(standing=PartnerStanding.PROSPECT, successor=None)


class Prospect(Partner):
    """Who could become a partner: found by a measurement or by somebody, not bound to anything."""

    objects = Prospects()  # type: ignore[assignment, misc]

    class Handling(Partner.Handling):
        """As the partner's."""

    class Meta:
        proxy = True
