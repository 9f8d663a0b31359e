"""The collections that a program finds with us: all that it may read, one for each of its circles, one to send to."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID, uuid5

from django.db import connection
from django.utils.translation import gettext as _

from schakel.policy.access import Actor, Permission
from schakel.policy.audience import Reader
from schakel.policy.sharing import Tlp
from schakel.sharing.models import Circle, CircleMember
from schakel.sharing.models.readers import reader_of

NAMESPACE: Final = UUID("0b6e6b1e-8f0c-5d0e-9a63-6d5a0c1f7b21")
SHARED: Final = uuid5(NAMESPACE, "shared")
SENT: Final = uuid5(NAMESPACE, "sent")
SECONDS: Final = 1.0
"""So long circles, agreements and places in the network of who asks are remembered."""
MOST_READERS: Final = 1000
_READERS: dict[tuple[Actor, date], tuple[float, Reader]] = {}
_MEANT: Final = f"""
SELECT id FROM sharing_audience WHERE (circle_id IS NULL OR circle_id = ANY(%s))
AND (%s::bigint IS NULL OR circle_id = %s) AND ({" OR ".join(["(tlp = %s AND addresses && %s::text[])"] * len(Tlp))})
"""  # noqa: S608 - all of it is ours
"""`Audience.objects.of`, written out: putting it together anew takes longer than all else of a page."""


@dataclass(frozen=True, slots=True)
class Collection:
    """One collection: TAXII 2.1, section 5.2.1. `circle`: it holds what is in that circle alone."""

    id: UUID
    title: str
    description: str
    can_read: bool = True
    can_write: bool = False
    alias: str = ""
    circle: int | None = None


def visible_to(actor: Actor) -> list[Collection]:
    """Those that the actor may know of. A constant number of queries."""
    shared = Collection(id=SHARED, title=_("Shared with you"), description=_("All that you may read."), alias="shared")
    return [shared, *_of_circles(actor), *_to_send_to(actor)]


def audiences(actor: Actor, *, day: date, circle: int | None = None) -> list[int]:
    """The audiences that mean the actor; in a circle, only those of it. A constant number of queries."""
    reader = _reader(actor, day)
    given: list[Any] = [sorted(reader.circles), circle, circle]
    for tlp in Tlp:
        given += [tlp.value, sorted(reader.addresses(tlp))]
    with connection.cursor() as cursor:
        cursor.execute(_MEANT, given)
        return [key for (key,) in cursor]


def _reader(actor: Actor, day: date) -> Reader:
    """Who the actor is to items, as it was at most a second ago: a crawl asks for a hundred pages in that time.

    Keys and roles are looked at each time, and so are audiences: nothing that was added is missed by it.
    """
    known = _READERS.get((actor, day))
    now = time.monotonic()
    if known is None or now - known[0] > SECONDS:
        if len(_READERS) >= MOST_READERS:
            _READERS.clear()
        known = _READERS[actor, day] = (now, reader_of(actor, day=day))
    return known[1]


def _of_circles(actor: Actor) -> Iterator[Collection]:
    """Closed circles are sealed, and served to nobody."""
    within = CircleMember.objects.of(actor).values("circle")
    for circle in Circle.objects.filter(pk__in=within, is_closed=False).order_by("pk"):
        own = uuid5(NAMESPACE, f"circle {circle.pk}")
        yield Collection(id=own, title=circle.name, description=circle.purpose, circle=circle.pk)


def _to_send_to(actor: Actor) -> Iterator[Collection]:
    if actor.reach(Permission.ITEM_IMPORT):
        words = _("What you send here becomes items of your organisation.")
        yield Collection(
            id=SENT, title=_("Send to us"), description=words, can_read=False, can_write=True, alias="send"
        )
