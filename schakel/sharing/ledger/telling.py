"""Telling: who an item reaches is decided and kept, and what goes out is handed to the post, batch by batch.

The first batch is small, so that the first mail leaves while the rest is still being decided. A batch is one
transaction, and what it has done is in the ledger: a round that dies goes on where it stopped.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

from django.db import transaction

from schakel.journal.actions import record
from schakel.kit import queue
from schakel.kit.refusals import permit
from schakel.policy.access import Actor, Permission
from schakel.policy.audience import Hidden
from schakel.sharing import changes
from schakel.sharing.audience.preview import Recipient, addressed, recipients
from schakel.sharing.items import content
from schakel.sharing.ledger.batch import Round, tell_batch
from schakel.sharing.ledger.recall import recall
from schakel.sharing.models import ItemVersion, Receipt, SharedItem, Telling
from schakel.sharing.words import ItemState, Occasion

JOB = "sharing.tell"
REVIEW = "sharing.review_passings"
FIRST_BATCH, BATCH = 20, 5000
PATIENCE = timedelta(minutes=10)  # A round that takes longer has lost its worker.
OUTSIDERS = {Hidden.NOT_ADDRESSED, Hidden.OUTSIDE_CIRCLE}
"""Who is refused so is counted and not listed: a list of who is not in a circle would be one of its secrets."""


def tell(*, item: SharedItem, version: int, by: Actor, at: datetime) -> dict[str, int]:
    """Tell whoever a published version reaches; its retraction to all who got it. Under embargo: when that ends.

    Safe to repeat, and to be overtaken by a newer version, which then tells. Returns counts. Raises NotPermitted.
    """
    permit(by.may(Permission.NOTICE_SEND))
    item.refresh_from_db()
    if item.published_version != version:
        return {}
    if item.state == ItemState.RETRACTED:
        return _round(item, version, Occasion.RETRACTION, by=by, at=at)
    if item.embargo_until is not None and at < item.embargo_until:
        wait = int((item.embargo_until - at).total_seconds()) + 1
        queue.later(JOB, queue="outgoing", wait_seconds=wait, item_id=item.pk, version=version)
        return {}
    return _round(item, version, Occasion.UPDATE if version > 1 else Occasion.NEW, by=by, at=at)


def resume(*, by: Actor, at: datetime) -> int:
    """Queue again the rounds of telling that began and did not end; returns how many. Raises NotPermitted."""
    permit(by.may(Permission.NOTICE_SEND))
    left = Telling.objects.filter(ended_at=None, begun_at__lte=at - PATIENCE).values_list("item", "version")
    for item, version in left:
        queue.later(JOB, queue="outgoing", once=f"{JOB}:{item}:{version}", item_id=item, version=version)
    return len(left)


def _round(item: SharedItem, version: int, occasion: str, *, by: Actor, at: datetime) -> dict[str, int]:
    telling, _is_new = Telling.objects.get_or_create(
        item=item, version=version, occasion=occasion, defaults={"begun_at": at}
    )
    if telling.ended_at is not None:
        return {}
    counts = Counter[str]()
    if occasion == Occasion.RETRACTION:
        counts += recall(item, Receipt.objects.filter(item=item), Occasion.RETRACTION, by=by, at=at)
    else:
        counts += _to_audience(item, version, by, at)
        former = Receipt.objects.filter(item=item, passing=None, version__lt=version)
        counts += recall(item, former, Occasion.WITHDRAWAL, by=by, at=at)
    _end(telling, counts, by, at)
    return dict(counts)


def _to_audience(item: SharedItem, version: int, by: Actor, at: datetime) -> Counter[str]:
    counts = Counter[str]()
    row = ItemVersion.objects.select_related("item__circle").get(item=item, number=version)
    told = Round(item=item, version=row, document=content.document_of(row), by=by, at=at)
    theirs = _not_its_own(item, recipients(addressed(item), at=at))
    for batch in _batches(theirs):
        listed = [one for one in batch if one.refusal not in OUTSIDERS]
        counts["outside"] += len(batch) - len(listed)
        counts += tell_batch(told, listed)
    return counts


def _not_its_own(item: SharedItem, found: Iterable[Recipient]) -> Iterator[Recipient]:
    """Everybody but the party that published it."""
    own = ("partner", item.owner_id) if item.owner_id is not None else ("desk", None)
    return (one for one in found if (one.party.value, one.pk) != own)


def _batches(found: Iterator[Recipient]) -> Iterator[list[Recipient]]:
    size = FIRST_BATCH
    while batch := list(islice(found, size)):
        yield batch
        size = BATCH


@transaction.atomic
def _end(telling: Telling, counts: Counter[str], by: Actor, at: datetime) -> None:
    telling.ended_at, telling.counts = at, dict(counts)
    telling.save()
    if telling.occasion == Occasion.UPDATE:
        queue.later(REVIEW, queue="outgoing", item_id=telling.item_id)
    changes.note(telling.item, at=at)  # An embargo may have ended: who follows by machine looks again.
    record("sharing.item.told", on=telling.item, by=by, at=at, version=telling.version, **dict(counts))
