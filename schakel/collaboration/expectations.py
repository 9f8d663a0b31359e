"""What partners and the network expect of each other, agreed by both and looked at again (section 3.4.3)."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from schakel.collaboration.descriptions import reason_of
from schakel.collaboration.models import (
    EXPECTATION_MOVES,
    Expectation,
    ExpectationReview,
    ExpectationState,
    Side,
    Verdict,
)
from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, WrongState, permit
from schakel.kit.states import move
from schakel.policy.access import Actor, Permission
from schakel.registry.models import Partner
from schakel.registry.partners.words_given import text

LONGEST_DAYS = 2 * 366
"""Expectations are tested regularly: a review further away than this is none."""


@transaction.atomic
def expect(*, partner: Partner, side: str, words: str, review_on: date, by: Actor, at: datetime) -> Expectation:
    """Put down what a partner brings to the network, or takes from it, and when to look at it again.

    Whoever writes it has agreed for its own side; the other side agrees later. Raises NotPermitted, Invalid.
    """
    permit(by.may(Permission.BALANCE_EDIT, partner_id=partner.pk))
    if side not in Side.values:
        raise Invalid(_("say whether the partner brings or takes it."))
    words = text(words)
    if not words:
        raise Invalid(_("say what is expected."))
    _check_review(review_on, at)
    given = {"partner": partner, "side": side, "words": words, "review_on": review_on, "made_at": at}
    row = Expectation.objects.create(**given, **{f"{_own_side(by, partner.pk)}_agreed_at": at})
    record("collaboration.expectation.proposed", by=by, at=at, on=row, side=side)
    return row


@transaction.atomic
def agree(*, expectation: Expectation, by: Actor, at: datetime) -> None:
    """Agree for the side that has not yet. Raises NotPermitted, WrongState when there is nothing to agree."""
    permit(by.may(Permission.BALANCE_EDIT, partner_id=expectation.partner_id))
    own = f"{_own_side(by, expectation.partner_id)}_agreed_at"
    if getattr(expectation, own) is not None:
        raise WrongState
    move(expectation, ExpectationState.AGREED, moves=EXPECTATION_MOVES, **{own: at})
    record("collaboration.expectation.agreed", by=by, at=at, on=expectation)


@transaction.atomic
def review(
    *, expectation: Expectation, verdict: str, words: str, next_review_on: date, by: Actor, at: datetime
) -> ExpectationReview:
    """Say whether an agreed expectation was met, and when to look again.

    Raises NotPermitted, Invalid, WrongState for one that is not agreed or has ended.
    """
    permit(by.may(Permission.BALANCE_EDIT, partner_id=expectation.partner_id))
    if verdict not in Verdict.values:
        raise Invalid(_("say whether it was met."))
    _check_review(next_review_on, at)
    agreed = Expectation.objects.filter(pk=expectation.pk, state=ExpectationState.AGREED)
    if not agreed.update(review_on=next_review_on):
        raise WrongState
    row = ExpectationReview.objects.create(
        expectation=expectation,
        verdict=verdict,
        words=text(words),
        reviewed_on=timezone.localdate(at),
        reviewed_by=by.name,
    )
    record("collaboration.expectation.reviewed", by=by, at=at, on=expectation, verdict=verdict)
    return row


@transaction.atomic
def end(*, expectation: Expectation, reason: str, by: Actor, at: datetime) -> None:
    """Drop an expectation, with the reason; it stays to be read.

    Raises NotPermitted, Invalid without a reason, WrongState when it has ended.
    """
    permit(by.may(Permission.BALANCE_EDIT, partner_id=expectation.partner_id))
    fields = {"ended_at": at, "end_reason": reason_of(reason)}
    move(expectation, ExpectationState.ENDED, moves=EXPECTATION_MOVES, **fields)
    record("collaboration.expectation.ended", by=by, at=at, on=expectation)


def awaits(expectation: Expectation, actor: Actor) -> bool:
    """Whether it waits for the actor's own side to agree."""
    if expectation.state != ExpectationState.PROPOSED:
        return False
    return (
        actor.may(Permission.BALANCE_EDIT, partner_id=expectation.partner_id)
        and getattr(expectation, f"{_own_side(actor, expectation.partner_id)}_agreed_at") is None
    )


def _own_side(actor: Actor, partner_id: int) -> str:
    """For whom the actor speaks: its partner, else the coordinator."""
    return "partner" if partner_id in actor.reach(Permission.BALANCE_EDIT).partner_ids else "coordinator"


def _check_review(review_on: date, at: datetime) -> None:
    today = timezone.localdate(at)
    if not today < review_on <= today + timedelta(days=LONGEST_DAYS):
        raise Invalid(_("choose a day for the review after today and within two years."))
