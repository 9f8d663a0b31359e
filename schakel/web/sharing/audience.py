"""Who gets the newest version of an item, and who does not and why, in words for whoever wrote it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from schakel.kit import spreadsheet
from schakel.policy.access import Actor, Permission
from schakel.policy.audience import needs_review
from schakel.sharing.audience.addressees import Book
from schakel.sharing.audience.parties import Party
from schakel.sharing.audience.preview import Recipient, Summary, recipients, summary, when_out
from schakel.sharing.items import content
from schakel.sharing.items.drafting import may_edit
from schakel.sharing.items.terms import SharingTerms, terms_of
from schakel.sharing.models import ItemVersion, SharedItem
from schakel.web.entrance import needs
from schakel.web.middleware import Request
from schakel.web.sharing import words
from schakel.web.sharing.page import seen
from schakel.web.streams import stream

COLUMNS = ("party", "name", "gets_it", "address", "reason")
BATCH = 1000
"""Names are asked by so many."""


@dataclass(frozen=True, slots=True)
class Named:
    """A recipient with its name as far as the reader may know it."""

    recipient: Recipient
    name: str
    address: str
    reason: str
    is_known: bool


def own_item(request: Request, uid: UUID) -> tuple[SharedItem, ItemVersion]:
    """One's own item and its newest version; to others there is nothing to prepare here."""
    item = seen(request, uid)
    own = SharedItem.objects.filter(SharedItem.objects.own(request.actor), pk=item.pk)
    get_object_or_404(own)
    version = ItemVersion.objects.select_related("item__circle").get(item=item, number=item.version_count)
    return item, version


@require_safe
@needs(Permission.ITEM_VIEW)
def show(request: Request, uid: UUID) -> HttpResponse:
    """Exactly who gets the newest version, and who does not and why."""
    item, version = own_item(request, uid)
    return render(request, "sharing/audience.html", preview(request.actor, item, version, timezone.now()))


def preview(actor: Actor, item: SharedItem, version: ItemVersion, at: datetime) -> dict[str, Any]:
    terms = terms_of(version)
    counted = summary(when_out(terms, circle=item.circle), at=at)
    naming = Naming.of(actor, item, terms, [*counted.listed, *counted.listed_refused])
    return {
        "item": item,
        "version": version,
        "terms": terms,
        "title": content.words_of(version).title,
        "counted": counted,
        "by_address": [(naming.whom(one), count) for one, count in counted.by_address.most_common()],
        "getting": [(party, counted.getting[party], naming.names(counted.listed, party)) for party in Party],
        "refused": _reasons(counted, naming),
        "may": {
            "edit": may_edit(item, actor),
            "publish": may_edit(item, actor, Permission.ITEM_PUBLISH),
        },
        "is_open": version.published_at is None and item.state not in {"retracted", "dropped"},
        "wants_review": needs_review(terms.tlp, above=settings.REVIEW_ABOVE),
        "is_reviewed": item.reviewed_version == version.number,
    }


def _reasons(counted: Summary, naming: "Naming") -> list[tuple[str, int, list[Named]]]:
    """Why somebody does not get it, with how many and the first; the same words are one reason."""
    found: dict[str, tuple[int, list[Named]]] = {}
    for reason, count in counted.refused.most_common():
        words_of = words.refused(reason, may_know=naming.may_know)
        before = found.get(words_of, (0, []))
        named = [naming.named(one) for one in counted.listed_refused if one.refusal == reason]
        named = [one for one in named if one.is_known]
        found[words_of] = (before[0] + count, before[1] + named)
    return [(reason, count, named) for reason, (count, named) in found.items()]


@dataclass(frozen=True, slots=True)
class Naming:
    """Names of recipients and addresses, as far as one actor may know them."""

    book: dict[str, Any]
    may_know: bool

    @classmethod
    def of(cls, actor: Actor, item: SharedItem, terms: SharingTerms, listed: list[Recipient]) -> "Naming":
        """Those of an item's addresses and of these recipients. At most four queries."""
        asked = {*terms.addresses, *(f"{one.party}:{one.pk}" for one in listed if one.pk)}
        may_know = actor.reach(Permission.AGREEMENT_VIEW).is_everything
        return cls(Book(actor).names(asked, circle=item.circle), may_know)

    def whom(self, asked: str) -> str:
        """Whom an address means."""
        return words.whom(self.book.get(asked))

    def named(self, one: Recipient) -> Named:
        """A recipient in words."""
        known = self.book.get(f"{one.party}:{one.pk}")
        name = known.name if known else str(Party.DESK.label) if one.party == Party.DESK else ""
        reason = words.refused(one.refusal, may_know=self.may_know) if one.refusal else ""
        return Named(one, name, self.whom(one.address) if one.address else "", reason, is_known=bool(name))

    def names(self, listed: list[Recipient], party: Party) -> list[Named]:
        """The listed of one sort whose names are known."""
        return [named for one in listed if one.party == party and (named := self.named(one)).is_known]


@require_safe
@needs(Permission.ITEM_VIEW)
def export(request: Request, uid: UUID) -> StreamingHttpResponse:
    """The whole audience as CSV, with the names that one may know."""
    item, version = own_item(request, uid)
    terms = terms_of(version)
    found = recipients(when_out(terms, circle=item.circle), at=timezone.now())
    lines = _lines(found, lambda batch: Naming.of(request.actor, item, terms, batch))
    return stream(request, lines, kind="text/csv; charset=utf-8", name=f"{item.uid}-audience.csv")


def _lines(found: Iterator[Recipient], naming_of: Callable[[list[Recipient]], Naming]) -> Iterator[str]:
    yield spreadsheet.text([COLUMNS])
    while batch := list(islice(found, BATCH)):
        named = map(naming_of(batch).named, batch)
        yield spreadsheet.text(
            (one.recipient.party.value, one.name, "no" if one.reason else "yes", one.address, one.reason)
            for one in named
        )
