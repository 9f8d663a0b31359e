"""What ends or interrupts an agreement: breaches, suspension, an agreed end, and a partner that leaves."""

from datetime import date, datetime
from itertools import chain

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit import queue
from schakel.kit.refusals import Invalid, WrongState, permit
from schakel.kit.states import move
from schakel.policy.access import Actor, Permission
from schakel.registry.agreements import following
from schakel.registry.models import (
    AGREEMENT_MOVES,
    BREACH_MOVES,
    Agreement,
    AgreementState,
    Breach,
    BreachKind,
    BreachState,
    Departure,
    OnboardingStep,
    Partner,
    PartnerStanding,
)
from schakel.registry.partners.words_given import text

DIVERT_JOB = "notices.divert"
CLOSE_JOB = "people.close_partner"
LEFT = "left"
EXPIRED = "expired"


@transaction.atomic
def log_breach(
    *,
    agreement: Agreement,
    kind: str,
    words: str,
    happened_on: date,
    by: Actor,
    at: datetime,
    talk_on: date | None = None,
) -> Breach:
    """Write down that a running agreement was not kept; a talk follows (build plan, section 3.5: trust).

    Raises NotPermitted, WrongState where the agreement does not run, Invalid without words, for an unknown kind, or
    for a day that is still to come.
    """
    permit(by.may(Permission.AGREEMENT_MANAGE))
    if agreement.state not in {AgreementState.SIGNED, AgreementState.SUSPENDED}:
        raise WrongState
    if kind not in BreachKind.values:
        raise Invalid(_("choose which condition was not kept."))
    if not text(words):
        raise Invalid(_("say what happened."))
    if happened_on > timezone.localdate(at):
        raise Invalid(_("the day on which it happened is still to come."))
    breach = Breach.objects.create(
        agreement=agreement, kind=kind, words=text(words), happened_on=happened_on, talk_on=talk_on, logged_at=at,
        logged_by=by.name,
    )  # fmt: skip
    record("registry.breach.logged", by=by, at=at, on=breach, agreement=agreement.pk, kind=kind)
    return breach


@transaction.atomic
def discuss_breach(*, breach: Breach, talk_on: date, by: Actor, at: datetime) -> None:
    """Write down when it was or will be talked about. Raises NotPermitted, WrongState once it is settled."""
    permit(by.may(Permission.AGREEMENT_MANAGE))
    move(breach, BreachState.DISCUSSED, moves=BREACH_MOVES, talk_on=talk_on)
    record("registry.breach.discussed", by=by, at=at, on=breach, talk_on=talk_on.isoformat())


@transaction.atomic
def settle_breach(*, breach: Breach, outcome: str, by: Actor, at: datetime) -> None:
    """Close a breach with its outcome. Raises NotPermitted, WrongState, Invalid without an outcome."""
    permit(by.may(Permission.AGREEMENT_MANAGE))
    if not text(outcome):
        raise Invalid(_("say what came of it."))
    move(breach, BreachState.SETTLED, moves=BREACH_MOVES, outcome=text(outcome), settled_at=at)
    record("registry.breach.settled", by=by, at=at, on=breach)


@transaction.atomic
def suspend(*, agreement: Agreement, reason: str, by: Actor, at: datetime) -> None:
    """Let no information go through the partner under this agreement until it is resumed.

    What waits to be told through it takes the next way. Raises NotPermitted, WrongState, Invalid without a reason.
    """
    permit(by.may(Permission.AGREEMENT_MANAGE))
    _needs(reason)
    move(agreement, AgreementState.SUSPENDED, moves=AGREEMENT_MOVES)
    queue.later(DIVERT_JOB, queue="outgoing")
    record("registry.agreement.suspended", by=by, at=at, on=agreement, reason=text(reason))


