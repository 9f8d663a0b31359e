"""Published items as objects that programs fetch: put there, replaced, and revoked with their item."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from django.db import transaction
from django.utils import timezone

from schakel.journal.actions import record
from schakel.kit import queue
from schakel.policy.access import Actor
from schakel.sharing.formats.stix import Stix
from schakel.sharing.formats.stix.fresh import stamp
from schakel.sharing.formats.stix.graph import SUPPORT
from schakel.sharing.formats.stix.rules import moment
from schakel.sharing.items import outgoing
from schakel.sharing.models import OUT, ServedObject, SharedItem
from schakel.sharing.taxii.placing import Row, place
from schakel.sharing.words import ItemState

JOB: Final = "sharing.serve"
Json = dict[str, Any]


@dataclass(slots=True)
class Change:
    """What is to be done with the rows of one item."""

    added: list[Row]
    dropped: list[int]


@transaction.atomic
def serve(*, item_id: int, by: Actor, at: datetime) -> None:
    """Let programs fetch what is out of an item, and nothing else of it. Done twice, nothing changes.

    What lies in a closed circle is not served: it would lie open in a table. What is under embargo waits for its end.
    """
    item = (
        SharedItem.objects.select_for_update(no_key=True, of=["self"]).select_related("circle", "owner").get(pk=item_id)
    )
    if item.state not in OUT or (item.circle is not None and item.circle.is_closed):
        return
    if item.embargo_until is not None and at < item.embargo_until:
        wait = int((item.embargo_until - at).total_seconds()) + 1
        queue.later(JOB, queue="outgoing", wait_seconds=wait, item_id=item.pk)
        return
    wanted = list(_rows(item))
    change = _change(item, [row for row in wanted if row.item is not None])
    if change.added or change.dropped:
        ServedObject.objects.filter(pk__in=change.dropped).delete()
        place([*_missing([row for row in wanted if row.item is None]), *change.added])
        record("sharing.item.served", on=item, by=by, at=at, added=len(change.added), dropped=len(change.dropped))


def _rows(item: SharedItem) -> Iterator[Row]:
    document = outgoing.published(item)
    for one in orjson.loads(Stix().write(document).content)["objects"]:
        yield Row(
            item=None if one["type"] in SUPPORT else item.pk,
            audience=item.audience_id,
            key=one["id"],
            type=one["type"],
            version=_version(one),
            is_revoked=one.get("revoked", False),
            content=orjson.dumps(one).decode(),
        )


def _version(one: Json) -> datetime | None:
    """When this version was made (TAXII 2.1, section 3.5); an observable has none."""
    text = one.get("modified") or one.get("created")
    return moment(text) if text else None


def _change(item: SharedItem, wanted: list[Row]) -> Change:
    """What differs from what is served now; what is gone is served on as revoked, once."""
    before = list(ServedObject.objects.filter(item=item))
    if item.state == ItemState.RETRACTED:
        wanted = [row for row in wanted if row.version is not None]
        known = {(row.key, row.version, row.content) for row in before}
        if known == {(row.key, row.version, row.content) for row in wanted}:
            return Change(added=[], dropped=[])
        return Change(added=wanted, dropped=[row.sequence for row in before])
    if any(row.audience_id != item.audience_id for row in before):
        return Change(added=wanted, dropped=[row.sequence for row in before])
    return _difference(before, wanted)


def _difference(before: list[ServedObject], wanted: list[Row]) -> Change:
    served = {(row.key, row.version): row for row in before}
    same = {(row.key, row.version) for row in wanted if _is_same(served.get((row.key, row.version)), row)}
    added = [row for row in wanted if (row.key, row.version) not in same]
    replaced = [served[row.key, row.version].sequence for row in added if (row.key, row.version) in served]
    keys = {row.key for row in wanted}
    gone = [row for row in _newest(before) if row.key not in keys]
    tombs = [_tomb(row) for row in gone if row.version is not None and not row.is_revoked]
    return Change(added=[*added, *tombs], dropped=[*replaced, *(row.sequence for row in gone if row.version is None)])


def _is_same(served: ServedObject | None, row: Row) -> bool:
    return served is not None and served.content == row.content


def _newest(rows: Iterable[ServedObject]) -> list[ServedObject]:
    newest: dict[str, ServedObject] = {}
    for row in sorted(rows, key=lambda row: row.sequence):
        newest[row.key] = row
    return list(newest.values())


def _tomb(row: ServedObject) -> Row:
    """The last word on an object that its item no longer holds."""
    at = timezone.now()
    content = orjson.loads(row.content) | {"revoked": True, "modified": stamp(at)}
    return Row(
        item=row.item_id,
        audience=row.audience_id,
        key=row.key,
        type=row.type,
        version=moment(content["modified"]),
        is_revoked=True,
        content=orjson.dumps(content).decode(),
    )


def _missing(rows: list[Row]) -> list[Row]:
    """Authors and markings that this audience cannot fetch yet."""
    if not rows:
        return []
    audience, keys = rows[0].audience, [row.key for row in rows]
    there = set(ServedObject.objects.filter(item=None, audience=audience, key__in=keys).values_list("key", "version"))
    return [row for row in rows if (row.key, row.version) not in there]
