"""The feed of MISP: events made as items come out, and what of them one reader gets."""

import hashlib
from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from schakel.journal.actions import record
from schakel.kit.refusals import permit
from schakel.policy import channels
from schakel.policy.access import SYSTEM, Actor, Permission
from schakel.policy.sharing import Tlp
from schakel.sharing.formats.misp import feeds
from schakel.sharing.misp import events
from schakel.sharing.models import OUT, FeedEvent, SharedItem
from schakel.sharing.words import ItemState

BATCH = 100
CHUNK = 1000


@transaction.atomic
def make_due(*, at: datetime, limit: int = BATCH, by: Actor = SYSTEM) -> dict[str, int]:
    """Make the events of items that came out or changed, at most `limit`; take out what may not be in a feed any more.

    Safe to repeat. Returns counts: `made`, `removed`. Raises NotPermitted.
    """
    permit(by.may(Permission.EXCHANGE_MANAGE))
    removed, _each = FeedEvent.objects.exclude(item__in=_allowed()).delete()
    due = _allowed().filter(~Exists(_current(OuterRef("pk")))).order_by("pk")
    items = list(due.select_related("circle").select_for_update(of=("self",), no_key=True, skip_locked=True)[:limit])
    made = sum(_make(item, at) for item in items)
    if made or removed:
        record("sharing.feed.made", by=by, at=at, made=made, removed=removed)
    return {"made": made, "removed": removed}


def digest(actor: Actor) -> str:
    """Another whenever the feed of this reader is another."""
    seen = hashlib.sha256()
    for row in rows(actor).values_list("uuid", "version", "is_retracted", "made_at").iterator(chunk_size=CHUNK):
        seen.update(repr(row).encode())
    return seen.hexdigest()[:32]


def manifest(actor: Actor) -> Iterator[str]:
    """`manifest.json`, piece by piece."""
    before = "{"
    for line in rows(actor).values_list("line", flat=True).iterator(chunk_size=CHUNK):
        yield before + bytes(line).decode()
        before = ","
    yield "}" if before == "," else "{}"


def hashes(actor: Actor) -> Iterator[str]:
    """`hashes.csv`, piece by piece."""
    yield from rows(actor).values_list("hashes", flat=True).iterator(chunk_size=CHUNK)


def rows(actor: Actor) -> "QuerySet[FeedEvent]":
    """What of the feed the actor gets: of two items with the same event, the one made last."""
    return FeedEvent.objects.visible_to(actor).order_by("uuid", "-made_at", "-pk").distinct("uuid")


def _allowed() -> "QuerySet[SharedItem]":
    """Items whose label and circle let them leave by a feed; the policy is asked again of each as it is made."""
    feed = channels.MISP_FEED
    labels = [tlp.value for tlp in Tlp if not channels.stop(channels.Load(tlp=tlp.value, iep={}), channel=feed)]
    return SharedItem.objects.filter(Q(circle=None) | Q(circle__is_closed=False), state__in=OUT, tlp__in=labels)


def _current(item: OuterRef) -> "QuerySet[FeedEvent]":
    as_told = Q(version=F("item__published_version"), is_retracted=Q(item__state=ItemState.RETRACTED))
    return FeedEvent.objects.filter(as_told, item=item)


def _make(item: SharedItem, at: datetime) -> bool:
    if channels.stop(events.load_of(item), channel=channels.MISP_FEED):
        return False
    found = feeds.published(events.event(item), tlp=Tlp(item.tlp))
    FeedEvent.objects.update_or_create(
        item=item,
        defaults={
            "version": item.published_version or 0,
            "is_retracted": item.state == ItemState.RETRACTED,
            "uuid": found.uuid,
            "content": found.content,
            "line": found.line,
            "hashes": found.hashes,
            "made_at": at,
        },
    )
    return True
