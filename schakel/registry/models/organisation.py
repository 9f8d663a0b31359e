"""Who there is, and what is theirs."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast, Reverse

from schakel.policy.access import Actor, Permission
from schakel.registry.models.constituency import constituents
from schakel.registry.models.words import AssetKind, AssetRole, Evidence, Language, Nis2Status, SizeClass


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Organisations."""

    def visible_to(self, actor: Actor) -> Self:
        """All for those who see findings everywhere; for a partner its constituency, while its agreement runs."""
        return self.of(actor, Permission.FINDING_VIEW)

    def of(self, actor: Actor, permission: Permission) -> Self:
        """Those for which the actor holds the permission: all, a partner's constituents of today, or its own."""
        reach = actor.reach(permission)
        if reach.is_everything:
            return self.all()
        theirs = Q(pk__in=constituents(reach.partner_ids)) if reach.partner_ids else Q(pk__in=[])
        return self.filter(theirs | Q(pk__in=reach.organisation_ids))


class Organisation(models.Model):
    """One legal or actual body that can be warned."""

    key = models.TextField(unique=True)
    name = models.TextField()
    trade_names = ArrayField(models.TextField(), default=list)
    kvk = models.TextField(null=True)
    rsin = models.TextField(null=True)
    oin = models.TextField(null=True)
    sector = models.TextField(default="", blank=True)
    sbi = models.TextField(default="", blank=True)
    size_class = models.TextField(choices=SizeClass, default=SizeClass.UNKNOWN)
    region = models.TextField(default="", blank=True)
    nis2 = models.TextField(choices=Nis2Status, default=Nis2Status.UNKNOWN)
    language = models.TextField(choices=Language, default=Language.DUTCH)
    has_objected = models.BooleanField(default=False)
    revision = models.BigIntegerField(default=0, db_default=0)
    successor = models.ForeignKey("self", models.PROTECT, null=True, related_name="predecessors", db_index=False)
    objects = OrganisationQuerySet.as_manager()

    class Handling:
        """A one-person company is a person: names and numbers are personal."""

        keep_days = 0  # As long as the registry's source holds it.
        personal = {"name": "scrub", "trade_names": "scrub", "kvk": "scrub", "rsin": "scrub"}
        plain = {
            "id", "key", "oin", "sector", "sbi", "size_class", "region", "nis2", "language", "has_objected",
            "revision", "successor",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(name="organisation_kvk_has_8_digits", condition=Q(kvk__regex=r"^\d{8}$")),
            models.CheckConstraint(name="organisation_rsin_has_9_digits", condition=Q(rsin__regex=r"^\d{9}$")),
            models.CheckConstraint(name="organisation_oin_has_20_digits", condition=Q(oin__regex=r"^\d{20}$")),
        ]
        indexes = [
            models.Index(fields=["kvk"]),
            models.Index(fields=["rsin"], name="organisation_by_rsin", condition=Q(rsin__isnull=False)),
            models.Index(fields=["oin"], name="organisation_by_oin", condition=Q(oin__isnull=False)),
            models.Index(fields=["revision"], name="organisation_by_revision"),
            models.Index(fields=["successor"], name="organisation_gone", condition=Q(successor__isnull=False)),
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name


class Asset(models.Model):
    """Something by which a system is recognised as an organisation's: a network, a name, a number."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="assets", db_index=False)  # asset_once
    kind = models.TextField(choices=AssetKind)
    value = models.TextField()
    role = models.TextField(choices=AssetRole, default=AssetRole.OWNER)
    evidence = models.TextField(choices=Evidence, default=Evidence.CLAIMED)
    valid_from = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)
    revision = models.BigIntegerField(default=0)

    class Handling:
        """What an organisation runs says little of a person."""

        keep_days = 0
        personal: dict[str, str] = {}
        plain = {
            "id", "organisation", "kind", "value", "role", "evidence", "valid_from", "valid_until", "revision",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(name="asset_once", fields=["organisation", "kind", "value", "role"]),
            models.CheckConstraint(
                name="asset_span_runs_forward",
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_from__lt=models.F("valid_until")),
            ),
        ]
        indexes = [
            models.Index(fields=["revision"]),
            # By value: who else holds it, what lies around it and what lies within it.
            models.Index(
                Cast("value", models.GenericIPAddressField()), condition=Q(kind="network"), name="asset_by_network"
            ),
            models.Index(
                OpClass(Reverse("value"), name="text_pattern_ops"), condition=~Q(kind="network"), name="asset_by_name"
            ),
        ]

    def __str__(self) -> str:
        """Its value."""
        return self.value
