"""From whom items come, what came, and what is held back because it could not be read."""

from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from schakel.kit.states import Moves
from schakel.people.models import User
from schakel.policy.access import SYSTEM, Actor, Permission
from schakel.policy.sharing import Tlp
from schakel.registry.models import Partner
from schakel.sharing.models.item import SharedItem
from schakel.sharing.words import HeldState, Reliability, SourceKind

HELD_MOVES: Moves[HeldState] = {HeldState.WAITING: {HeldState.READ, HeldState.DROPPED}}


def _of_own_party(actor: Actor, owner: str) -> Q:
    """What belongs to the parties for which the actor may take items in. `owner`: the field that names the party."""
    reach = actor.reach(Permission.ITEM_IMPORT)
    desk = Q(**{f"{owner}__isnull": True}) if reach.is_everything else Q(pk__in=[])
    return Q(**{f"{owner}__in": reach.partner_ids}) | desk


class ItemSourceQuerySet(models.QuerySet["ItemSource"]):
    """Sources of items."""

    def visible_to(self, actor: Actor) -> Self:
        """Those of one's own party: from whom somebody hears is its own affair."""
        return self.all() if actor is SYSTEM else self.filter(_of_own_party(actor, "owner"))

    def due(self, at: datetime) -> Self:
        """Those to be fetched from at that moment."""
        waited = Q(fetched_at=None) | Q(fetched_at__lte=at - F("every"))
        return self.filter(waited, is_active=True).exclude(kind__in=[SourceKind.HAND, SourceKind.DOOR])


class ItemSource(models.Model):
    """Somebody from whom items come, how, and on what terms.

    `owner` None: the desk's. `default_tlp`: for what bears no label; without one such content is held back. `address`:
    a web address, a folder, a mail address, as `kind` asks. `position`: how far was fetched, in its fetcher's words.
    `keeper`: who looks after it, and gets by name what may go to named people only.
    """

    slug = models.SlugField(unique=True)
    name = models.TextField()
    owner = models.ForeignKey(Partner, models.PROTECT, null=True, related_name="item_sources")
    kind = models.TextField(choices=SourceKind, default=SourceKind.HAND)
    address = models.TextField(default="", blank=True)
    secret_file = models.TextField(default="", blank=True)  # A file that holds the password: no secret in a table.
    formats = ArrayField(models.TextField(), default=list)  # Empty: all.
    default_tlp = models.TextField(choices=[(label.value, label.marking) for label in Tlp], default="", blank=True)
    reliability = models.TextField(choices=Reliability, default="", blank=True)
    certificates = models.TextField(default="", blank=True)  # OpenPGP, armoured: whose signatures we can judge.
    keeper = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    is_active = models.BooleanField(default=True)
    every = models.DurationField()
    position = models.JSONField(default=dict)
    fetched_at = models.DateTimeField(null=True)
    failure = models.TextField(default="", blank=True)
    made_at = models.DateTimeField()
    objects = ItemSourceQuerySet.as_manager()

    class Handling:
        """Sources are organisations."""

        keep_days = 0
        personal: dict[str, str] = {}
        plain = {
            "id", "slug", "name", "owner", "kind", "address", "secret_file", "formats", "default_tlp", "reliability",
            "certificates", "keeper", "is_active", "every", "position", "fetched_at", "failure", "made_at",
        }  # fmt: skip

    def __str__(self) -> str:
        """Its name."""
        return self.name


class Arrival(models.Model):
    """That an item came from a source, and in which version of its author it came last."""

    item = models.OneToOneField(SharedItem, models.CASCADE, related_name="arrival")
    source = models.ForeignKey(ItemSource, models.PROTECT, related_name="arrivals")
    author_version = models.TextField(default="", blank=True)
    revised_at = models.DateTimeField(null=True)  # When its author last changed it.
    received_at = models.DateTimeField()

    class Handling:
        """As the item."""

        keep_days = 3650
        personal: dict[str, str] = {}
        plain = {"id", "item", "source", "author_version", "revised_at", "received_at"}

    def __str__(self) -> str:
        """Item and version."""
        return f"{self.item_id} {self.author_version}".strip()


class HeldContentQuerySet(models.QuerySet["HeldContent"]):
    """Content held back."""

    def visible_to(self, actor: Actor) -> Self:
        """What came for one's own party."""
        return self.all() if actor is SYSTEM else self.filter(_of_own_party(actor, "source__owner"))


class HeldContent(models.Model):
    """Content that could not become items: kept to the byte, with the place and the reason, until a person settles it.

    What label it bears is not known, so nobody is shown what it says.
    """

    source = models.ForeignKey(ItemSource, models.PROTECT, related_name="held")
    name = models.TextField(default="", blank=True)
    content = models.BinaryField()
    size = models.PositiveBigIntegerField()
    digest = models.TextField()  # SHA-256, hex.
    format = models.TextField(default="", blank=True)
    code = models.TextField()
    place = models.TextField(default="", blank=True)
    reason = models.TextField()
    received_at = models.DateTimeField()
    state = models.TextField(choices=HeldState, default=HeldState.WAITING)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.TextField(default="", blank=True)
    drop_reason = models.TextField(default="", blank=True)
    objects = HeldContentQuerySet.as_manager()

    class Handling:
        """Nobody knows what is in it; what was settled is emptied at once."""

        keep_days = 365
        personal = {"content": "scrub", "name": "scrub"}
        plain = {
            "id", "source", "size", "digest", "format", "code", "place", "reason", "received_at", "state",
            "settled_at", "settled_by", "drop_reason",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="held_once_while_it_waits", fields=["source", "digest"], condition=Q(state="waiting")
            ),
            models.CheckConstraint(
                name="held_settled_at_only_when_settled",
                condition=Q(state="waiting", settled_at=None) | (~Q(state="waiting") & Q(settled_at__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=["source", "id"], condition=Q(state="waiting"), name="held_waiting")]

    def __str__(self) -> str:
        """Where it came from, and why it is held."""
        return f"{self.source_id} {self.code}"
