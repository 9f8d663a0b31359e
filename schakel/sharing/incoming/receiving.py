"""Taking content in: all its documents become items in one transaction, or it is held back whole."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import DataError, transaction
from django.utils.translation import gettext as _

from schakel.journal.actions import record
from schakel.kit.refusals import Refused, permit
from schakel.policy.access import Actor, Grant, Permission, Role
from schakel.policy.audience import Address, unaddressable
from schakel.policy.sharing import Tlp, label, strictest
from schakel.sharing.document import Document
from schakel.sharing.formats.base import Format, Unreadable
from schakel.sharing.formats.recognise import recognised
from schakel.sharing.incoming.standing import Edition, Standing, standing
from schakel.sharing.items import drafting
from schakel.sharing.items.terms import SharingTerms, terms_of
from schakel.sharing.models import Arrival, HeldContent, ItemSource, ItemVersion, Original, SharedItem
from schakel.sharing.words import HeldState, IndicatorKind

PERSONAL = frozenset({IndicatorKind.MAIL, IndicatorKind.ACCOUNT})
"""Indicators that are a person's."""


@dataclass(frozen=True, slots=True)
class Received:
    """What became of content: its items, how many were new, updated, known or older; or where it is held."""

    items: tuple[SharedItem, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    held: HeldContent | None = None


def receive(
    content: bytes, *, source: ItemSource, formats: Sequence[Format], by: Actor, at: datetime, name: str = ""
) -> Received:
    """Take content in. The same content again changes nothing; content that cannot be read is held back.

    `formats`: what is read (`formats.registry.formats`). Raises NotPermitted.
    """
    permit(by.may(Permission.ITEM_IMPORT, partner_id=source.owner_id))
    slug = ""
    try:
        with transaction.atomic():
            found = recognised(content, _wanted(formats, source))
            slug = found.slug
            return _kept(found, content, source, by, at)
    except Unreadable as refusal:
        return _held(content, refusal, source=source, name=name, slug=slug, by=by, at=at)
    except Refused as refusal:
        why = Unreadable(str(refusal), code="refused")
    except (DataError, ValueError) as error:  # What no row of ours can hold, such as a NUL within a text.
        why = Unreadable(_("it holds what cannot be kept: %(words)s") % {"words": str(error).partition("\n")[0]})
    return _held(content, why, source=source, name=name, slug=slug, by=by, at=at)


def hold(content: bytes, why: Unreadable, *, source: ItemSource, by: Actor, at: datetime, name: str = "") -> Received:
    """Hold content back unread, for a reason that lies outside of it. Raises NotPermitted."""
    permit(by.may(Permission.ITEM_IMPORT, partner_id=source.owner_id))
    return _held(content, why, source=source, name=name, slug="", by=by, at=at)


def _wanted(formats: Sequence[Format], source: ItemSource) -> Sequence[Format]:
    return [one for one in formats if not source.formats or one.slug in source.formats]


def _kept(found: Format, content: bytes, source: ItemSource, by: Actor, at: datetime) -> Received:
    items, counts = [], Counter[str]()
    for document in found.read(content):
        item, what = _taken(document, source, by, at)
        items.append(item)
        counts[what] += 1
    record("sharing.content.received", on=source, by=by, at=at, format=found.slug, **counts)
    return Received(items=tuple(items), counts=tuple(sorted(counts.items())))


def _taken(document: Document, source: ItemSource, by: Actor, at: datetime) -> tuple[SharedItem, Standing]:
    document = _completed(document, source)
    known = _known(document, source)
    if known is None:
        return _new(document, source, by, at), Standing.NEW
    if known.arrival.source_id != source.pk:
        return _from_elsewhere(known, document)
    what = standing(edition_of(document), last=_last(known))
    if what == Standing.CLASH:
        words = _("version %(version)s of “%(key)s” came before, with other content")
        raise Unreadable(words % {"version": document.version, "key": document.key}, code="duplicate")
    if what == Standing.UPDATE:
        _update(known, document, source, by, at)
    return known, what


def _completed(document: Document, source: ItemSource) -> Document:
    """With what the source's terms say where the document says nothing. Raises Unreadable without any label."""
    tlp = document.marking.tlp or label(source.default_tlp)
    if tlp is None:
        words = _("it bears no label of TLP, and nothing is agreed with this source for what bears none")
        raise Unreadable(words, code="label")
    return replace(
        document,
        marking=replace(document.marking, tlp=tlp),
        publisher=document.publisher or source.name,
        reliability=document.reliability or source.reliability,
    )


def _known(document: Document, source: ItemSource) -> SharedItem | None:
    """The item that is this document already: by its author's name for it, else by the bytes; among our own."""
    ours = SharedItem.objects.filter(owner=source.owner_id, arrival__isnull=False).select_related("arrival")
    if document.key:
        return ours.filter(publisher=document.publisher, external_key=document.key).first()
    digest = edition_of(document).digest
    return ours.filter(arrival__source=source, versions__original__digest=digest).first() if digest else None


def _from_elsewhere(known: SharedItem, document: Document) -> tuple[SharedItem, Standing]:
    """The same from another source changes nothing; other content under its name could be anybody's."""
    last = _last(known)
    if last and standing(edition_of(document), last=last) in {Standing.KNOWN, Standing.OLDER}:
        return known, Standing.KNOWN
    words = _("“%(key)s” comes from another source of ours, which alone may change it")
    raise Unreadable(words % {"key": document.key}, code="duplicate")


def _last(item: SharedItem) -> Edition | None:
    newest = Original.objects.filter(version__item=item).order_by("-version__number").values_list("digest", flat=True)
    return Edition(item.arrival.author_version, item.arrival.revised_at, newest.first() or "")


def edition_of(document: Document) -> Edition:
    """Which edition a document is."""
    digest = document.original.digest if document.original else ""
    return Edition(document.version, document.revised_at, digest)


def _new(document: Document, source: ItemSource, by: Actor, at: datetime) -> SharedItem:
    writer = _writer(source, by)
    tlp = document.marking.tlp or Tlp(source.default_tlp)
    terms = SharingTerms(
        tlp=tlp,
        addresses=(_our_address(tlp, source, writer),),
        holds_personal_data=any(indicator.kind in PERSONAL for indicator in document.indicators),
    )
    item = drafting.draft(document=document, terms=terms, owner=source.owner, by=writer, at=at, is_received=True)
    _note(item, document, source, at)
    return item


def _update(item: SharedItem, document: Document, source: ItemSource, by: Actor, at: datetime) -> None:
    """The next version, for a person to publish, to those who got the last one; its label never wider by itself."""
    writer = _writer(source, by)
    last = terms_of(ItemVersion.objects.get(item=item, number=item.version_count))
    tlp = strictest([last.tlp, document.marking.tlp or last.tlp])
    ours = (_our_address(tlp, source, writer),)
    addresses = ours if unaddressable(tlp.value, last.addresses, circle=item.circle_id) else last.addresses
    SharedItem.objects.filter(pk=item.pk).update(source_tlp=document.marking.tlp)
    terms = replace(last, tlp=tlp, addresses=addresses)
    drafting.revise(item=item, document=document, terms=terms, by=writer, at=at, change=_change(document))
    _note(item, document, source, at)


def _change(document: Document) -> str:
    """What its author says is new."""
    return next((revision.summary for revision in reversed(document.revisions) if revision.summary), "")


def _writer(source: ItemSource, by: Actor) -> Actor:
    """Whoever brings it; where a machine does, the source itself, for its keeper and no other party than its own."""
    if by.user_id is not None:
        return by
    role = Grant(Role.PARTNER, partner_id=source.owner_id) if source.owner_id else Grant(Role.COORDINATOR)
    return Actor(name=f"source {source.slug}", grants=(role,), user_id=source.keeper_id)


def _our_address(tlp: Tlp, source: ItemSource, writer: Actor) -> str:
    """Our own party alone, until a person decides; the writer, where the label asks for people by name."""
    party = Address.PARTNER.of(source.owner_id) if source.owner_id else Address.DESK.of()
    if not unaddressable(tlp.value, [party]):
        return party
    if writer.user_id is None:
        raise Unreadable(_("this label asks for people by name, and nobody looks after this source"), code="label")
    return Address.PERSON.of(writer.user_id)


def _note(item: SharedItem, document: Document, source: ItemSource, at: datetime) -> None:
    Arrival.objects.update_or_create(
        item=item,
        defaults={
            "source": source,
            "author_version": document.version,
            "revised_at": document.revised_at,
            "received_at": at,
        },
    )


@transaction.atomic
def _held(
    content: bytes, why: Unreadable, *, source: ItemSource, name: str, slug: str, by: Actor, at: datetime
) -> Received:
    held, is_new = HeldContent.objects.get_or_create(
        source=source,
        digest=hashlib.sha256(content).hexdigest(),
        state=HeldState.WAITING,
        defaults={
            "name": name[:200].replace("\x00", ""),
            "content": content,
            "size": len(content),
            "format": slug,
            "code": why.code,
            "place": why.place[:500].replace("\x00", ""),
            "reason": str(why.reason)[:2000].replace("\x00", ""),
            "received_at": at,
        },
    )
    if is_new:
        record("sharing.content.held", on=held, by=by, at=at, source=source.slug, code=why.code)
    return Received(held=held, counts=(("held", 1),))
