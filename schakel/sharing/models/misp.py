"""Published items as events of MISP, made once for all who may read them."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from schakel.policy.access import Actor
from schakel.sharing.models.item import OUT, SharedItem
from schakel.sharing.words import ItemState


class FeedEventQuerySet(models.QuerySet["FeedEvent"]):
    """Events of the feed."""

    def visible_to(self, actor: Actor) -> Self:
        """Those of published items that the actor may read. One whose item has changed meanwhile waits to be made."""
        items = SharedItem.objects.visible_to(actor).filter(state__in=OUT)
        as_told = Q(version=F("item__published_version"), is_retracted=Q(item__state=ItemState.RETRACTED))
        return self.filter(as_told, item__in=items)


class FeedEvent(models.Model):
    """One published version of an item, as the feed of MISP has it: its file, its line of the manifest, its hashes."""

    item = models.OneToOneField(SharedItem, models.CASCADE, related_name="feed_event")
    version = models.PositiveIntegerField()
    is_retracted = models.BooleanField(default=False)
    uuid = models.UUIDField(db_index=True)  # Two owners may share the same event of outside.
    content = models.BinaryField()
    line = models.BinaryField()
    hashes = models.TextField()
    made_at = models.DateTimeField()
    objects = FeedEventQuerySet.as_manager()

    class Handling:
        """As the item."""

        keep_days = 3650
        personal = {"content": "scrub", "line": "scrub", "hashes": "scrub"}
        plain = {"id", "item", "version", "is_retracted", "uuid", "made_at"}

    def __str__(self) -> str:
        """Its name in the feed."""
        return str(self.uuid)
