"""What programs send: each object is judged by itself, and those that are sound become items of who sent them."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

import orjson
from django.db import transaction
from django.utils.translation import gettext as _

from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, NotPermitted, Refused, permit
from schakel.policy.access import Actor, Permission
from schakel.policy.audience import Address, unaddressable
from schakel.policy.sharing import Tlp
from schakel.registry.models import Partner
from schakel.sharing.document import Document
from schakel.sharing.formats.base import Unreadable
from schakel.sharing.formats.stix import reading, rules, upgrade
from schakel.sharing.formats.stix.extension import key
from schakel.sharing.formats.stix.limits import Bundle, Json, checked_number, is_object, json_of
from schakel.sharing.items import drafting, publishing
from schakel.sharing.items.rules import NotReviewed
from schakel.sharing.items.terms import SharingTerms
from schakel.sharing.models import SharedItem, Submission

ADDRESSES: Final = (Address.EVERYONE.of(), Address.DESK.of())
"""To whom it goes: the first of these that its label allows."""
MOST_TURNS: Final = 20
"""Faults of objects together that are looked for one by one; with more of them, all that is left is refused."""


@transaction.atomic
def take(*, content: bytes, by: Actor, at: datetime) -> Submission:
    """Keep what is sound of a TAXII envelope as items, and say what became of each object. The same again is the same.

    Items go out at once where their label asks for no second person. Raises NotPermitted, Invalid, and Unreadable
    where it is no envelope.
    """
    owner = _owner(by)
    permit(by.may(Permission.ITEM_IMPORT, partner_id=owner.pk if owner else None))
    if by.user_id is None:
        raise NotPermitted
    digest = hashlib.sha256(content).hexdigest()
    made, is_new = Submission.objects.get_or_create(
        user_id=by.user_id, digest=digest, defaults={"sent_at": at, "kept": [], "refused": []}
    )
    if not is_new:
        return made
    sound, refused = _sifted(_objects(content))
    bundle = Bundle(id=key("bundle", str(owner.pk if owner else ""), digest), version="2.1", objects=sound)
    for told, item in _items(bundle, refused, owner=owner, by=by, at=at):
        made.kept += told
        made.items.add(item)
    made.refused = refused
    made.save()
    record("sharing.submission.taken", on=made, by=by, at=at, kept=len(made.kept), refused=len(refused))
    return made


def _owner(by: Actor) -> Partner | None:
    """For whom the program speaks: its partner, or the desk."""
    reach = by.reach(Permission.ITEM_IMPORT)
    if len(reach.partner_ids) > 1:
        raise Invalid(_("this key stands for several partners: use one for each."))
    return Partner.objects.get(pk__in=reach.partner_ids) if reach.partner_ids else None


def _objects(content: bytes) -> list[Any]:
    value = json_of(content)
    objects = value.get("objects") if isinstance(value, dict) else None
    if not isinstance(objects, list) or not objects:
        raise Unreadable(_("This is no TAXII envelope: it has no list of objects."), place="/objects")
    return checked_number(objects)


def _sifted(objects: list[Any]) -> tuple[list[Json], list[Json]]:
    """The objects that are sound in themselves, and what is wrong with the others."""
    sound: list[Json] = []
    refused: list[Json] = []
    for index, one in enumerate(objects):
        try:
            sound.append(_checked(one, f"/objects/{index}"))
        except Unreadable as unreadable:
            refused.append(_told(one, str(unreadable)))
    return sound, refused


def _checked(one: Any, place: str) -> Json:
    if not is_object(one):
        raise Unreadable(_("This is no STIX object: it has no type or no id."), place=place)
    rules.check(upgrade.upgraded(one) if upgrade.is_old(one, bundle="2.1") else one, place=place)
    return dict(one)


def _told(one: Any, message: str = "") -> Json:
    """What the status says of one object."""
    given = one if isinstance(one, dict) else {}
    version = given.get("modified") or given.get("created") or ""
    return (
        {"id": str(given.get("id", ""))}
        | ({"version": version} if version else {})
        | ({"message": message} if message else {})
    )


def _items(
    bundle: Bundle, refused: list[Json], *, owner: Partner | None, by: Actor, at: datetime
) -> Iterator[tuple[list[Json], SharedItem]]:
    for document in _documents(bundle, refused):
        objects = orjson.loads(document.original.content)["objects"] if document.original else []
        try:
            with transaction.atomic():
                item = _kept(document, owner=owner, by=by, at=at)
        except Refused as refusal:
            refused += [_told(one, str(refusal)) for one in objects]
        else:
            yield [_told(one) for one in objects], item


def _documents(bundle: Bundle, refused: list[Json]) -> Iterable[Document]:
    """The documents in what is left when all objects that do not go with the others were taken out."""
    objects = bundle.objects
    for _turn in range(MOST_TURNS):
        if not objects:
            return []
        try:
            return list(reading.of_bundle(Bundle(bundle.id, bundle.version, objects)))
        except Unreadable as unreadable:
            at = int(unreadable.place.split("/")[2]) if unreadable.place.count("/") > 1 else 0
            refused.append(_told(objects[at], str(unreadable)))
            objects = objects[:at] + objects[at + 1 :]
    refused += [_told(one, _("Too much else in this envelope is wrong.")) for one in objects]
    return []


def _kept(document: Document, *, owner: Partner | None, by: Actor, at: datetime) -> SharedItem:
    """The document as an item, out where it may go out at once; else a second person is asked."""
    terms = _terms(document)
    known = SharedItem.objects.filter(owner=owner, external_key=document.key, publisher=document.publisher).first()
    if known is None:
        item = drafting.draft(document=document, terms=terms, owner=owner, by=by, at=at, is_received=True)
    else:
        drafting.revise(item=known, document=document, terms=terms, by=by, at=at)
        item = known
    try:
        publishing.publish(item=item, by=by, at=at)
    except NotReviewed:
        publishing.submit(item=item, by=by, at=at)
    return item


def _terms(document: Document) -> SharingTerms:
    tlp: Tlp | None = document.marking.tlp
    if tlp is None:
        raise Invalid(_("it carries no TLP label, so nobody may read it."))
    addresses = next((one for one in ADDRESSES if unaddressable(tlp, [one]) is None), None)
    if addresses is None:
        raise Invalid(_("its label names people: share it by hand."))
    reason = "" if any(text.action for text in document.texts) else _("It was sent by a program, without advice.")
    return SharingTerms(tlp=tlp, addresses=(addresses,), no_action_reason=reason)
