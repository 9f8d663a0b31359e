"""Which functions a partner takes part in, in which role; and which it could join besides."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, WrongState, permit
from schakel.policy.access import Actor, Permission
from schakel.registry.models import AgreementRole, Commitment, CommitmentQuerySet, Partner, PartnerStanding, Side
from schakel.registry.partners.register import functions_on
from schakel.registry.partners.words_given import line, one_known, permit_edit, runs_forward

ENOUGH_PEERS = 3
"""So many partners of the same type make it plain that a function suits this type."""


class AlreadyCommitted(Invalid):
    """Two commitments to one function at one time."""

    wording = _("This partner already takes part in this function in these days. End that commitment first.")


@transaction.atomic
def commit(
    *,
    partner: Partner,
    function: str,
    role: str,
    from_on: date,
    by: Actor,
    at: datetime,
    until_on: date | None = None,
    effort: str = "",
) -> Commitment:
    """Take part in a function in one role, for a time. Leading it is given by the coordinator alone.

    Raises NotPermitted, WrongState for who has left or not joined, AlreadyCommitted, and Invalid for a word on no
    list, an end before the beginning, or a lead or contributor who says nothing of the effort.
    """
    permit_edit(partner, by)
    permit(role != AgreementRole.LEAD or by.may(Permission.PARTNER_MANAGE))
    if partner.standing not in {PartnerStanding.PARTNER, PartnerStanding.JOINING}:
        raise WrongState
    function, effort = one_known(function, among="functions"), line(effort)
    if function not in functions_on(from_on):
        raise Invalid(_("the network does not have this function in those days."))
    if role not in AgreementRole.values:
        raise Invalid(_("choose a role."))
    if role != AgreementRole.INFORMER and not effort:
        raise Invalid(_("say how much work it is, such as two days a month."))
    runs_forward(from_on, until_on)
    Partner.objects.select_for_update().get(pk=partner.pk)  # Two at once must not both find the days free.
    if _at_the_same_time(partner, function, from_on, until_on).exists():
        raise AlreadyCommitted
    commitment = Commitment.objects.create(
        partner=partner, function=function, role=role, from_on=from_on, until_on=until_on, effort=effort
    )
    record("registry.commitment.made", on=commitment, by=by, at=at, partner=partner.pk, function=function, role=role)
    return commitment


@transaction.atomic
def end_commitment(*, commitment: Commitment, until_on: date, by: Actor, at: datetime) -> None:
    """End a commitment on a day; one that has not begun is taken back by that.

    Raises NotPermitted, and WrongState where it has ended by then.
    """
    permit_edit(commitment.partner, by)
    if commitment.until_on is not None and commitment.until_on <= until_on:
        raise WrongState
    if until_on <= commitment.from_on:
        facts = {"partner": commitment.partner_id, "function": commitment.function}
        record("registry.commitment.withdrawn", on=commitment, by=by, at=at, **facts)
        commitment.delete()
        return
    commitment.until_on = until_on
    commitment.save(update_fields=["until_on"])
    record("registry.commitment.ended", on=commitment, by=by, at=at, until_on=until_on.isoformat())


def _at_the_same_time(partner: Partner, function: str, from_on: date, until_on: date | None) -> CommitmentQuerySet:
    rows = Commitment.objects.filter(Q(until_on=None) | Q(until_on__gt=from_on), partner=partner, function=function)
    return rows if until_on is None else rows.filter(from_on__lt=until_on)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A function that a partner could join, and what speaks for it."""

    function: str
    says_so: bool
    peers: int
    has_hard_side: bool


def suggestions(partner: Partner, *, on: date) -> list[Suggestion]:
    """Functions that a partner is no part of and could join, strongest ground first. Three queries.

    Grounds: it says that it is suited, others of its type take part, or it works on the hard side (which incident
    handling lacks most). Source: build plan, section 7.1.
    """
    taken = set(Commitment.objects.on(on).filter(partner=partner).values_list("function", flat=True))
    peers = _peers(partner, on)
    is_hard = partner.activities.filter(side=Side.HARD).exists()
    found = [
        Suggestion(
            function=function,
            says_so=function in partner.functions,
            peers=peers.get(function, 0),
            has_hard_side=is_hard and function == "incident-handling",
        )
        for function in functions_on(on)
        if function not in taken
    ]
    grounded = [one for one in found if one.says_so or one.peers >= ENOUGH_PEERS or one.has_hard_side]
    return sorted(grounded, key=lambda one: (not one.says_so, not one.has_hard_side, -one.peers))


def _peers(partner: Partner, on: date) -> dict[str, int]:
    """How many others of the same type take part, by function."""
    others = Commitment.objects.on(on).filter(partner__type=partner.type, partner__standing=PartnerStanding.PARTNER)
    return dict(others.exclude(partner=partner).values_list("function").annotate(Count("partner", distinct=True)))
