"""Review by a second person, publishing, updating and retracting."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit import queue
from schakel.kit.refusals import Invalid, Refused, WrongState, permit
from schakel.kit.states import move
from schakel.policy.access import Actor, Permission
from schakel.sharing import changes
from schakel.sharing.items import content
from schakel.sharing.items.drafting import apply, may_edit
from schakel.sharing.items.rules import check_ready
from schakel.sharing.items.terms import terms_of
from schakel.sharing.models import ITEM_MOVES, ItemVersion, ServedObject, SharedItem
from schakel.sharing.search import indexing
from schakel.sharing.words import ItemState

JOB = "sharing.tell"
SERVE = "sharing.serve"


class OwnWork(Refused):
    """A second person is somebody else."""

    wording = _("You wrote this version yourself: ask somebody else to review it.")


@transaction.atomic
def submit(*, item: SharedItem, by: Actor, at: datetime) -> None:
    """Ask for a second person's yes to the newest version. Raises NotPermitted, WrongState."""
    permit(may_edit(item, by))
    if item.state == ItemState.DRAFT:
        move(item, ItemState.IN_REVIEW, moves=ITEM_MOVES)
    elif item.state not in {ItemState.IN_REVIEW, ItemState.PUBLISHED}:
        raise WrongState
    record("sharing.item.submitted", on=item, by=by, at=at, version=item.version_count)


@transaction.atomic
def approve(*, item: SharedItem, by: Actor, at: datetime) -> None:
    """Say yes to the newest version, as a second person. Raises NotPermitted, OwnWork, WrongState."""
    permit(may_edit(item, by, Permission.ITEM_REVIEW))
    version = _newest(item)
    if version.made_by == by.name:
        raise OwnWork
    rows = SharedItem.objects.filter(pk=item.pk, version_count=version.number)
    if not rows.update(reviewed_by=by.user_id, reviewed_at=at, reviewed_version=version.number):
        raise WrongState
    item.refresh_from_db()
    record("sharing.item.approved", on=item, by=by, at=at, version=version.number)


@transaction.atomic
def send_back(*, item: SharedItem, words: str, by: Actor, at: datetime) -> None:
    """Give it back to its author with a reason. Raises NotPermitted, Invalid without one, WrongState."""
    permit(may_edit(item, by, Permission.ITEM_REVIEW))
    if not words.strip():
        raise Invalid(_("say what has to change."))
    content.keep_remark(_newest(item), words.strip())
    move(item, ItemState.DRAFT, moves=ITEM_MOVES)
    record("sharing.item.sent_back", on=item, by=by, at=at, version=item.version_count)


@transaction.atomic
def publish(*, item: SharedItem, by: Actor, at: datetime) -> ItemVersion:
    """Let the newest version go out to its audience; over an earlier one, as its update.

    Whom it reaches is decided and told by the job `sharing.tell`. Raises NotPermitted, Invalid, NotReviewed,
    NoAgreement, WrongState.
    """
    permit(may_edit(item, by, Permission.ITEM_PUBLISH))
    version = put_out(item, at=at)
    if item.revised_at is None:
        record("sharing.item.published", on=item, by=by, at=at, version=version.number)
    else:
        record("sharing.item.updated", on=item, by=by, at=at, version=version.number)
    return version


def put_out(item: SharedItem, *, at: datetime) -> ItemVersion:
    """Let the newest version go out, for acts that have permitted it.

    Raises Invalid, NotReviewed, NoAgreement, WrongState.
    """
    locked = SharedItem.objects.select_for_update(no_key=True).get(pk=item.pk)
    version = _newest(locked)
    document, terms = content.document_of(version), terms_of(version)
    check_ready(locked, version, document, terms, at)
    _let_out(locked, version, at)
    apply(locked, document, terms)
    indexing.keep(locked, document, at=at)
    ItemVersion.objects.filter(pk=version.pk).update(published_at=at)
    changes.note(locked, at=at)
    ServedObject.objects.filter(item=item).exclude(audience=locked.audience).delete()  # Others may not read it now.
    queue.later(JOB, queue="outgoing", item_id=item.pk, version=version.number)
    queue.later(SERVE, queue="outgoing", item_id=item.pk)
    item.refresh_from_db()
    return version


@transaction.atomic
def retract(*, item: SharedItem, reason: str, by: Actor, at: datetime) -> None:
    """Take a published item back; all who got it are told.

    Raises NotPermitted, Invalid without a reason, WrongState.
    """
    permit(may_edit(item, by, Permission.ITEM_PUBLISH))
    if not reason.strip():
        raise Invalid(_("say why it is retracted: its readers will ask."))
    words = reason.strip()
    circle = item.circle if item.is_sealed else None
    why = {"sealed_reason": circle.seal(words.encode())} if circle else {"retraction_reason": words}
    move(item, ItemState.RETRACTED, moves=ITEM_MOVES, retracted_at=at, **why)
    indexing.mark(item, at=at)
    changes.note(item, at=at)
    queue.later(JOB, queue="outgoing", item_id=item.pk, version=item.published_version)
    queue.later(SERVE, queue="outgoing", item_id=item.pk)
    record("sharing.item.retracted", on=item, by=by, at=at)


def _newest(item: SharedItem) -> ItemVersion:
    return ItemVersion.objects.select_related("item__circle").get(item=item, number=item.version_count)


def _let_out(item: SharedItem, version: ItemVersion, at: datetime) -> None:
    """Move the row on. Raises WrongState where this version is out already, or the item cannot go out any more."""
    if item.state == ItemState.PUBLISHED:
        if item.published_version == version.number:
            raise WrongState
        item.published_version, item.revised_at = version.number, at
    else:
        move(item, ItemState.PUBLISHED, moves=ITEM_MOVES, published_at=at, published_version=version.number)
