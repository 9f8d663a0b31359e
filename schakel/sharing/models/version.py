"""What an item says, version by version, the documents it came as, and what it can be found by."""

from collections.abc import Mapping
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import MD5

from schakel.policy.access import Actor
from schakel.sharing.models.item import SharedItem
from schakel.sharing.words import IndicatorKind


class ItemVersion(models.Model):
    """One version of what an item says: a `Document` as JSON, or the same sealed under the key of a closed circle.

    Indicators stand in rows of their own, and the original in `Original`: neither is in the JSON.
    """

    item = models.ForeignKey(SharedItem, models.CASCADE, related_name="versions", db_index=False)  # version_once
    number = models.PositiveIntegerField()
    document = models.JSONField(null=True)
    sealed = models.BinaryField(null=True)
    terms = models.JSONField(default=dict)  # How it is to be shared: see items.terms.
    change = models.TextField(default="", blank=True)  # What is new in it, in the author's words.
    made_at = models.DateTimeField()
    made_by = models.TextField()
    published_at = models.DateTimeField(null=True)
    remark = models.BinaryField(null=True)  # Why a second person sent it back, UTF-8; sealed as the document is.

    class Handling:
        """As the item."""

        keep_days = 3650
        personal = {"document": "scrub", "sealed": "scrub", "remark": "scrub"}
        plain = {"id", "item", "number", "terms", "change", "made_at", "made_by", "published_at"}

    class Meta:
        constraints = [
            models.UniqueConstraint(name="version_once", fields=["item", "number"]),
            models.CheckConstraint(
                name="version_is_open_or_sealed",
                condition=Q(document__isnull=False, sealed=None) | Q(document=None, sealed__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        """Item and number."""
        return f"{self.item_id} {self.number}"

    @property
    def opened(self) -> Mapping[str, Any]:
        """What lies sealed in it, as plain values; nothing where nothing does.

        Whoever asks has made sure that its reader may read the item. Raises Unsealable.
        """
        circle = self.item.circle
        return circle.opened(bytes(self.sealed)) if self.sealed is not None and circle is not None else {}

    @property
    def news(self) -> str:
        """What is new in it, in the author's words. Whoever asks has made sure that its reader may read the item."""
        return str(self.opened.get("change", self.change))


class Original(models.Model):
    """A document as it came in, to the byte; sealed where its item is."""

    version = models.OneToOneField(ItemVersion, models.CASCADE, related_name="original")
    format = models.TextField()
    format_version = models.TextField(default="", blank=True)
    content = models.BinaryField()
    digest = models.TextField(db_index=True)  # SHA-256 of the content before sealing, hex.

    class Handling:
        """As the item."""

        keep_days = 3650
        personal = {"content": "scrub"}
        plain = {"id", "version", "format", "format_version", "digest"}

    def __str__(self) -> str:
        """Format and digest."""
        return f"{self.format} {self.digest[:12]}"


class ItemIndicatorQuerySet(models.QuerySet["ItemIndicator"]):
    """Indicators."""

    def visible_to(self, actor: Actor) -> Self:
        """Those of the versions that are out of items that the actor may read; a draft's are its owner's alone."""
        return self.out().filter(item__in=SharedItem.objects.visible_to(actor))

    def out(self) -> Self:
        """Those of the version of their item that is out."""
        is_left = Q(removed_in=None) | Q(removed_in__gt=F("item__published_version"))
        return self.filter(is_left, added_in__lte=F("item__published_version"))

    def of(self, kind: str, value: str) -> Self:
        """Those that are out with that value, in its normal form."""
        return self.out().alias(digest=MD5("value")).filter(digest=MD5(models.Value(value)), kind=kind, value=value)


class ItemIndicator(models.Model):
    """One indicator of an item, from the version that brought it up to the one that left it out (end excluded)."""

    item = models.ForeignKey(SharedItem, models.CASCADE, related_name="indicators")
    added_in = models.PositiveIntegerField()
    removed_in = models.PositiveIntegerField(null=True)
    kind = models.TextField(choices=IndicatorKind)
    value = models.TextField(default="", blank=True)
    key = models.TextField(default="", blank=True)
    pattern = models.TextField(default="", blank=True)
    pattern_type = models.TextField(default="", blank=True)
    valid_from = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)
    confidence = models.PositiveSmallIntegerField(null=True)
    for_detection = models.BooleanField(default=True)
    labels = ArrayField(models.TextField(), default=list)
    comment = models.TextField(default="", blank=True)
    objects = ItemIndicatorQuerySet.as_manager()

    class Handling:
        """An address may be a person's."""

        keep_days = 3650
        personal = {"value": "scrub", "pattern": "scrub", "comment": "scrub"}
        plain = {
            "id", "item", "added_in", "removed_in", "kind", "key", "pattern_type", "valid_from", "valid_until",
            "confidence", "for_detection", "labels",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="indicator_span_runs_forward",
                condition=Q(removed_in=None) | Q(added_in__lt=F("removed_in")),
            ),
        ]
        indexes = [models.Index(MD5("value"), "kind", name="indicator_by_value")]  # An index takes no long value.

    def __str__(self) -> str:
        """Kind and value."""
        return f"{self.kind} {self.value}"


class ItemWeakness(models.Model):
    """One weakness of the newest version of an item, to find it by."""

    item = models.ForeignKey(SharedItem, models.CASCADE, related_name="weaknesses", db_index=False)  # weakness_once
    cve = models.TextField(db_index=True)
    score = models.FloatField(null=True)

    class Handling:
        """Weaknesses of products."""

        keep_days = 3650
        personal: dict[str, str] = {}
        plain = {"id", "item", "cve", "score"}

    class Meta:
        constraints = [models.UniqueConstraint(name="weakness_once", fields=["item", "cve"])]

    def __str__(self) -> str:
        """Its number."""
        return self.cve


class ItemProduct(models.Model):
    """One product of the newest version of an item, to find it by. Names as written; `name_key` is folded."""

    item = models.ForeignKey(SharedItem, models.CASCADE, related_name="products")
    vendor = models.TextField(default="", blank=True)
    name = models.TextField()
    version = models.TextField(default="", blank=True)
    name_key = models.TextField(db_index=True)
    cpe = models.TextField(default="", blank=True)
    purl = models.TextField(default="", blank=True)
    status = models.TextField(default="unknown")

    class Handling:
        """Products."""

        keep_days = 3650
        personal: dict[str, str] = {}
        plain = {"id", "item", "vendor", "name", "version", "name_key", "cpe", "purl", "status"}

    def __str__(self) -> str:
        """Its name."""
        return self.name
