"""What shared items are found by: one row per item that is out, with all that decides who may find it."""

from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from schakel.people.models import User
from schakel.policy.access import SYSTEM, Actor
from schakel.registry.models import Partner
from schakel.sharing.models.audience import Audience
from schakel.sharing.models.circle import Circle
from schakel.sharing.models.item import SharedItem


class SearchEntryQuerySet(models.QuerySet["SearchEntry"]):
    """Entries."""

    def visible_to(self, actor: Actor) -> Self:
        """Those of the items that the actor may read: by the same rule, over the same columns."""
        return self.all() if actor is SYSTEM else self.filter(SharedItem.objects.readable_by(actor))


class SearchEntry(models.Model):
    """What one item is found by, from its published version; items of closed circles have none.

    The columns that its item has too are here under the same names, so that one rule serves both and a search reads
    one table. `score`: the highest CVSS base score of its weaknesses.
    """

    item = models.OneToOneField(SharedItem, models.CASCADE, primary_key=True, related_name="search_entry")
    owner = models.ForeignKey(Partner, models.CASCADE, null=True, related_name="+", db_index=False)
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    circle = models.ForeignKey(Circle, models.CASCADE, null=True, related_name="+", db_index=False)
    audience = models.ForeignKey(Audience, models.PROTECT, related_name="+", db_index=False)
    tlp = models.TextField()
    state = models.TextField()
    embargo_until = models.DateTimeField(null=True)
    kind = models.TextField()
    phase = models.TextField()
    publisher = models.TextField(default="", blank=True)
    score = models.FloatField(null=True)
    published_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    words = SearchVectorField()
    objects = SearchEntryQuerySet.as_manager()

    class Handling:
        """As the item: it is made of it."""

        keep_days = 3650
        personal = {"words": "scrub"}
        plain = {
            "item", "owner", "author", "circle", "audience", "tlp", "state", "embargo_until", "kind", "phase",
            "publisher", "score", "published_at", "updated_at",
        }  # fmt: skip

    class Meta:
        indexes = [
            GinIndex(fields=["words"], name="entry_by_word", fastupdate=False),
            models.Index(fields=["-published_at", "-item"], name="entry_newest"),
            models.Index(fields=["-updated_at", "-item"], name="entry_updated"),
        ]
        verbose_name_plural = "search entries"

    def __str__(self) -> str:
        """Its item's number."""
        return str(self.item_id)


class Alert(models.TextChoices):
    """When somebody is written to about what is new in a saved search."""

    NEVER = "never", _("no mail")
    DAILY = "daily", _("once a day")
    AT_ONCE = "at-once", _("at once")


class SavedSearchQuerySet(models.QuerySet["SavedSearch"]):
    """Saved searches."""

    def visible_to(self, actor: Actor) -> Self:
        """One's own: what somebody searches for is nobody else's to know."""
        return self.filter(user=actor.user_id) if actor.user_id is not None else self.none()


class SavedSearch(models.Model):
    """A question that one person keeps, to ask it again or to hear of what is new. `query`: as an address has it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="saved_searches")
    name = models.TextField()
    query = models.TextField(default="", blank=True)
    alert = models.TextField(choices=Alert, default=Alert.NEVER)
    made_at = models.DateTimeField()
    told_until = models.DateTimeField()  # What changed up to then has been told, or was there before.
    objects = SavedSearchQuerySet.as_manager()

    class Handling:
        """What somebody looks for; goes with the account."""

        keep_days = 0
        personal = {"name": "scrub", "query": "scrub"}
        plain = {"id", "user", "alert", "made_at", "told_until"}

    class Meta:
        constraints = [models.UniqueConstraint(name="saved_search_once", fields=["user", "name"])]
        indexes = [models.Index(fields=["alert", "id"], name="saved_search_alert", condition=~models.Q(alert="never"))]
        verbose_name_plural = "saved searches"

    def __str__(self) -> str:
        """Its name."""
        return self.name
