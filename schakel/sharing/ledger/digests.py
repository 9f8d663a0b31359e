"""Digests: what could wait, gathered per mailbox, with only what its reader may see at the moment of sending."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from schakel.journal.actions import record
from schakel.kit.refusals import permit
from schakel.policy import channels
from schakel.policy.access import Actor, Permission
from schakel.policy.channels import Stop
from schakel.policy.sharing import strictest
from schakel.post import copies
from schakel.post.copies import Copy
from schakel.sharing.audience.preview import addressed, recipients
from schakel.sharing.document import Document
from schakel.sharing.items import content
from schakel.sharing.ledger import letters, stopping
from schakel.sharing.ledger.batch import party_of
from schakel.sharing.ledger.labels import effective, load_of
from schakel.sharing.ledger.ways import Party, Way, ways_of
from schakel.sharing.models import Dispatch, ItemVersion, SharedItem
from schakel.sharing.words import ItemState

BATCH = 500
"""So many mailboxes at once."""
Mailbox = tuple[int | None, int | None]
"""A contact, or an account."""


@dataclass(frozen=True, slots=True)
class _Digest:
    """What goes to one mailbox."""

    way: Way
    kept: list[Dispatch]


class _Reach:
    """Whom each item reaches at this moment, and what it says; looked up once per item and run."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._parties: dict[int, set[Party]] = {}
        self._documents: dict[int, Document] = {}

    def is_for(self, item: SharedItem, party: Party) -> bool:
        """Whether the party may read it now; what was retracted meanwhile is not offered any more."""
        if item.state != ItemState.PUBLISHED:
            return False
        if item.pk not in self._parties:
            found = recipients(addressed(item), at=self._at)
            self._parties[item.pk] = {party_of(one) for one in found if one.refusal is None}
        return party in self._parties[item.pk]

    def document(self, item: SharedItem) -> Document:
        """What its published version says."""
        if item.pk not in self._documents:
            version = ItemVersion.objects.select_related("item__circle").get(
                item=item, number=item.published_version or 0
            )
            self._documents[item.pk] = content.document_of(version)
        return self._documents[item.pk]


def send(*, by: Actor, at: datetime) -> dict[str, int]:
    """Send every digest that is due. Safe to repeat. Returns counts. Raises NotPermitted."""
    permit(by.may(Permission.NOTICE_SEND))
    counts, reach = Counter[str](), _Reach(at)
    while done := _send_some(reach, by, at):
        counts += done
    return dict(counts)


@transaction.atomic
def _send_some(reach: "_Reach", by: Actor, at: datetime) -> Counter[str]:
    waiting = Dispatch.objects.filter(due_at__lte=at, delivery=None, stop="")
    boxes = list(waiting.order_by("contact", "user").values_list("contact", "user").distinct()[:BATCH])
    if not boxes:
        return Counter()
    rows = list(_of(waiting, boxes).select_related("receipt__item__circle", "receipt__item__audience"))
    ways = ways_of({_party(row) for row in rows})
    by_box: dict[Mailbox, list[Dispatch]] = defaultdict(list)
    for row in rows:
        by_box[row.contact_id, row.user_id].append(row)
    found = [_digest(box, theirs, ways, reach) for box, theirs in by_box.items()]
    digests = [one for one in found if one is not None]
    numbers = copies.hand_over([_copy(one, reach, at) for one in digests], by=by, at=at)
    for one, number in zip(digests, numbers, strict=True):
        Dispatch.objects.filter(pk__in=[row.pk for row in one.kept]).update(delivery=number, due_at=None)
    sent = [row.pk for one in digests for row in one.kept]
    dropped = Dispatch.objects.filter(pk__in=[row.pk for row in rows]).exclude(pk__in=sent)
    lost = dropped.update(stop="no-longer-visible", due_at=None)
    record("sharing.digests.sent", by=by, at=at, digests=len(digests), items=len(sent), dropped=lost)
    return Counter(digests=len(digests), items=len(sent), dropped=lost)


def _of(waiting: QuerySet[Dispatch], boxes: Sequence[Mailbox]) -> QuerySet[Dispatch]:
    contacts, users = {contact for contact, _user in boxes}, {user for _contact, user in boxes}
    theirs = Q(contact__in=contacts - {None}) | Q(contact=None, user__in=users - {None})
    if (None, None) in boxes:  # Contact or account is gone: dropped with the others that nobody reads.
        theirs |= Q(contact=None, user=None)
    return waiting.filter(theirs).order_by("pk")


def _party(row: Dispatch) -> Party:
    return Party(row.receipt.partner_id, row.receipt.organisation_id, row.receipt.user_id)


def _digest(box: Mailbox, rows: list[Dispatch], ways: dict[Party, list[Way]], reach: _Reach) -> _Digest | None:
    """What one mailbox gets: nothing where it is gone, where it was stopped, or where nothing is left to read."""
    way = next((one for one in ways.get(_party(rows[0]), []) if (one.contact, one.user) == box), None)
    if way is None or way.has_stopped:
        return None
    kept = [row for row in rows if reach.is_for(row.receipt.item, _party(row))]
    return _Digest(way, kept) if kept else None


def _copy(one: _Digest, reach: _Reach, at: datetime) -> Copy:
    way, numbers = one.way, [row.pk for row in one.kept]
    mark = strictest(effective(row.receipt.item) for row in one.kept)
    with override(way.spoken):
        count = len(one.kept)
        subject = ngettext("%(count)s message", "%(count)s messages", count) % {"count": count}
        parts = [_entry(row.receipt.item, way, reach) for row in one.kept]
        body = "\n\n".join([mark.marking, _("New for you:"), *parts, f"{mark.marking}\n{letters.meaning(mark)}"]) + "\n"
    key = f"digest:{way.contact or ''}:{way.user or ''}:{numbers[0]}-{numbers[-1]}"
    tail, headers = stopping.footer(way)
    told = copies.content(key=key, subject=f"[{mark.marking}] {subject}", body=body, at=at)
    return Copy(
        key=key, address=way.address, content=told, language=way.language, channel=way.channel, tail=tail,
        headers={"X-TLP": mark.marking, **headers}, openpgp_key=way.openpgp_key, webhook_secret=way.webhook_secret,
    )  # fmt: skip


def _entry(item: SharedItem, way: Way, reach: _Reach) -> str:
    """One item in a few lines; only its label and a link where this way may carry no more."""
    mark, url = effective(item).marking, letters.url_of(item)
    if _stop(item, way) is not None:
        return "\n".join([f"{mark} {_('Read it after you have logged in:')}", url])
    text = letters.text_for(reach.document(item), reader=way.reader, language=way.spoken)
    return "\n".join(filter(None, [f"{mark} {text.title or item.title}", text.summary, text.action, url]))


def _stop(item: SharedItem, way: Way) -> Stop | None:
    return channels.stop(load_of(item), channel=way.carries)
