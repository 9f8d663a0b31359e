"""What an organisation runs, as it says itself: so that an advisory finds its readers."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from schakel.policy.access import Actor, Permission
from schakel.registry.models.organisation import Organisation


class ProductQuerySet(models.QuerySet["Product"]):
    """Products."""

    def visible_to(self, actor: Actor) -> Self:
        """Those of the organisations that the actor answers for."""
        return self.filter(organisation__in=Organisation.objects.of(actor, Permission.CONSTITUENCY_VIEW))


class Product(models.Model):
    """One product that an organisation uses; an empty version means any."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="products", db_index=False)  # …_once
    vendor = models.TextField()
    product = models.TextField()
    version = models.TextField(default="", blank=True)
    cpe = models.TextField(default="", blank=True)
    added_at = models.DateTimeField()
    added_by = models.TextField()
    objects = ProductQuerySet.as_manager()

    class Handling:
        """What runs where is sensitive, and says nothing of a person."""

        keep_days = 0
        personal: dict[str, str] = {}
        plain = {"id", "organisation", "vendor", "product", "version", "cpe", "added_at", "added_by"}

    class Meta:
        constraints = [
            models.UniqueConstraint(name="product_once", fields=["organisation", "vendor", "product", "version"]),
            models.CheckConstraint(name="product_has_names", condition=~Q(vendor="") & ~Q(product="")),
        ]
        indexes = [
            models.Index(fields=["vendor", "product"], name="product_by_name"),
            models.Index(Lower("product"), name="product_by_folded_name"),
        ]

    def __str__(self) -> str:
        """Vendor, product and version."""
        return f"{self.vendor} {self.product} {self.version}".strip()
