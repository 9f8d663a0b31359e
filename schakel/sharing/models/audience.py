"""Audiences: every item with the same label, circle and addresses has the same one, so that reading asks once."""

import hashlib
from collections.abc import Iterable
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from schakel.policy.audience import Reader
from schakel.policy.sharing import Tlp
from schakel.sharing.models.circle import Circle


class AudienceQuerySet(models.QuerySet["Audience"]):
    """Audiences."""

    def of(self, reader: Reader) -> Self:
        """Those that mean the reader, by the rule of `policy.audience.hidden`."""
        meant = Q()
        for tlp in Tlp:
            meant |= Q(tlp=tlp.value, addresses__overlap=sorted(reader.addresses(tlp)))
        return self.filter(meant, Q(circle=None) | Q(circle__in=reader.circles))

    def made(self, *, tlp: str, circle: Circle | None, addresses: Iterable[str]) -> "Audience":
        """The audience of that label, circle and addresses; made where there was none."""
        ordered = sorted(set(addresses))
        written = "\n".join([tlp, str(circle.pk if circle else ""), *ordered])
        digest = hashlib.sha256(written.encode()).hexdigest()
        made, _is_new = self.get_or_create(digest=digest, defaults={"tlp": tlp, "circle": circle, "addresses": ordered})
        return made


class Audience(models.Model):
    """For whom something is: a label, perhaps a circle, and addresses (`policy.audience.Address`). Never changed."""

    digest = models.TextField(unique=True)  # SHA-256 of what follows.
    tlp = models.TextField(choices=[(label.value, label.marking) for label in Tlp])
    circle = models.ForeignKey(Circle, models.CASCADE, null=True, related_name="audiences")
    addresses = ArrayField(models.TextField())
    objects = AudienceQuerySet.as_manager()

    class Handling:
        """Accounts and bodies by number."""

        keep_days = 0
        personal: dict[str, str] = {}
        plain = {"id", "digest", "tlp", "circle", "addresses"}

    class Meta:
        indexes = [GinIndex(fields=["addresses"], name="audience_by_address")]

    def __str__(self) -> str:
        """Label and addresses."""
        return f"{self.tlp} {' '.join(self.addresses)}".strip()
