"""Giving feedback on what one reads, taking it back, and saying where an indicator was seen."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit.limits import Limit
from schakel.kit.refusals import Invalid, permit
from schakel.policy.access import Actor, Permission
from schakel.sharing.indicators import kind_of, normal
from schakel.sharing.models import OUT, Feedback, ItemIndicator, SharedItem, Sighting
from schakel.sharing.words import FeedbackKind, ShownAs

WORDS_LIMIT = 1000
MOST_COUNT = 1_000_000_000
A_DAY = Limit("sightings-giver", count=1000, seconds=86_400)
SLACK = timedelta(minutes=5)
"""Clocks differ: so far ahead of ours is not yet the future."""


@transaction.atomic
def give(*, item: SharedItem, kind: str, shown_as: str, by: Actor, at: datetime, words: str = "") -> Feedback:
    """Say what an item was worth; the same kind again replaces what one said before.

    `shown_as`: as whom the source knows it. Raises NotPermitted, also on one's own item, and Invalid.
    """
    body = _body(item, by)
    words = _words(item, words)
    if kind not in FeedbackKind.values or shown_as not in ShownAs.values:
        raise Invalid(_("choose one of the answers, and as whom you give it."))
    said: dict[str, Any] = {"version": item.published_version, "shown_as": shown_as, "words": words, "given_at": at}
    row, _is_new = Feedback.objects.update_or_create(
        item=item, user_id=by.user_id or 0, kind=kind, defaults=said | body | {"told_at": None}
    )
    record("sharing.feedback.given", by=by, at=at, on=row, kind=kind)
    return row


@transaction.atomic
def take_back(*, feedback: Feedback, by: Actor, at: datetime) -> None:
    """Take back what one said. Raises NotPermitted on what another said."""
    permit(by.user_id is not None and feedback.user_id == by.user_id)
    record("sharing.feedback.taken_back", by=by, at=at, on=feedback)
    feedback.delete()


@transaction.atomic
def sight(
    *,
    item: SharedItem,
    value: str,
    first_at: datetime,
    shown_as: str,
    by: Actor,
    at: datetime,
    last_at: datetime | None = None,
    count: int = 1,
) -> Sighting:
    """Say that one saw an indicator of the item, written in any way: how often, and from when to when.

    Raises NotPermitted, and Invalid for what is no indicator of it, a moment to come, or too many on one day.
    """
    body = _body(item, by)
    last_at = last_at or first_at
    if not (first_at <= last_at <= at + SLACK and 0 < count <= MOST_COUNT and shown_as in ShownAs.values):
        raise Invalid(_("give a count, and moments in their order that have been."))
    found = _indicator(item, value)
    if found is None:
        raise Invalid(_("this is no indicator of this item."))
    if A_DAY.is_passed(str(by.user_id), at=at):
        raise Invalid(_("enough sightings were given for today; go on tomorrow."))
    row = Sighting.objects.create(
        item=item, kind=found.kind, value=found.value, count=count, first_at=first_at, last_at=last_at,
        shown_as=shown_as, user_id=by.user_id or 0, given_at=at, **body,
    )  # fmt: skip
    record("sharing.sighting.given", by=by, at=at, on=row)
    return row


def may_give(item: SharedItem, by: Actor) -> bool:
    """Whether the actor may give feedback: it is somebody, and reads what another party let out."""
    reach = by.reach(Permission.ITEM_ANSWER)
    is_own = reach.is_everything if item.owner_id is None else item.owner_id in reach.partner_ids
    if by.user_id is None or not reach or is_own:
        return False
    return SharedItem.objects.visible_to(by).filter(pk=item.pk, state__in=OUT).exists()


def _body(item: SharedItem, by: Actor) -> dict[str, Any]:
    """For whom the actor gives it. Raises NotPermitted."""
    permit(may_give(item, by))
    reach = by.reach(Permission.ITEM_ANSWER)
    partner, organisation = min(reach.partner_ids, default=None), min(reach.organisation_ids, default=None)
    if reach.is_everything:
        partner = organisation = None
    return {
        "partner_id": partner,
        "organisation_id": organisation if partner is None else None,
        "is_desk": partner is None and organisation is None,
    }


def _words(item: SharedItem, words: str) -> str:
    """What was written with it. Raises Invalid where it is too long, or would stand unsealed beside a sealed item."""
    words = words.strip()
    if words and item.circle is not None and item.circle.is_closed:
        raise Invalid(_("in a closed circle give an answer without words: they would not be sealed."))
    if len(words) > WORDS_LIMIT or "\x00" in words:
        raise Invalid(_("this text is too long."))
    return words


def _indicator(item: SharedItem, value: str) -> ItemIndicator | None:
    """The indicator of the item that is out with that value; in a closed circle there are no rows to know it by."""
    kind = kind_of(value)
    known = normal(kind, value) if kind else value.strip()
    if not known or "\x00" in known:
        return None
    rows = ItemIndicator.objects.out().filter(item=item, value=known)
    return rows.filter(kind=kind).first() or rows.first()
