"""What partners, organisations and the coordinator do to a constituency: ask, answer, choose, end."""

import re
from collections.abc import Iterator
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit import spreadsheet
from schakel.kit.refusals import Invalid, WrongState, permit
from schakel.kit.states import move
from schakel.policy.access import Actor, Permission
from schakel.registry.models import (
    ENROLMENT_MOVES,
    AskedBy,
    Constituency,
    Enrolment,
    EnrolmentState,
    Organisation,
    Partner,
    PartnerStanding,
    Relation,
)

KVK = re.compile(r"\d{8}")
MOST_WAITING = 5000
LIMIT = 250
COLUMNS = ("partner", "organisation", "name", "relation", "chosen", "from", "until")


@transaction.atomic
def ask(
    *,
    partner: Partner,
    by: Actor,
    at: datetime,
    named: str = "",
    kvk: str = "",
    organisation: Organisation | None = None,
    relation: str = Relation.MEMBER,
    from_on: date | None = None,
    until_on: date | None = None,
) -> Enrolment:
    """Ask that an organisation belongs to a partner's constituency: by the partner, or by the organisation itself.

    A partner names it by its KVK number or its name, and gets the same answer whether or not we know it. The
    organisation chooses a partner that takes part. The same wish that still waits is given back as it is. Raises
    NotPermitted, and Invalid for a number, a relation or a span that is none, a partner's own organisation, or too
    many wishes that wait.
    """
    is_own = organisation is not None and by.may(Permission.CONSTITUENCY_EDIT, organisation_id=organisation.pk)
    side = AskedBy.ORGANISATION if is_own else AskedBy.PARTNER
    permit(is_own or by.may(Permission.CONSTITUENCY_EDIT, partner_id=partner.pk))
    _check(partner, relation=relation, from_on=from_on, until_on=until_on)
    named, kvk = _named(named, kvk, organisation)
    found = organisation or _known(kvk, named)
    if partner.organisation_id and found and found.pk == partner.organisation_id:
        raise Invalid(_("a partner does not belong to its own constituency."))
    Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
    waiting = Enrolment.objects.filter(partner=partner, state=EnrolmentState.ASKED)
    if same := waiting.filter(named=named, kvk=kvk, relation=relation, asked_by=side).first():
        return same
    if waiting.count() >= MOST_WAITING:
        raise Invalid(_("too many wishes wait for an answer; wait for those first."))
    made = {"from_on": from_on, "until_on": until_on, "made_at": at, "made_by": by.name, "asked_by": side}
    wish = Enrolment.objects.create(
        partner=partner, organisation=found, named=named, kvk=kvk, relation=relation, **made
    )
    record("registry.enrolment.asked", by=by, at=at, on=wish, partner=partner.pk, side=side.value)
    return wish


@transaction.atomic
def accept(*, enrolment: Enrolment, by: Actor, at: datetime, organisation: Organisation | None = None) -> Constituency:
    """Say yes: from then on the partner answers for the organisation. The coordinator may say which one is meant.

    Raises NotPermitted, Invalid where nobody knows which organisation is meant, WrongState.
    """
    permit(_may_answer(enrolment, by))
    meant = (organisation if by.may(Permission.CONSTITUENCY_EDIT) else None) or enrolment.organisation
    if meant is None:
        raise Invalid(_("say first which organisation is meant."))
    if meant.pk == enrolment.partner.organisation_id:
        raise Invalid(_("a partner does not belong to its own constituency."))
    move(
        enrolment, EnrolmentState.ACCEPTED, moves=ENROLMENT_MOVES,
        organisation=meant, decided_at=at, decided_by=by.name,
    )  # fmt: skip
    span = {"valid_from": enrolment.from_on or at.date(), "valid_until": enrolment.until_on}
    row, _is_new = Constituency.objects.update_or_create(
        partner=enrolment.partner, organisation=meant, relation=enrolment.relation, defaults=span
    )
    record("registry.enrolment.accepted", by=by, at=at, on=enrolment, organisation=meant.pk)
    return row


@transaction.atomic
def refuse(*, enrolment: Enrolment, reason: str, by: Actor, at: datetime) -> None:
    """Say no, with a reason that the other side reads. Raises NotPermitted, Invalid without a reason, WrongState."""
    permit(_may_answer(enrolment, by))
    if not reason.strip():
        raise Invalid(_("give a reason, so that a colleague can follow it."))
    decided = {"decided_at": at, "decided_by": by.name, "reason": reason.strip()[:2000]}
    move(enrolment, EnrolmentState.REFUSED, moves=ENROLMENT_MOVES, **decided)
    record("registry.enrolment.refused", by=by, at=at, on=enrolment)


@transaction.atomic
def withdraw(*, enrolment: Enrolment, by: Actor, at: datetime) -> None:
    """Take a wish back. Raises NotPermitted, WrongState where it was answered."""
    is_partners = enrolment.asked_by == AskedBy.PARTNER
    whose = {"partner_id": enrolment.partner_id} if is_partners else {"organisation_id": enrolment.organisation_id}
    permit(by.may(Permission.CONSTITUENCY_EDIT, **whose))
    move(enrolment, EnrolmentState.WITHDRAWN, moves=ENROLMENT_MOVES, decided_at=at, decided_by=by.name)
    record("registry.enrolment.withdrawn", by=by, at=at, on=enrolment)


