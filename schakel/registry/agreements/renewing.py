"""Agreements that need somebody's eye: missing, about to end, waiting for a signature, not kept; and their renewal."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from schakel.journal.actions import record
from schakel.kit import queue
from schakel.kit.refusals import WrongState, permit
from schakel.policy.access import Actor, Permission
from schakel.registry.agreements import agreeing
from schakel.registry.agreements.agreeing import Draft
from schakel.registry.models import Agreement, AgreementQuerySet, AgreementState, Breach, Partner, PartnerQuerySet

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
def renew(*, agreement: Agreement, by: Actor, at: datetime) -> Agreement:
    """Draw up the agreement that follows one that ends: the same promises, from the day it ends, for as long again.

    Raises NotPermitted, WrongState where it does not run or has no end, and as `agreeing.draft` does.
    """
    permit(by.may(Permission.AGREEMENT_MANAGE))
    if agreement.until_on is None or agreement.state not in {AgreementState.SIGNED, AgreementState.SUSPENDED}:
        raise WrongState
    waiting = [AgreementState.DRAFT, AgreementState.OFFERED]
    begins = max(agreement.until_on, timezone.localdate(at))
    if Agreement.objects.filter(partner=agreement.partner_id, from_on=begins, state__in=waiting).exists():
        raise WrongState
    following = Draft(
        role=agreement.role,
        functions=list(agreement.functions),
        from_on=begins,
        until_on=agreement.until_on + (agreement.until_on - agreement.from_on),
        effort=agreement.effort,
        activities=agreement.activities,
        language=agreement.language,
        signatory=agreement.signatory,
        signatory_mail=agreement.signatory_mail,
    )
    return agreeing.draft(partner=agreement.partner, draft=following, by=by, at=at)


@transaction.atomic
def remind(*, by: Actor, at: datetime) -> int:
    """Remind the partners whose agreement ends soon, once per agreement; returns how many."""
    permit(by.may(Permission.AGREEMENT_MANAGE))
    day = timezone.localdate(at)
    due = list(Agreement.objects.filter(ending_soon(day), reminded_on=None).select_for_update(skip_locked=True))
    for agreement in due:
        queue.later(MAIL_JOB, queue="outgoing", agreement_id=agreement.pk)
    Agreement.objects.filter(pk__in=[one.pk for one in due]).update(reminded_on=day)
    if due:
        record("registry.agreement.reminded", by=by, at=at, count=len(due))
    return len(due)
