"""Taking back: whoever got a version that no longer holds for it is told so, by the ways by which it got it."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from schakel.policy import channels
from schakel.policy.access import Actor
from schakel.post import copies
from schakel.post.copies import Copy
from schakel.post.models import Content
from schakel.registry.models import ChannelKind
from schakel.sharing.ledger import letters, rows
from schakel.sharing.ledger.labels import effective, load_of
from schakel.sharing.ledger.ways import Party, Way, ways_of
from schakel.sharing.models import Dispatch, Receipt, SharedItem
from schakel.sharing.words import Occasion

BATCH = 5000


def recall(
    item: SharedItem, receipts: QuerySet[Receipt], occasion: Occasion, *, by: Actor, at: datetime
) -> Counter[str]:
    """Tell all of `receipts` that got the item that it is retracted, or withdrawn for them. Safe to repeat."""
    got_it = receipts.filter(Q(sent_at__isnull=False) | Q(fetched_at__isnull=False), recalled_at=None)
    counts = Counter[str]()
    while batch := list(got_it.select_related("passing").order_by("pk")[:BATCH]):
        counts += _recall_batch(item, batch, occasion, by, at)
    return counts


@transaction.atomic
def _recall_batch(item: SharedItem, batch: list[Receipt], occasion: Occasion, by: Actor, at: datetime) -> Counter[str]:
    waiting = Dispatch.objects.filter(receipt__in=batch, delivery=None, due_at__isnull=False, stop="")
    waiting.update(stop=occasion.value, due_at=None)  # What is in no digest yet does not come any more.
    sendings = list(_sendings(batch))
    writer = _Writer(item, occasion, at)
    made = [writer.copy(receipt, way, is_bare=is_bare) for receipt, way, is_bare in sendings]
    deliveries = copies.hand_over(made, by=by, at=at)
    rows.add_dispatches(
        [
            rows.NewDispatch(receipt.pk, way.contact, way.user, number, occasion, is_bare, "", None)
            for (receipt, way, is_bare), number in zip(sendings, deliveries, strict=True)
        ],
        version=item.published_version or 0,
        at=at,
    )
    Receipt.objects.filter(pk__in=[one.pk for one in batch]).update(recalled_at=at)
    return Counter(recalled=len(batch), messages=len(made))


def _sendings(batch: list[Receipt]) -> Iterator[tuple[Receipt, Way, bool]]:
    """The ways by which each got it; who only fetched it is told by its usual ones. The flag: it got a bare link."""
    used: dict[int, dict[tuple[int | None, int | None], bool]] = {}
    sent = Dispatch.objects.filter(receipt__in=batch, delivery__isnull=False)
    for number, contact, user, is_bare in sent.values_list("receipt", "contact", "user", "is_bare"):
        used.setdefault(number, {})[contact, user] = is_bare
    ways = ways_of([_party(one) for one in batch])
    for receipt in batch:
        theirs = used.get(receipt.pk)
        for way in ways.get(_party(receipt), []):
            if theirs is None and receipt.fetched_at and way.channel == ChannelKind.MAIL:
                yield receipt, way, True
            elif theirs is not None and (way.contact, way.user) in theirs:
                yield receipt, way, theirs[way.contact, way.user]


def _party(receipt: Receipt) -> Party:
    return Party(receipt.partner_id, receipt.organisation_id, receipt.user_id)


class _Writer:
    """What is said, once per language and form."""

    def __init__(self, item: SharedItem, occasion: Occasion, at: datetime) -> None:
        self._item, self._occasion, self._at = item, occasion, at
        self._contents: dict[str, Content] = {}

    def copy(self, receipt: Receipt, way: Way, *, is_bare: bool) -> Copy:
        """The message to one way."""
        number = self._item.published_version
        is_withdrawn = self._occasion == Occasion.WITHDRAWAL
        return Copy(
            key=f"receipt:{receipt.pk}:{number}:{self._occasion}:{way.contact or ''}:{way.user or ''}",
            address=way.address,
            content=self._content(way, is_bare=is_bare),
            language=way.language,
            channel=way.channel,
            headers={} if is_withdrawn else {"X-TLP": effective(self._item).marking},
            openpgp_key=way.openpgp_key,
            webhook_secret=way.webhook_secret,
        )

    def _content(self, way: Way, *, is_bare: bool) -> Content:
        is_bare = is_bare or channels.stop(load_of(self._item), channel=way.carries) is not None
        name = f"{way.channel}.{'bare' if is_bare else 'full'}.{way.spoken}.{self._occasion}"
        if name not in self._contents:
            letter = self._letter(way, is_bare=is_bare)
            payload = (
                letters.notice(self._item, occasion=self._occasion) if way.channel == ChannelKind.WEBHOOK else None
            )
            key = f"item:{self._item.pk}:{self._item.published_version}:{name}"
            self._contents[name] = copies.content(
                key=key, subject=letter.subject, body=letter.body, payload=payload, at=self._at
            )
        return self._contents[name]

    def _letter(self, way: Way, *, is_bare: bool) -> letters.Letter:
        if self._occasion == Occasion.WITHDRAWAL:
            return letters.withdrawn(self._item, language=way.spoken)
        if is_bare:
            return letters.bare(self._item, occasion=self._occasion, language=way.spoken)
        return letters.retracted(self._item, language=way.spoken)
