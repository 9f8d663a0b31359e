"""Writing an item: the first draft, later versions, dropping what was never out."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from schakel.journal.actions import record
from schakel.kit.refusals import WrongState, permit
from schakel.kit.states import move
from schakel.policy.access import Actor, Permission
from schakel.registry.models import Partner
from schakel.sharing.document import Document
from schakel.sharing.items import content
from schakel.sharing.items.rules import check_terms
from schakel.sharing.items.terms import SharingTerms
from schakel.sharing.models import ITEM_MOVES, Audience, Circle, CircleMember, ItemVersion, SharedItem
from schakel.sharing.words import ItemState


@transaction.atomic
def draft(
    *,
    document: Document,
    terms: SharingTerms,
    owner: Partner | None,
    by: Actor,
    at: datetime,
    circle: Circle | None = None,
    is_received: bool = False,
) -> SharedItem:
    """Begin an item, seen by its owner alone until it is published. `owner` None: the desk.

    `is_received`: it came from outside, so its label is its source's. Raises NotPermitted, also outside the circle, and
    Invalid.
    """
    permit(by.may(Permission.ITEM_EDIT, partner_id=owner.pk if owner else None))
    permit(circle is None or CircleMember.objects.of(by).filter(circle=circle).exists())
    item = SharedItem(owner=owner, author_id=by.user_id, circle=circle, made_at=at)
    if is_received:
        item.received_at, item.source_tlp = at, document.marking.tlp or ""
        item.external_key = "" if item.is_sealed else document.key
    begin(item, document, terms, made_by=by.name, at=at)
    record("sharing.item.drafted", on=item, by=by, at=at)
    return item


def begin(item: SharedItem, document: Document, terms: SharingTerms, *, made_by: str, at: datetime) -> None:
    """Keep a new item with its first version, for acts that have permitted it. Raises Invalid."""
    check_terms(terms, circle=item.circle, source_tlp=item.source_tlp)
    apply(item, document, terms)
    _add_version(item, document, terms, made_by=made_by, at=at, change="")


@transaction.atomic
def revise(
    *, item: SharedItem, document: Document, terms: SharingTerms, by: Actor, at: datetime, change: str = ""
) -> ItemVersion:
    """Write the next version. Readers go on seeing the published one until this one is published too.

    `change`: what is new in it, for those who read the last one. Raises NotPermitted, Invalid, WrongState.
    """
    permit(may_edit(item, by))
    locked = SharedItem.objects.select_for_update(no_key=True).get(pk=item.pk)
    if locked.state in {ItemState.RETRACTED, ItemState.DROPPED}:
        raise WrongState
    check_terms(terms, circle=locked.circle, source_tlp=locked.source_tlp)
    if locked.state == ItemState.IN_REVIEW:  # Who reviews must read what goes out.
        move(locked, ItemState.DRAFT, moves=ITEM_MOVES)
    if locked.state == ItemState.DRAFT:
        apply(locked, document, terms)
    version = _add_version(locked, document, terms, made_by=by.name, at=at, change=change)
    item.refresh_from_db()
    record("sharing.item.revised", on=item, by=by, at=at, version=version.number)
    return version


@transaction.atomic
def drop(*, item: SharedItem, by: Actor, at: datetime) -> None:
    """Give up what was never published. Raises NotPermitted, WrongState."""
    permit(may_edit(item, by))
    move(item, ItemState.DROPPED, moves=ITEM_MOVES)
    record("sharing.item.dropped", on=item, by=by, at=at)


def may_edit(item: SharedItem, by: Actor, permission: Permission = Permission.ITEM_EDIT) -> bool:
    """Whether the actor may write on this item: its owner's people, and in a circle only those who are in it."""
    return (
        by.may(permission, partner_id=item.owner_id)
        and SharedItem.objects.filter(SharedItem.objects.own(by), pk=item.pk).exists()
    )


def apply(item: SharedItem, document: Document, terms: SharingTerms) -> None:
    """Let the item's own row say what a version says, and keep it; in a closed circle the row says next to nothing."""
    is_closed = item.is_sealed
    item.tlp = terms.tlp.value
    item.audience = Audience.objects.made(tlp=terms.tlp.value, circle=item.circle, addresses=terms.addresses)
    item.kind = document.kind
    for name in ("legal_basis", "is_statutory", "holds_personal_data", "no_action_reason", "embargo_until"):
        setattr(item, name, getattr(terms, name))
    shown = Document(title="") if is_closed else document
    item.title, item.publisher, item.contributors = shown.title, shown.publisher, list(shown.contributors)
    item.pap = document.marking.pap or ""
    item.iep, item.terms = dict(shown.marking.iep), list(shown.marking.terms)
    for name in ("probability", "damage", "reliability", "credibility", "valid_from", "valid_until"):
        setattr(item, name, getattr(shown, name))
    item.phase = shown.phase or item.phase
    item.language = next((text.language for text in document.texts if text.language), item.language)
    if is_closed:
        item.no_action_reason = ""
    item.save()
    content.refresh_index(item, document)


def _add_version(
    item: SharedItem, document: Document, terms: SharingTerms, *, made_by: str, at: datetime, change: str
) -> ItemVersion:
    SharedItem.objects.filter(pk=item.pk).update(version_count=F("version_count") + 1)
    item.refresh_from_db(fields=["version_count"])
    version = ItemVersion(
        item=item, number=item.version_count, terms=terms.as_json(), change=change, made_at=at, made_by=made_by
    )
    content.store(version, document)
    return version
