"""Figures of the ledger: what became of one item, and of all sharing, statutory and network's own apart (R162)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Count, Min, Q
from django.db.models.functions import Coalesce

from schakel.kit.refusals import permit
from schakel.policy.access import Actor, Permission
from schakel.post.models import DeliveryState
from schakel.sharing.items.drafting import may_edit
from schakel.sharing.models import OUT, Dispatch, Receipt, SharedItem
from schakel.sharing.models.ledger import ReceiptQuerySet
from schakel.sharing.words import Outcome

FEWEST = 3
"""Fewer than so many behind a partner that passes on are not counted apart: a count of one would name it."""
COUNTS: Mapping[str, Q] = {
    "decided": Q(),
    "refused": ~Q(refusal=""),
    "told": Q(sent_at__isnull=False),
    "fetched": Q(fetched_at__isnull=False),
    "acknowledged": Q(acknowledged_at__isnull=False),
    "done": Q(outcome=Outcome.DONE),
    "not_for_us": Q(outcome=Outcome.NOT_FOR_US),
    "recalled": Q(recalled_at__isnull=False),
}


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """Of one item: its own recipients, those behind partners that passed it on, and how quick it was.

    `first_delivery`: from when it reached us (or was written) to the first message that a recipient's server took.
    `relayed` is None where so few are behind it that a count would name them.
    """

    own: Mapping[str, int]
    bounced: int
    relays: int
    relayed: Mapping[str, int] | None
    first_delivery: timedelta | None


def of_item(item: SharedItem, *, by: Actor) -> ItemFigures:
    """For whoever publishes it. Four queries at most. Raises NotPermitted."""
    permit(may_edit(item, by))
    receipts = Receipt.objects.filter(item=item)
    relayed = _counted(receipts.exclude(passing=None))
    relays = receipts.exclude(passing=None).values("passing").distinct().count()
    sent = Dispatch.objects.filter(receipt__item=item, receipt__passing=None)
    bounced = sent.filter(delivery__state__in=[DeliveryState.BOUNCED, DeliveryState.DEAD]).count()
    return ItemFigures(
        own=_counted(receipts.filter(passing=None)),
        bounced=bounced,
        relays=relays,
        relayed=relayed if relayed["decided"] >= FEWEST else None,
        first_delivery=_first_delivery(item),
    )


def _counted(receipts: ReceiptQuerySet) -> dict[str, int]:
    return dict(receipts.aggregate(**{name: Count("pk", filter=wanted) for name, wanted in COUNTS.items()}))


def _first_delivery(item: SharedItem) -> timedelta | None:
    first = Dispatch.objects.filter(receipt__item=item).aggregate(at=Min("delivery__sent_at"))["at"]
    return first - (item.received_at or item.made_at) if first else None


@dataclass(frozen=True, slots=True)
class Overall:
    """Of all items that went out in a time: on what ground, to how many, how quick (median)."""

    is_statutory: bool
    items: int
    retracted: int
    told: int
    fetched: int
    acknowledged: int
    acted: int
    passed_on: int
    first_delivery: timedelta | None
    to_constituency: timedelta | None


def overall(*, since: datetime, until: datetime, by: Actor) -> list[Overall]:
    """Statutory sharing and the network's own, apart; closed circles are in no figure. Raises NotPermitted."""
    permit(by.reach(Permission.ITEM_COUNT).is_everything)
    return [_overall(is_statutory, since, until) for is_statutory in (True, False)]


def _overall(is_statutory: bool, since: datetime, until: datetime) -> Overall:  # noqa: FBT001 - private
    items = SharedItem.objects.filter(
        Q(circle=None) | Q(circle__is_closed=False), state__in=OUT, is_statutory=is_statutory,
        published_at__gte=since, published_at__lt=until,
    )  # fmt: skip
    receipts = Receipt.objects.filter(item__in=items.values("pk"))
    counts = _counted(receipts)
    return Overall(
        is_statutory=is_statutory,
        items=items.count(),
        retracted=items.filter(retracted_at__isnull=False).count(),
        told=counts["told"],
        fetched=counts["fetched"],
        acknowledged=counts["acknowledged"],
        acted=counts["done"] + counts["not_for_us"],
        passed_on=receipts.exclude(passing=None).values("passing").distinct().count(),
        first_delivery=_typical(receipts, Coalesce("item__received_at", "item__made_at")),
        to_constituency=_typical(receipts.exclude(passing=None), Coalesce("item__published_at", "item__made_at")),
    )


def _typical(receipts: ReceiptQuerySet, start: Coalesce) -> timedelta | None:
    """The median over items of the time from `start` to the first message that was taken."""
    rows = receipts.values("item").annotate(start=Min(start), first=Min("dispatches__delivery__sent_at"))
    spans = [row["first"] - row["start"] for row in rows.filter(first__isnull=False)]
    return median(spans) if spans else None
