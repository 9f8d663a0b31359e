"""Agreements that need somebody's eye: missing, about to end, waiting for a signature, not kept; and their renewal."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit import queue
from schakel.kit.refusals import Invalid, WrongState, permit
from schakel.policy.access import Actor, Permission
from schakel.registry.agreements import agreeing, appraising
from schakel.registry.agreements.agreeing import Draft
from schakel.registry.agreements.appraising import Verdicts
from schakel.registry.models import (
    Agreement,
    AgreementQuerySet,
    AgreementState,
    Breach,
    Partner,
    PartnerQuerySet,
    Verdict,
)
from schakel.registry.partners.words_given import text

MAIL_JOB = "joining.tell_renewal"


def ending_soon(day: date, *, days: int | None = None) -> Q:
    """Agreements that run and end within so many days of `day` (else the setting's)."""
    until = day + timedelta(days=settings.AGREEMENT_DAYS if days is None else days)
    return Q(state__in=[AgreementState.SIGNED, AgreementState.SUSPENDED], until_on__gt=day, until_on__lte=until)


def without_agreement(to: Actor, *, day: date) -> PartnerQuerySet:
    """The partners that take part or join, without an agreement that runs on `day` or is to come."""
    running = Agreement.objects.running().filter(Q(until_on=None) | Q(until_on__gt=day), partner=OuterRef("pk"))
    present = Partner.objects.of(to, Permission.AGREEMENT_MANAGE).filter(standing__in=["partner", "joining"])
    return present.filter(~Exists(running))


def not_kept(to: Actor) -> AgreementQuerySet:
    """The agreements with a breach that is not settled, and those that are suspended."""
    open_breach = Breach.objects.unsettled().filter(agreement=OuterRef("pk"))
    return Agreement.objects.visible_to(to).filter(Q(Exists(open_breach)) | Q(state=AgreementState.SUSPENDED))


@transaction.atomic
def renew(*, agreement: Agreement, verdicts: Verdicts, by: Actor, at: datetime) -> Agreement:
    """Draw up the agreement that follows one that ends: the same promises, from the day it ends, for as long again.

    The partner passes the conditions anew, all of them (build plan, section 3.5). Raises NotPermitted, WrongState
    where it does not run or has no end, Invalid while a condition was not judged or is not met, and as
    `agreeing.draft` does.
    """
    permit(by.may(Permission.AGREEMENT_MANAGE))
    ends = _end_of(agreement)
    waiting = [AgreementState.DRAFT, AgreementState.OFFERED]
    begins = max(ends, timezone.localdate(at))
    if Agreement.objects.filter(partner=agreement.partner_id, from_on=begins, state__in=waiting).exists():
        raise WrongState
    _judge(agreement, verdicts, by, at)
    if Verdict.NOT_MET in {verdict for verdict, _words in verdicts.values()}:
        raise Invalid(_("a condition is not met, so this cannot be renewed. Say so to the partner instead."))
    Agreement.objects.filter(pk=agreement.pk).update(renewal_refused_at=None, renewal_words="")
    following = Draft(
        role=agreement.role,
        functions=list(agreement.functions),
        from_on=begins,
        until_on=ends + (ends - agreement.from_on),
        effort=agreement.effort,
        activities=agreement.activities,
        language=agreement.language,
        signatory=agreement.signatory,
        signatory_mail=agreement.signatory_mail,
    )
    return agreeing.draft(partner=agreement.partner, draft=following, by=by, at=at)


@transaction.atomic
def refuse(*, agreement: Agreement, verdicts: Verdicts, words: str, by: Actor, at: datetime) -> None:
    """Say in words that an agreement is not renewed: it runs to its end, and the partner is told at once.

    Renewing it after all takes this back. Raises NotPermitted, WrongState where it does not run or has no end,
    Invalid without words or while a condition was not judged.
    """
    permit(by.may(Permission.AGREEMENT_MANAGE))
    _end_of(agreement)
    if not text(words):
        raise Invalid(_("say why, so that the partner knows where it stands and what would help."))
    _judge(agreement, verdicts, by, at)
    Agreement.objects.filter(pk=agreement.pk).update(renewal_refused_at=at, renewal_words=text(words))
    queue.later(MAIL_JOB, queue="outgoing", agreement_id=agreement.pk, occasion="not-renewed", key=at.isoformat())
    record("registry.renewal.refused", by=by, at=at, on=agreement)


@transaction.atomic
def remind(*, by: Actor, at: datetime) -> int:
    """Remind the partners whose agreement ends soon, once per agreement; returns how many."""
    permit(by.may(Permission.AGREEMENT_MANAGE))
    day = timezone.localdate(at)
    ending = Agreement.objects.filter(ending_soon(day), reminded_on=None, renewal_refused_at=None)
    due = list(ending.select_for_update(skip_locked=True))
    for agreement in due:
        queue.later(MAIL_JOB, queue="outgoing", agreement_id=agreement.pk)
    Agreement.objects.filter(pk__in=[one.pk for one in due]).update(reminded_on=day)
    if due:
        record("registry.agreement.reminded", by=by, at=at, count=len(due))
    return len(due)


def _end_of(agreement: Agreement) -> date:
    """The day after the last of an agreement that runs. Raises WrongState."""
    if agreement.until_on is None or agreement.state not in {AgreementState.SIGNED, AgreementState.SUSPENDED}:
        raise WrongState
    return agreement.until_on


def _judge(agreement: Agreement, verdicts: Verdicts, by: Actor, at: datetime) -> None:
    appraising.check_all_judged(verdicts)
    appraising.judge(agreement, verdicts, by=by, at=at)
    record("registry.agreement.appraised", by=by, at=at, on=agreement, verdicts=len(verdicts))
