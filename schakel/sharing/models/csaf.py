"""Published items as files of a CSAF provider, made once for all who may read them."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from schakel.policy.access import Actor
from schakel.sharing.models.item import OUT, SharedItem
from schakel.sharing.words import ItemState


class CsafFileQuerySet(models.QuerySet["CsafFile"]):
    """Files."""

    def visible_to(self, actor: Actor) -> Self:
        """Those of published items that the actor may read. One whose item has changed meanwhile waits to be made."""
        items = SharedItem.objects.visible_to(actor).filter(state__in=OUT)
        as_told = Q(version=F("item__published_version"), is_retracted=Q(item__state=ItemState.RETRACTED))
        return self.filter(as_told, item__in=items, refusal="")


class CsafFile(models.Model):
    """One published version of an item as a CSAF document, with its hashes and its signature.

    `folder`: the label in the words of CSAF 2.0. `refusal`: why it cannot be CSAF; then there is no content.
    """

    item = models.OneToOneField(SharedItem, models.CASCADE, related_name="csaf_file")
    version = models.PositiveIntegerField()
    is_retracted = models.BooleanField(default=False)
    folder = models.TextField()
    year = models.PositiveSmallIntegerField(default=0)
    name = models.TextField(default="", blank=True)
    key = models.TextField(default="", blank=True)
    title = models.TextField(default="", blank=True)
    format_version = models.TextField(default="", blank=True)  # Of CSAF.
    released_at = models.DateTimeField(null=True)  # When its author first let it out.
    revised_at = models.DateTimeField(null=True)
    content = models.BinaryField(default=b"")
    sha256 = models.TextField(default="", blank=True)
    sha512 = models.TextField(default="", blank=True)
    signature = models.TextField(default="", blank=True)  # Detached, armoured; empty where we have no key.
    refusal = models.TextField(default="", blank=True)
    made_at = models.DateTimeField()
    objects = CsafFileQuerySet.as_manager()

    class Handling:
        """As the item."""

        keep_days = 3650
        personal = {"content": "scrub", "title": "scrub"}
        plain = {
            "id", "item", "version", "is_retracted", "folder", "year", "name", "key", "format_version", "released_at",
            "revised_at", "sha256", "sha512", "signature", "refusal", "made_at",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="csaf_file_is_made_or_refused",
                condition=Q(refusal="", released_at__isnull=False, revised_at__isnull=False) | ~Q(refusal=""),
            )
        ]
        indexes = [models.Index(fields=["folder", "year", "name"], name="csaf_file_place")]

    def __str__(self) -> str:
        """Its place in the provider."""
        return f"{self.folder}/{self.year}/{self.name}"