@transaction.atomic
def resume(*, agreement: Agreement, reason: str, by: Actor, at: datetime) -> None:
    """Let a suspended agreement run again. Raises NotPermitted, WrongState, Invalid without a reason."""
    permit(by.may(Permission.AGREEMENT_MANAGE))
    _needs(reason)
    if agreement.state != AgreementState.SUSPENDED:
        raise WrongState
    move(agreement, AgreementState.SIGNED, moves={AgreementState.SUSPENDED: {AgreementState.SIGNED}})
    record("registry.agreement.resumed", by=by, at=at, on=agreement, reason=text(reason))


@transaction.atomic
def end(*, agreement: Agreement, reason: str, by: Actor, at: datetime) -> None:
    """End an agreement, or give up a draft or an offer, at this moment.

    What waits to be told through the partner takes the next way. Raises NotPermitted, WrongState, Invalid without a
    reason.
    """
    permit(by.may(Permission.AGREEMENT_MANAGE))
    _needs(reason)
    move(agreement, AgreementState.ENDED, moves=AGREEMENT_MOVES, ended_at=at, end_reason=text(reason))
    queue.later(DIVERT_JOB, queue="outgoing")
    record("registry.agreement.ended", by=by, at=at, on=agreement, reason=text(reason))


@transaction.atomic
def leave(
    *, partner: Partner, reasons: str, lessons: str, by: Actor, at: datetime, is_own_wish: bool = True
) -> Departure:
    """Let a partner leave: its access, its agreements and its routes end at this moment (build plan, section 7.1).

    A partner may leave by itself; the coordinator may end the tie for it. What was not yet told through it takes the
    next way; what was told goes to the next at its next reminder. Raises NotPermitted, WrongState for who is no
    partner (any more), Invalid without reasons and lessons.
    """
    permit(by.may(Permission.AGREEMENT_MANAGE) or by.may(Permission.AGREEMENT_SIGN, partner_id=partner.pk))
    if not (text(reasons) and text(lessons)):
        raise Invalid(_("give the reasons, and what the network can learn from it."))
    partner = Partner.objects.select_for_update().get(pk=partner.pk)
    if partner.standing not in {PartnerStanding.PARTNER, PartnerStanding.JOINING}:
        raise WrongState
    functions = _functions(partner)
    Partner.objects.filter(pk=partner.pk).update(standing=PartnerStanding.LEFT, left_at=at, is_public=False)
    ended = partner.agreements.exclude(state=AgreementState.ENDED).update(
        state=AgreementState.ENDED, ended_at=at, end_reason=LEFT
    )
    OnboardingStep.objects.filter(partner=partner, done_at=None).delete()
    following.end_all(partner=partner, on=timezone.localdate(at), at=at)
    departure = Departure.objects.create(
        partner=partner, is_own_wish=is_own_wish, reasons=text(reasons), lessons=text(lessons), functions=functions,
        left_at=at, left_by=by.name,
    )  # fmt: skip
    queue.later(DIVERT_JOB, queue="outgoing")
    queue.later(CLOSE_JOB, partner_id=partner.pk)
    record("registry.partner.left", by=by, at=at, on=partner, agreements=ended, is_own_wish=is_own_wish)
    return departure


@transaction.atomic
def expire(*, by: Actor, at: datetime) -> int:
    """End the agreements whose last day has passed; returns how many. The rule of the policy needs it not."""
    permit(by.may(Permission.AGREEMENT_MANAGE))
    over = Agreement.objects.running().filter(until_on__lte=timezone.localdate(at))
    count = over.update(state=AgreementState.ENDED, ended_at=at, end_reason=EXPIRED)
    if count:
        record("registry.agreement.expired", by=by, at=at, count=count)
    return count


def _functions(partner: Partner) -> list[str]:
    """What it took part in, by its running agreements; else what it said that suits it."""
    promised = partner.agreements.running().values_list("functions", flat=True)
    return sorted(set(chain.from_iterable(promised)) or partner.functions)


def _needs(reason: str) -> None:
    if not text(reason):
        raise Invalid(_("give a reason, so that a colleague can follow it."))
