"""The index by which items are found, made anew: after an upgrade that changes how words are read."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from schakel.journal.actions import record
from schakel.kit.progress import Progress, unwatched
from schakel.kit.refusals import permit
from schakel.policy.access import Actor, Permission
from schakel.sharing.document import Document
from schakel.sharing.items import content
from schakel.sharing.models import OUT, ItemVersion, SearchEntry, SharedItem
from schakel.sharing.search import indexing

BATCH = 200


def rebuild(*, by: Actor, at: datetime, progress: Progress = unwatched) -> int:
    """Make the whole index anew, batch by batch; how many items are out. Raises NotPermitted."""
    permit(by.may(Permission.EXCHANGE_MANAGE))
    SearchEntry.objects.exclude(item__state__in=OUT).delete()
    items = SharedItem.objects.filter(state__in=OUT).select_related("circle").order_by("pk")
    rows, count = items.iterator(chunk_size=BATCH), 0
    while batch := list(islice(rows, BATCH)):
        indexing.keep_again(_told(batch))
        count += len(batch)
        progress(count, "items")
    record("sharing.index.rebuilt", by=by, at=at, count=count)
    return count


def _told(items: Iterable[SharedItem]) -> Iterator[tuple[SharedItem, Document]]:
    for item in items:
        version = ItemVersion.objects.select_related("item__circle").get(item=item, number=item.published_version or 0)
        yield item, content.document_of(version)
