"""Telling outlets: what their partner may read now and does not have yet, and what it has and may not read any more."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import override

from schakel.journal.actions import record
from schakel.kit.refusals import permit
from schakel.policy import channels
from schakel.policy.access import SYSTEM, Actor, Grant, Level, Permission, Role
from schakel.policy.channels import Channel
from schakel.post import actions as post
from schakel.post.models import OutletKind
from schakel.sharing.misp.events import load_of
from schakel.sharing.models import FeedEvent, Outlet, OutletTelling, SharedItem
from schakel.sharing.outlets.messages import message
from schakel.sharing.words import ItemState

BATCH = 100
CHANNELS: dict[str, Channel] = {OutletKind.MISP: channels.MISP_SERVER, OutletKind.MATTERMOST: channels.CHAT}


def tell_due(*, at: datetime, limit: int = BATCH, by: Actor = SYSTEM) -> dict[str, int]:
    """Tell every outlet what is due, at most `limit` of each kind of act; each outlet in a transaction of its own.

    Safe to repeat. Returns counts: `told`, `stopped` by the ceiling, `recalled`. Raises NotPermitted.
    """
    permit(by.may(Permission.EXCHANGE_MANAGE))
    total = {"told": 0, "stopped": 0, "recalled": 0}
    for outlet in Outlet.objects.filter(ended_at=None).select_related("partner").order_by("pk"):
        for name, count in _tell(outlet, at=at, limit=limit, by=by).items():
            total[name] += count
    return total


@transaction.atomic
def _tell(outlet: Outlet, *, at: datetime, limit: int, by: Actor) -> dict[str, int]:
    if not Outlet.objects.select_for_update(no_key=True).filter(pk=outlet.pk, ended_at=None).exists():
        return {}
    recalls = list(_recalls(outlet, at, limit))
    tellings = [_judged(outlet, item, at) for item in _due(outlet)[:limit]]
    rows = [*recalls, *tellings]
    _hand_over([row for row in rows if not row.stop], by=by, at=at)
    OutletTelling.objects.bulk_create(rows)
    stopped = sum(bool(row.stop) for row in tellings)
    figures = {"told": len(tellings) - stopped, "stopped": stopped, "recalled": len(recalls)}
    if rows:
        record("sharing.outlet.told", on=outlet, by=by, at=at, **figures)
    return figures


def reader_of(outlet: Outlet) -> Actor:
    """Whom the outlet reads as: its partner, as somebody who only looks."""
    grant = Grant(Role.PARTNER, partner_id=outlet.partner_id, level=Level.READER)
    return Actor(name=f"outlet {outlet.pk}", grants=(grant,))


def channel_of(outlet: Outlet) -> Channel:
    """What may go there: as its kind allows, and no more than its owner wants."""
    return channels.at_most(CHANNELS[outlet.kind], outlet.ceiling)


def _readable(outlet: Outlet) -> "QuerySet[SharedItem]":
    """What its partner may read now. A room is told of what comes out from now on, a server of all that holds."""
    items = SharedItem.objects.visible_to(reader_of(outlet)).filter(state=ItemState.PUBLISHED)
    if outlet.kind == OutletKind.MATTERMOST:
        return items.filter(Q(published_at__gte=outlet.made_at) | Q(revised_at__gte=outlet.made_at))
    return items.filter(Exists(FeedEvent.objects.filter(item=OuterRef("pk"), version=OuterRef("published_version"))))


def _due(outlet: Outlet) -> "QuerySet[SharedItem]":
    told = OutletTelling.objects.filter(outlet=outlet, item=OuterRef("pk"), version=OuterRef("published_version"))
    return _readable(outlet).filter(~Exists(told)).select_related("circle", "feed_event").order_by("pk")


def _judged(outlet: Outlet, item: SharedItem, at: datetime) -> OutletTelling:
    stop = channels.stop(load_of(item), channel=channel_of(outlet))
    name = str(item.feed_event.uuid) if outlet.kind == OutletKind.MISP else ""
    return OutletTelling(
        outlet=outlet, item=item, version=item.published_version or 0, stop=stop or "", name_there=name, at=at
    )


def _recalls(outlet: Outlet, at: datetime, limit: int) -> Iterator[OutletTelling]:
    """The newest telling of each item that is there and should not be: retracted, hidden from it, or stopped now."""
    after = OutletTelling.objects.filter(outlet=outlet, item=OuterRef("item"), version__gte=OuterRef("version"))
    there = OutletTelling.objects.filter(outlet=outlet, is_recall=False, stop="").filter(
        ~Exists(after.filter(is_recall=True)), ~Exists(after.filter(version__gt=OuterRef("version"), stop=""))
    )
    visible = SharedItem.objects.visible_to(reader_of(outlet)).filter(state=ItemState.PUBLISHED)
    stopped = after.filter(version=F("item__published_version")).exclude(stop="")
    gone = there.filter(~Q(item__in=visible.values("pk")) | Exists(stopped)).select_related("item")
    for row in gone.order_by("pk")[:limit]:
        yield OutletTelling(
            outlet=outlet, item=row.item, version=row.version, is_recall=True, name_there=row.name_there, at=at
        )


def _hand_over(rows: list[OutletTelling], *, by: Actor, at: datetime) -> None:
    with override(settings.LANGUAGE_CODE):
        messages = [message(row) for row in rows]
    for row, delivery in zip(rows, post.hand_over(messages, by=by, at=at) if messages else [], strict=True):
        row.delivery = delivery
