"""Statements of interests, and the talks where interests clash (build plan, section 3.4.4)."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from schakel.collaboration.descriptions import reason_of
from schakel.collaboration.models import (
    CONFLICT_MOVES,
    ConflictState,
    ConflictTalk,
    InterestConflict,
    InterestStatement,
)
from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, WrongState, permit
from schakel.kit.states import move
from schakel.policy.access import Actor, Permission
from schakel.registry.models import Partner
from schakel.registry.partners.words_given import text


@transaction.atomic
def state(
    *, partner: Partner, aims: str, interests: str, by: Actor, at: datetime, private: str = ""
) -> InterestStatement:
    """Give a partner's statement for this year; given again, it replaces the one of the year.

    `aims` and `interests` are read by all partners, `private` by the coordinator alone.
    Raises NotPermitted, Invalid without aims.
    """
    permit(by.may(Permission.BALANCE_EDIT, partner_id=partner.pk))
    aims = text(aims)
    if not aims:
        raise Invalid(_("say what the partner wants to get out of the network."))
    given = {
        "aims": aims,
        "interests": text(interests),
        "private": text(private),
        "stated_by": by.name,
        "stated_at": at,
    }
    year = timezone.localdate(at).year
    row, is_new = InterestStatement.objects.update_or_create(partner=partner, year=year, defaults=given)
    record("collaboration.interests.stated", by=by, at=at, on=row, year=year, is_new=is_new)
    return row


@transaction.atomic
def raise_conflict(
    *, partner: Partner, what: str, by: Actor, at: datetime, other: Partner | None = None
) -> InterestConflict:
    """Say that a partner's interests clash with another's, or with the network's own.

    The other partner does not know of it until the coordinator shares it. Raises NotPermitted, Invalid.
    """
    permit(by.may(Permission.BALANCE_EDIT, partner_id=partner.pk))
    what = text(what)
    if not what:
        raise Invalid(_("say what clashes."))
    if other is not None and other.pk == partner.pk:
        raise Invalid(_("choose another partner, or none where it is about the network itself."))
    row = InterestConflict.objects.create(partner=partner, other=other, what=what, raised_by=by.name, raised_at=at)
    record("collaboration.conflict.raised", by=by, at=at, on=row)
    return row


@transaction.atomic
def share(*, conflict: InterestConflict, by: Actor, at: datetime) -> None:
    """Let the other partner know of it and take part in the talks.

    Raises NotPermitted, WrongState where there is no other or it knows already.
    """
    permit(by.may(Permission.BALANCE_EDIT))
    unshared = InterestConflict.objects.filter(pk=conflict.pk, other__isnull=False, shared_at=None)
    if not unshared.update(shared_at=at):
        raise WrongState
    conflict.shared_at = at
    record("collaboration.conflict.shared", by=by, at=at, on=conflict)


@transaction.atomic
def talk(
    *, conflict: InterestConflict, on: date, words: str, by: Actor, at: datetime, outcome: str = ""
) -> ConflictTalk:
    """Write down a talk about it; both sides may once it is shared. Raises NotPermitted, Invalid, WrongState."""
    permit(may_talk(by, conflict))
    if ConflictState(conflict.state) not in CONFLICT_MOVES:
        raise WrongState
    words = text(words)
    if not words:
        raise Invalid(_("say what was talked about."))
    if on > timezone.localdate(at):
        raise Invalid(_("this day is still to come."))
    given = {"on": on, "words": words, "outcome": text(outcome), "written_by": by.name}
    row = ConflictTalk.objects.create(conflict=conflict, **given)
    record("collaboration.conflict.talked", by=by, at=at, on=conflict, day=on.isoformat())
    return row


@transaction.atomic
def end(*, conflict: InterestConflict, state: str, outcome: str, by: Actor, at: datetime) -> None:
    """Say what the talks came to: settled, accepted as it stands, or no longer a matter.

    Raises NotPermitted, Invalid without an outcome in words, WrongState.
    """
    permit(by.may(Permission.BALANCE_EDIT))
    if state not in ConflictState.values or state == ConflictState.OPEN:
        raise Invalid(_("say what the talks came to."))
    move(conflict, ConflictState(state), moves=CONFLICT_MOVES, outcome=reason_of(outcome), ended_at=at)
    record("collaboration.conflict.ended", by=by, at=at, on=conflict, state=state)


def may_talk(actor: Actor, conflict: InterestConflict) -> bool:
    """Whether the actor is a side of it: the partner, the other once it knows, or the coordinator."""
    if actor.may(Permission.BALANCE_EDIT, partner_id=conflict.partner_id):
        return True
    is_shared = conflict.shared_at is not None and conflict.other_id is not None
    return is_shared and actor.may(Permission.BALANCE_EDIT, partner_id=conflict.other_id)