@transaction.atomic
def end(*, constituency: Constituency, on: date, by: Actor, at: datetime) -> None:
    """End a membership on a day: the partner, the organisation itself and the coordinator may.

    Raises NotPermitted, Invalid for a day before it began, WrongState where it has ended already.
    """
    permit(_may_edit(constituency, by))
    locked = Constituency.objects.select_for_update(no_key=True).get(pk=constituency.pk)
    if locked.valid_from and on < locked.valid_from:
        raise Invalid(_("this day lies before the beginning."))
    if locked.valid_until and locked.valid_until <= min(on, at.date()):
        raise WrongState
    locked.valid_until, locked.is_chosen = on, locked.is_chosen and on > at.date()
    locked.save(update_fields=["valid_until", "is_chosen"])
    record("registry.constituency.ended", by=by, at=at, on=locked, until=on.isoformat())


@transaction.atomic
def choose(*, constituency: Constituency, by: Actor, at: datetime) -> None:
    """Choose the partner through which the organisation is told first; by itself or by the coordinator.

    Raises NotPermitted, WrongState for a membership that has ended.
    """
    permit(by.may(Permission.CONSTITUENCY_EDIT, organisation_id=constituency.organisation_id))
    Organisation.objects.select_for_update(no_key=True).get(pk=constituency.organisation_id)
    runs = Constituency.objects.filter(Q(valid_until=None) | Q(valid_until__gt=at.date()), pk=constituency.pk)
    if not runs.exists():
        raise WrongState
    others = Constituency.objects.filter(organisation_id=constituency.organisation_id, is_chosen=True)
    others.exclude(pk=constituency.pk).update(is_chosen=False)
    runs.update(is_chosen=True)
    record("registry.constituency.chosen", by=by, at=at, on=constituency, partner=constituency.partner_id)


@transaction.atomic
def choose_none(*, organisation: Organisation, by: Actor, at: datetime) -> None:
    """Leave it to the network through which partner the organisation is told. Raises NotPermitted."""
    permit(by.may(Permission.CONSTITUENCY_EDIT, organisation_id=organisation.pk))
    Constituency.objects.filter(organisation=organisation, is_chosen=True).update(is_chosen=False)
    record("registry.constituency.left-open", by=by, at=at, on=organisation)


def as_csv(*, partner: Partner, by: Actor, at: datetime) -> Iterator[str]:
    """A constituency as pieces of a CSV file, in the columns that an import reads, and the names. Raises NotPermitted.

    The journal's event is written at once, the rows are read while they are fetched.
    """
    permit(by.may(Permission.CONSTITUENCY_VIEW, partner_id=partner.pk))
    record("registry.constituency.exported", by=by, at=at, on=partner)
    return _pieces(partner)


def _pieces(partner: Partner) -> Iterator[str]:
    yield spreadsheet.text([COLUMNS])
    rows = Constituency.objects.filter(partner=partner).order_by("pk").select_related("organisation")
    for row in rows.iterator(chunk_size=2000):
        chosen = "yes" if row.is_chosen else "no"
        span = [str(day or "") for day in (row.valid_from, row.valid_until)]
        whom = (partner.key, row.organisation.key, row.organisation.name)
        yield spreadsheet.text([(*whom, row.relation, chosen, *span)])


def _check(partner: Partner, *, relation: str, from_on: date | None, until_on: date | None) -> None:
    if partner.standing not in {PartnerStanding.PARTNER, PartnerStanding.JOINING}:
        raise Invalid(_("this partner does not take part."))
    if relation not in Relation.values:
        raise Invalid(_("choose a relation from the list."))
    if from_on and until_on and until_on <= from_on:
        raise Invalid(_("the last day must come after the first."))


def _named(named: str, kvk: str, organisation: Organisation | None) -> tuple[str, str]:
    named, kvk = " ".join(named.split())[:LIMIT], kvk.replace(" ", "")
    if organisation:
        return organisation.name, organisation.kvk or ""
    if kvk and not KVK.fullmatch(kvk):
        raise Invalid(_("a KVK number has eight digits."))
    if not (named or kvk):
        raise Invalid(_("give the name or the KVK number."))
    return named, kvk


def _known(kvk: str, named: str) -> Organisation | None:
    """The one organisation that this can only be; by name alone a person judges."""
    if not kvk:
        return None
    found = list(Organisation.objects.filter(kvk=kvk)[:2])
    same = [one for one in found if not named or one.name.casefold() == named.casefold()]
    return found[0] if len(found) == 1 else (same[0] if len(same) == 1 else None)


def _may_answer(enrolment: Enrolment, by: Actor) -> bool:
    """Whether somebody stands on the side that was asked, or coordinates."""
    if enrolment.asked_by == AskedBy.PARTNER:
        return by.may(Permission.CONSTITUENCY_EDIT, organisation_id=enrolment.organisation_id)
    return by.may(Permission.CONSTITUENCY_EDIT, partner_id=enrolment.partner_id)


def _may_edit(row: Constituency, by: Actor) -> bool:
    ours = by.may(Permission.CONSTITUENCY_EDIT, partner_id=row.partner_id)
    return ours or by.may(Permission.CONSTITUENCY_EDIT, organisation_id=row.organisation_id)
