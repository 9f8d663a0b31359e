"""What partners say that they bring, and the thanks that they get for it."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from schakel.collaboration import lists
from schakel.collaboration.models import (
    UNITS,
    Contribution,
    ContributionKind,
    Initiative,
    Recognition,
    Unit,
)
from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, WrongState, permit
from schakel.policy.access import Actor, Permission
from schakel.registry.models import Capacity, Partner
from schakel.registry.partners.words_given import NAME_LIMIT, line, text

FIRST_YEAR = 2024
"""The year of the vision on the network: nothing was brought to it before."""
MOST = Decimal(1_000_000_000)


@transaction.atomic
def contribute(
    *,
    partner: Partner,
    kind: str,
    amount: Decimal,
    unit: str,
    what: str,
    year: int,
    by: Actor,
    at: datetime,
    initiative: Initiative | None = None,
    project: str = "",
    capacity: str = "",
) -> Contribution:
    """Write down what a partner brings in a year, in kind or money (build plan, section 2.4).

    Raises NotPermitted, Invalid for a unit that does not fit the kind, an amount or year that cannot be, money for
    nothing in particular, or a capacity that the partner's organisation does not hold.
    """
    permit(by.may(Permission.BALANCE_EDIT, partner_id=partner.pk))
    what, project = text(what), line(project, limit=NAME_LIMIT)
    if not what:
        raise Invalid(_("say what it is."))
    _check_amount(kind, amount, unit)
    _check_year(year, at)
    if kind == ContributionKind.FUNDING and initiative is None and not project:
        raise Invalid(_("say for which initiative or project the money is."))
    held = _capacity(partner, capacity, timezone.localdate(at))
    brought = {"kind": kind, "amount": amount, "unit": unit, "what": what, "year": year}
    meant = {"initiative": initiative, "project": project, "capacity": held}
    row = Contribution.objects.create(partner=partner, **brought, **meant, stated_by=by.name, stated_at=at)
    record("collaboration.contribution.stated", by=by, at=at, on=row, kind=kind, year=year)
    return row


@transaction.atomic
def withdraw(*, contribution: Contribution, by: Actor, at: datetime) -> None:
    """Take back what was stated by mistake; the row stays, and counts no more.

    Raises NotPermitted, WrongState when it was taken back already.
    """
    permit(by.may(Permission.BALANCE_EDIT, partner_id=contribution.partner_id))
    if not Contribution.objects.filter(pk=contribution.pk, withdrawn_at=None).update(withdrawn_at=at):
        raise WrongState
    record("collaboration.contribution.withdrawn", by=by, at=at, on=contribution)


@transaction.atomic
def recognise(
    *,
    partner: Partner,
    form: str,
    by: Actor,
    at: datetime,
    words: str = "",
    given_on: date | None = None,
    contribution: Contribution | None = None,
) -> Recognition:
    """Thank a partner, in one of the forms of the plan (section 3.4.5).

    Raises NotPermitted, Invalid for an unknown form, a day to come, or a contribution of another partner.
    """
    permit(by.may(Permission.BALANCE_EDIT))
    today = timezone.localdate(at)
    if form not in {line.slug for line in lists.recognitions()}:
        raise Invalid(_("choose one of the forms of thanks."))
    if (given_on or today) > today:
        raise Invalid(_("this day is still to come."))
    if contribution is not None and contribution.partner_id != partner.pk:
        raise Invalid(_("this contribution is another partner's."))
    row = Recognition.objects.create(
        partner=partner,
        form=form,
        words=text(words),
        given_on=given_on or today,
        contribution=contribution,
        given_by=by.name,
    )
    record("collaboration.recognition.given", by=by, at=at, on=row, form=form)
    return row


def _check_amount(kind: str, amount: Decimal, unit: str) -> None:
    if kind not in ContributionKind.values:
        raise Invalid(_("choose what kind of contribution it is."))
    if unit not in Unit.values or Unit(unit) not in UNITS[ContributionKind(kind)]:
        raise Invalid(_("this unit does not fit the kind of contribution."))
    if not amount.is_finite() or not 0 < amount < MOST:
        raise Invalid(_("the amount must be more than nothing, and possible."))


def _check_year(year: int, at: datetime) -> None:
    """This year, an earlier one, or the next, which may be promised."""
    if not FIRST_YEAR <= year <= timezone.localdate(at).year + 1:
        raise Invalid(_("this year cannot be right."))


def _capacity(partner: Partner, label: str, on: date) -> Capacity | None:
    if not label:
        return None
    held = Capacity.objects.on(on).filter(organisation=partner.organisation_id, label=label).first()
    if held is None:
        raise Invalid(_("the partner does not act in this capacity today."))
    return held
