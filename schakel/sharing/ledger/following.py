"""Reading the log of changes for one reader: items as they are now, tombstones for what it could have had."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from schakel.kit.refusals import Refused
from schakel.policy import channels
from schakel.policy.access import Actor, Permission
from schakel.policy.sharing import Tlp
from schakel.registry.models import Constituency
from schakel.sharing.changes import settled
from schakel.sharing.ledger.labels import load_of
from schakel.sharing.models import Audience, ItemChange, SharedItem
from schakel.sharing.models.readers import reader_of
from schakel.sharing.words import ItemState

NUMBER = re.compile("[0-9]{1,18}")


class Outdated(Refused):
    """The reader is no longer the one that it was: what it may read changed, so what it holds may be wrong."""

    wording = _(
        "What you may read has changed since. Begin again without a cursor, and drop what is not in the answer."
    )


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the answer: an item, or why it is gone (`retracted`, `expired`, `withdrawn`)."""

    uid: str
    at: datetime
    item: SharedItem | None = None
    gone: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Some steps, the cursor that goes on after them, and whether there is more right now."""

    steps: list[Step]
    cursor: str
    has_more: bool


def follow(*, by: Actor, cursor: str, size: int, at: datetime) -> Part:
    """The changes after `cursor` that concern the reader, oldest first; from the beginning without one.

    A constant number of queries. Raises Outdated, also for a cursor that is none of ours.
    """
    seal, audiences = _reader(by, at)
    place = _place(cursor, seal)
    found = list(_newest_of_each(by, audiences, place, settled())[: size + 1])
    rows = found[:size]
    seen = {
        item.pk: item for item in _visible(by, rows) if channels.stop(load_of(item), channel=channels.PROGRAM) is None
    }
    had = _had(by, audiences, place, [row.item_id for row in rows])
    steps = [step for row in rows if (step := _step(row, seen.get(row.item_id), had=row.item_id in had, at=at))]
    return Part(steps, f"{seal}.{rows[-1].pk if rows else place}", has_more=len(found) > size)


def _reader(by: Actor, at: datetime) -> tuple[str, QuerySet[Audience]]:
    """By what the reader is known in its cursor, and the audiences that mean it."""
    reader = reader_of(by, day=at.date())
    meant = [sorted(reader.addresses(tlp)) for tlp in Tlp]
    written = repr((meant, sorted(reader.circles), sorted(by.reach(Permission.ITEM_EDIT).partner_ids)))
    return hashlib.sha256(written.encode()).hexdigest()[:16], Audience.objects.of(reader)


def _place(cursor: str, seal: str) -> int:
    if not cursor:
        return 0
    known, _dot, number = cursor.partition(".")
    if known != seal or not NUMBER.fullmatch(number):
        raise Outdated
    return int(number)


def _newest_of_each(by: Actor, audiences: QuerySet[Audience], place: int, upto: int) -> QuerySet[ItemChange]:
    """Each item's newest settled change, where it is after the place and the reader may have to do with the item."""
    settled_rows = ItemChange.objects.filter(pk__lte=upto)
    newer = settled_rows.filter(pk__gt=OuterRef("pk"), item=OuterRef("item"))
    concerns = ItemChange.objects.filter(_mine(by, audiences), item=OuterRef("item"))
    own = Q(item__in=SharedItem.objects.filter(SharedItem.objects.own(by)).values("pk"))
    rows = settled_rows.filter(~Exists(newer), pk__gt=place).filter(Exists(concerns) | own)
    return rows.select_related("item").order_by("pk")


def _visible(by: Actor, rows: list[ItemChange]) -> QuerySet[SharedItem]:
    found = SharedItem.objects.visible_to(by).filter(pk__in=[row.item_id for row in rows])
    return found.select_related("circle", "owner")


def _had(by: Actor, audiences: QuerySet[Audience], place: int, items: list[int]) -> set[int]:
    """Those of the items that the reader could have had at the place where it is."""
    rows = ItemChange.objects.filter(_mine(by, audiences), item__in=items, pk__lte=place)
    return set(rows.values_list("item", flat=True))


def _mine(by: Actor, audiences: QuerySet[Audience]) -> Q:
    organisations = by.reach(Permission.ITEM_VIEW).organisation_ids
    guardians = Constituency.objects.filter(organisation__in=organisations).values("partner")
    return Q(audience__in=audiences.values("pk")) | Q(passed_by__in=guardians)


def _step(row: ItemChange, item: SharedItem | None, *, had: bool, at: datetime) -> Step | None:
    uid = str(item.uid) if item else ""
    if item is not None and item.state == ItemState.PUBLISHED and not _is_over(item, at):
        return Step(uid, row.at, item=item)
    if not had:
        return None
    if item is None:
        return Step(str(row.item.uid), row.at, gone="withdrawn")
    return Step(uid, row.at, gone="retracted" if item.state == ItemState.RETRACTED else "expired")


def _is_over(item: SharedItem, at: datetime) -> bool:
    return item.valid_until is not None and item.valid_until <= at
