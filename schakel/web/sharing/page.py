"""One item: what it says to which reader, its indicators, its history, and what changed between two versions."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from schakel.kit.paging import key_of
from schakel.policy.access import Actor, Permission, Role
from schakel.policy.audience import needs_review
from schakel.registry import law
from schakel.sharing.audience.addressees import Book
from schakel.sharing.circles import log
from schakel.sharing.document import Document, Text
from schakel.sharing.items import content, exporting, reading
from schakel.sharing.items.differences import difference
from schakel.sharing.items.drafting import may_edit
from schakel.sharing.items.reading import Reading
from schakel.sharing.items.terms import SharingTerms, terms_of
from schakel.sharing.models import SharedItem
from schakel.sharing.words import ItemState
from schakel.sharing.words import Reader as ReaderLevel
from schakel.web import labels
from schakel.web.entrance import needs
from schakel.web.middleware import Request
from schakel.web.partners.filter import PLACE
from schakel.web.sharing import extras, words
from schakel.web.streams import stream

INDICATORS_SHOWN = 100
CHANGES_SHOWN = 100


def seen(request: Request, uid: UUID) -> SharedItem:
    """The item of that number, if the actor may know of it; else there is nothing."""
    rows = SharedItem.objects.visible_to(request.actor)
    return get_object_or_404(rows.select_related("owner", "circle", "audience", "author", "reviewed_by"), uid=uid)


def read_or_404(request: Request, item: SharedItem) -> Reading:
    """The version that the address asks for, if it is for the actor; else there is nothing."""
    number = key_of(request.GET.get("version"))
    found = reading.read(item, by=request.actor, at=timezone.now(), number=number)
    if found is None or (number is None and "version" in request.GET):
        raise Http404
    return found


@require_safe
@needs(Permission.ITEM_VIEW)
def show(request: Request, uid: UUID) -> HttpResponse:
    """One item."""
    found = read_or_404(request, seen(request, uid))
    log.opened(item=found.item, by=request.actor, at=timezone.now())
    context = {**told(request, found), **_ours(request, found), "extras": extras.shown(request, found.item)}
    return render(request, "sharing/show.html", context)


def told(request: Request, found: Reading) -> dict[str, Any]:
    """What the page of an item shows to every reader of it."""
    document, terms = found.document, terms_of(found.version)
    texts = ordered(document, request.actor)
    listed, following = reading.indicators(
        found.version, after=key_of(request.GET.get(PLACE)) or 0, size=INDICATORS_SHOWN
    )
    here = request.path
    fixed = f"version={found.version.number}&" if "version" in request.GET else ""
    return {
        "reading": found,
        "item": found.item,
        "version": found.version,
        "document": document,
        "terms": terms,
        "text": chosen(texts, request.GET.get("text", "")),
        "texts": [(key_of_text(one), one) for one in texts],
        "here": here,
        "fixed": fixed,
        "indicators": [one.indicator for one in listed],
        "indicator_count": reading.indicator_count(found.version),
        "first_url": f"{here}?{fixed}#indicators" if PLACE in request.GET else "",
        "next_url": f"{here}?{fixed}{PLACE}={following}#indicators" if following else "",
        "why": _why(request, found),
        "may_save": exporting.may_leave(found.version),
        "basis": _basis(terms),
        "is_over": bool(document.valid_until and document.valid_until < timezone.now()),
    }


def _ours(request: Request, found: Reading) -> dict[str, Any]:
    """What its own party sees and may do as well."""
    if not found.is_own:
        return {}
    item, actor, newest = found.item, request.actor, found.versions[0]
    allowed = {
        name: may_edit(item, actor, permission)
        for name, permission in (
            ("edit", Permission.ITEM_EDIT),
            ("publish", Permission.ITEM_PUBLISH),
            ("review", Permission.ITEM_REVIEW),
        )
    }
    terms = terms_of(newest)
    book = Book(actor).names(terms.addresses, circle=item.circle)
    is_open = item.state in {ItemState.DRAFT, ItemState.IN_REVIEW} or found.draft is not None
    return {
        "may": allowed,
        "newest": newest,
        "is_open": is_open,
        "is_never_out": item.state in {ItemState.DRAFT, ItemState.IN_REVIEW},
        "wants_review": is_open and needs_review(terms.tlp, above=settings.REVIEW_ABOVE),
        "is_reviewed": item.reviewed_version == newest.number,
        "is_own_work": newest.made_by == actor.name,
        "remark": content.remark_of(newest) if is_open else "",
        "addressees": [words.whom(book.get(address)) for address in terms.addresses],
    }


def _why(request: Request, found: Reading) -> str:
    """Why the reader sees it, in words."""
    if found.passed_on is not None:
        return _("%(name)s passed it on to you.") % {"name": found.passed_on.partner.name}
    if found.is_own:
        return _("Your own organisation wrote it.")
    named = Book(request.actor).names([found.address], circle=found.item.circle).get(found.address)
    return _("It is addressed to: %(whom)s.") % {"whom": words.whom(named)}


def _basis(terms: SharingTerms) -> str:
    known = law.bases().get(terms.legal_basis)
    return known.title[labels.language()] if known else terms.legal_basis


def key_of_text(one: Text) -> str:
    """A text in an address: for whom, and in which language."""
    return f"{one.reader}-{one.language}"


def chosen(texts: list[Text], key: str) -> Text:
    """The text that the address asks for, or else the first; an item without any has an empty one."""
    return next((one for one in texts if key_of_text(one) == key), texts[0] if texts else Text())


def ordered(document: Document, actor: Actor) -> list[Text]:
    """The texts, best for this reader first: in the language of the page, for what it is."""
    is_constituent = bool(actor.grants) and all(one.role == Role.ORGANISATION for one in actor.grants)
    levels = [ReaderLevel.GENERALIST, ReaderLevel.SMALL, ReaderLevel.EXPERT]
    order = levels if is_constituent or not actor.grants else list(ReaderLevel)
    spoken = labels.language()
    return sorted(
        document.texts,
        key=lambda one: (one.language not in {spoken, ""}, order.index(ReaderLevel(one.reader)), one.language),
    )


@require_safe
@needs(Permission.ITEM_VIEW)
def indicators_csv(request: Request, uid: UUID) -> StreamingHttpResponse:
    """The indicators of the version shown, as they are, for machines: nothing in the file is defanged."""
    found = read_or_404(request, seen(request, uid))
    lines = exporting.indicator_lines(item=found.item, version=found.version, by=request.actor, at=timezone.now())
    return stream(request, lines, kind="text/csv; charset=utf-8", name=f"{found.item.uid}-v{found.version.number}.csv")


@require_safe
@needs(Permission.ITEM_VIEW)
def history(request: Request, uid: UUID) -> HttpResponse:
    """The versions that the actor may read, and what changed between any two."""
    item = seen(request, uid)
    found = read_or_404(request, item)
    by_number = {one.number: one for one in found.versions}
    after = key_of(request.GET.get("to")) or found.versions[0].number
    before = key_of(request.GET.get("from")) or max((n for n in by_number if n < after), default=after)
    if not {before, after} <= by_number.keys():
        raise Http404
    context = {
        "item": found.item,
        "title": found.document.title,
        "versions": found.versions,
        "before": before,
        "after": after,
        "compared": _compared(request, found, before, after) if before != after else None,
    }
    return render(request, "sharing/history.html", context)


@dataclass(frozen=True, slots=True)
class Compared:
    """What is different, with the indicators that went and came."""

    difference: Any
    gone: exporting.Some
    new: exporting.Some


def _compared(request: Request, found: Reading, before: int, after: int) -> Compared:
    one, other = (
        reading.read(found.item, by=request.actor, at=timezone.now(), number=number) for number in (before, after)
    )
    if one is None or other is None:
        raise Http404
    gone, new = exporting.changed(one.version, other.version, at_most=CHANGES_SHOWN)
    return Compared(difference(one.document, other.document), gone, new)


def address(item: SharedItem) -> str:
    """Where an item stands."""
    return reverse("item", args=[item.uid])
