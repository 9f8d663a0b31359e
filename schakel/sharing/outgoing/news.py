"""The newest items that a reader may have, as news."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext as _

from schakel.policy.access import Actor
from schakel.policy.channels import Channel, Load, stop
from schakel.policy.sharing import Tlp
from schakel.sharing.formats.feed import atom
from schakel.sharing.items import content
from schakel.sharing.models import ItemQuerySet, ItemVersion, SharedItem
from schakel.sharing.words import ItemState

MOST = 100
CHANNEL = Channel(ceiling=Tlp.AMBER_STRICT, is_encrypted=True)
"""The site itself, by https, to the holder of a key; without one a reader sees what is public alone."""


@dataclass(frozen=True, slots=True)
class News:
    """What a feed shows. `digest` changes with anything in it."""

    items: tuple[SharedItem, ...]
    digest: str


def newest(*, to: Actor, at: datetime) -> News:
    """The items that came or changed last, newest first, as far as the reader may have them by a feed."""
    seen = SharedItem.objects.visible_to(to).select_related("owner", "circle")
    out = seen.filter(state__in=[ItemState.PUBLISHED, ItemState.RETRACTED], published_at__lte=at)
    found = {item.pk: item for order in ("published_at", "revised_at", "retracted_at") for item in _last(out, order)}
    shown = sorted(filter(_may_go, found.values()), key=lambda item: (_changed_at(item), item.pk), reverse=True)[:MOST]
    said = "\n".join(f"{item.pk} {item.state} {item.published_version} {item.tlp}" for item in shown)
    return News(items=tuple(shown), digest=hashlib.sha256(said.encode()).hexdigest()[:32])


def written(news: News, *, url: str) -> bytes:
    """The feed: an entry per item that is out, a tombstone per item that was retracted (RFC 6721)."""
    versions = ItemVersion.objects.filter(item__in=news.items, number=F("item__published_version"))
    told = {version.item_id: version for version in versions}
    gone = [(item.uid.urn, item.retracted_at) for item in news.items if item.retracted_at]
    return atom.feed(
        _entries(news, told),
        name=url,
        title=_("%(name)s: shared items") % {"name": settings.PLATFORM_NAME},
        author=settings.PLATFORM_NAME,
        url=url,
        updated_at=max(map(_changed_at, news.items), default=None),
        gone=gone,
    )


def _last(out: ItemQuerySet, order: str) -> Iterator[SharedItem]:
    yield from out.filter(**{f"{order}__isnull": False}).order_by(f"-{order}", "-pk")[:MOST]


def _may_go(item: SharedItem) -> bool:
    is_sealed = item.circle is not None and item.circle.is_closed
    return stop(Load(tlp=item.tlp, iep=item.iep, is_sealed=is_sealed), channel=CHANNEL) is None


def _changed_at(item: SharedItem) -> datetime:
    moments = (item.published_at, item.revised_at, item.retracted_at)
    return max(moment for moment in moments if moment)


def _entries(news: News, told: dict[int, ItemVersion]) -> Iterator[atom.Entry]:
    for item in news.items:
        if item.pk in told and item.state == ItemState.PUBLISHED:
            document = content.words_of(told[item.pk])
            publisher = document.publisher or (item.owner.name if item.owner else settings.PLATFORM_NAME)
            shown = replace(
                document,
                publisher=publisher,
                marking=replace(document.marking, tlp=Tlp(item.tlp)),
                published_at=item.published_at,
                revised_at=item.revised_at,
            )
            yield atom.Entry(document=shown, name=item.uid.urn)
