"""Making an agreement: drafted from the terms, offered as a document, signed by both sides."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F, Max, Q
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit import queue
from schakel.kit.refusals import Invalid, WrongState, permit
from schakel.kit.states import move
from schakel.policy.access import Actor, Permission
from schakel.registry.agreements import contract, following, terms
from schakel.registry.agreements.copies import Elsewhere, keep, permit_side
from schakel.registry.models import (
    AGREEMENT_MOVES,
    Agreement,
    AgreementDocument,
    AgreementQuerySet,
    AgreementRole,
    AgreementState,
    Language,
    Partner,
    PartnerStanding,
    Signature,
    SignatureSide,
)
from schakel.registry.partners import describing
from schakel.registry.partners.words_given import known, line, runs_forward, text

MAIL_JOB = "joining.tell_signatory"


class Overlap(Invalid):
    """Two agreements over one function at one time."""

    wording = _("This overlaps another agreement of the same partner:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What an agreement is to say."""

    role: str
    functions: list[str]
    from_on: date
    until_on: date | None = None
    effort: str = ""
    activities: str = ""
    language: str = Language.DUTCH
    signatory: str = ""
    signatory_mail: str = ""
    amends: Agreement | None = field(default=None)


@transaction.atomic
def draft(*, partner: Partner, draft: Draft, by: Actor, at: datetime) -> Agreement:
    """Draw up an agreement from the newest terms for its role.

    An addendum names the running agreement that it amends. Raises NotPermitted, WrongState for who has left or is a
    prospect, Overlap, and Invalid for what cannot be read.
    """
    permit(by.may(Permission.AGREEMENT_MANAGE))
    partner = Partner.objects.select_for_update().get(pk=partner.pk)
    if partner.standing not in {PartnerStanding.JOINING, PartnerStanding.PARTNER}:
        raise WrongState
    fields = _fields(partner, draft)
    serials = Agreement.objects.filter(partner=partner, from_on=draft.from_on).aggregate(last=Max("serial"))["last"]
    serial = 0 if serials is None else serials + 1
    agreement = Agreement.objects.create(partner=partner, serial=serial, **fields)
    record("registry.agreement.drafted", by=by, at=at, on=agreement, partner=partner.pk, role=agreement.role)
    return agreement


@transaction.atomic
def change(*, agreement: Agreement, draft: Draft, by: Actor, at: datetime) -> Agreement:
    """Change what a draft says. Raises as `draft` does, and WrongState once it has been offered."""
    permit(by.may(Permission.AGREEMENT_MANAGE))
    locked = Agreement.objects.select_for_update(of=("self",)).select_related("partner").get(pk=agreement.pk)
    if locked.state != AgreementState.DRAFT:
        raise WrongState
    for name, value in _fields(locked.partner, draft, itself=locked).items():
        setattr(locked, name, value)
    if locked.from_on != agreement.from_on:
        others = Agreement.objects.filter(partner=locked.partner_id, from_on=locked.from_on).exclude(pk=locked.pk)
        last = others.aggregate(last=Max("serial"))["last"]
        locked.serial = 0 if last is None else last + 1
    locked.save()
    record("registry.agreement.changed", by=by, at=at, on=locked, role=locked.role)
    return locked


@transaction.atomic
def offer(*, agreement: Agreement, by: Actor, at: datetime) -> AgreementDocument:
    """Make the document and send the partner's signatory a link to it; from now on its words stand.

    Raises NotPermitted, WrongState, Overlap, and Invalid where effort, activities or signatory are missing (build
    plan, section 3.5: an agreement states effort and activities against the goal).
    """
    permit(by.may(Permission.AGREEMENT_MANAGE))
    agreement = _complete(agreement)
    move(agreement, AgreementState.OFFERED, moves=AGREEMENT_MOVES, offered_at=at, link_number=F("link_number") + 1)
    agreement.refresh_from_db()
    content, digest = contract.document(agreement, at=at)
    AgreementDocument.objects.filter(agreement=agreement).delete()
    document = AgreementDocument.objects.create(agreement=agreement, content=content, digest=digest, made_at=at)
    queue.later(MAIL_JOB, queue="outgoing", agreement_id=agreement.pk, link_number=agreement.link_number)
    record("registry.agreement.offered", by=by, at=at, on=agreement, digest=digest)
    return document


@transaction.atomic
def take_back(*, agreement: Agreement, by: Actor, at: datetime) -> None:
    """Make an offer a draft again, so that it can be changed: its link and signatures are void.

    Raises NotPermitted, WrongState.
    """
    permit(by.may(Permission.AGREEMENT_MANAGE))
    move(agreement, AgreementState.DRAFT, moves=AGREEMENT_MOVES, link_number=F("link_number") + 1)
    void = [
        {"side": one.side, "digest": one.digest, "signed_at": one.signed_at.isoformat()}
        for one in agreement.signatures.all()
    ]
    agreement.signatures.all().delete()
    AgreementDocument.objects.filter(agreement=agreement).delete()
    record("registry.agreement.taken_back", by=by, at=at, on=agreement, void=void)


@transaction.atomic
def sign(
    *,
    agreement: Agreement,
    side: SignatureSide,
    name: str,
    position: str,
    digest: str,
    by: Actor,
    at: datetime,
    elsewhere: Elsewhere | None = None,
) -> Signature:
    """Sign for one side; with the second signature the agreement binds, and who was joining is a partner.

    An addendum ends what it amends on the day it begins; what was signed `elsewhere` too is kept beside it. Raises
    NotPermitted, WrongState, Overlap, and Invalid without name or position, where `digest` is not that of the document
    as it stands, or for a copy that cannot be used.
    """
    permit_side(agreement, side, by)
    agreement = _locked(agreement)
    if agreement.state != AgreementState.OFFERED or agreement.signatures.filter(side=side).exists():
        raise WrongState
    name, position = line(name), line(position)
    if not (name and position):
        raise Invalid(_("give your name and your position: a signature says who signed and why that person may."))
    if digest != agreement.document.digest:
        raise Invalid(_("this is not the document that was offered last. Read it again before you sign."))
    signature = Signature.objects.create(
        agreement=agreement, side=side, name=name, position=position, digest=digest, signed_at=at, given_by=by.name
    )
    if elsewhere is not None:
        keep(signature=signature, elsewhere=elsewhere, by=by, at=at)
    if agreement.signatures.count() == len(SignatureSide):
        _bind(agreement, by, at)
    record("registry.agreement.signed", by=by, at=at, on=agreement, side=side.value, digest=digest)
    return signature


def overlapping(partner: Partner, functions: list[str], from_on: date, until_on: date | None) -> AgreementQuerySet:
    """The running agreements of the partner that cover one of these functions on one of these days."""
    rows = Agreement.objects.running().filter(Q(until_on=None) | Q(until_on__gt=from_on), partner=partner)
    rows = rows.filter(functions__overlap=functions)
    return rows if until_on is None else rows.filter(from_on__lt=until_on)


def _fields(partner: Partner, draft: Draft, *, itself: Agreement | None = None) -> dict[str, Any]:
    """The columns of a draft. Raises Invalid, Overlap."""
    template = terms.current(draft.role) if draft.role in AgreementRole.values else None
    if template is None:
        raise Invalid(_("choose a role."))
    functions = known(draft.functions, among="functions")
    if not functions:
        raise Invalid(_("choose at least one function."))
    runs_forward(draft.from_on, draft.until_on)
    _check_amended(partner, draft, itself)
    _check_free(partner, functions, draft.from_on, draft.until_on, draft.amends)
    return {
        "role": draft.role,
        "functions": functions,
        "from_on": draft.from_on,
        "until_on": draft.until_on,
        "effort": text(draft.effort),
        "activities": text(draft.activities),
        "template": template,
        "language": draft.language if draft.language in Language.values else Language.DUTCH,
        "signatory": line(draft.signatory),
        "signatory_mail": _mail(draft.signatory_mail),
        "amends": draft.amends,
    }


def _check_amended(partner: Partner, draft: Draft, itself: Agreement | None) -> None:
    amended = draft.amends
    if amended is None:
        return
    is_running = amended.state in {AgreementState.SIGNED, AgreementState.SUSPENDED}
    if amended.partner_id != partner.pk or not is_running or amended == itself:
        raise Invalid(_("only a running agreement of the same partner can be amended."))
    if draft.from_on < amended.from_on or (amended.until_on is not None and draft.from_on > amended.until_on):
        raise Invalid(_("an addendum begins while the agreement that it amends runs, or on the day after."))


def _check_free(
    partner: Partner, functions: list[str], from_on: date, until_on: date | None, amends: Agreement | None
) -> None:
    others = overlapping(partner, functions, from_on, until_on)
    for other in others.exclude(pk=amends.pk) if amends else others:
        shared = ", ".join(one for one in other.functions if one in functions)
        end = other.until_on.isoformat() if other.until_on else "…"
        raise Overlap(f"{shared}, {other.from_on.isoformat()} to {end}.")


def _mail(address: str) -> str:
    address = address.strip()
    try:
        if address:
            validate_email(address)
    except ValidationError:
        raise Invalid(_("this is not an e-mail address.")) from None
    return address


def _locked(agreement: Agreement) -> Agreement:
    """The row and its partner's, locked: two who sign at once must see each other."""
    Partner.objects.select_for_update().get(pk=agreement.partner_id)
    rows = Agreement.objects.select_for_update(of=("self",)).select_related("partner", "template", "amends")
    return rows.get(pk=agreement.pk)


def _complete(agreement: Agreement) -> Agreement:
    """The locked agreement, where it says all that has to be signed. Raises Invalid, Overlap."""
    locked = _locked(agreement)
    if not (locked.effort and locked.activities):
        raise Invalid(_("say which effort and which activities are promised: without them nothing can be signed."))
    if not (locked.signatory and locked.signatory_mail):
        raise Invalid(_("say who signs for the partner, with name and e-mail address."))
    if locked.template is None:
        raise Invalid(_("choose a role."))
    _check_free(locked.partner, locked.functions, locked.from_on, locked.until_on, locked.amends)
    return locked


def _bind(agreement: Agreement, by: Actor, at: datetime) -> None:
    """Both have signed."""
    _check_free(agreement.partner, agreement.functions, agreement.from_on, agreement.until_on, agreement.amends)
    if agreement.amends is not None:
        earlier = Agreement.objects.running().filter(pk=agreement.amends.pk)
        earlier.filter(Q(until_on=None) | Q(until_on__gt=agreement.from_on)).update(until_on=agreement.from_on)
    move(agreement, AgreementState.SIGNED, moves=AGREEMENT_MOVES)
    joining = Partner.objects.filter(pk=agreement.partner_id, standing=PartnerStanding.JOINING)
    if joining.update(standing=PartnerStanding.PARTNER, joined_on=agreement.from_on):
        describing.place_by_default(partner=agreement.partner, by=by, at=at)
        record("registry.partner.joined", by=by, at=at, on=agreement.partner, agreement=agreement.pk)
    following.follow(agreement=agreement, at=at)
    queue.later(
        MAIL_JOB, queue="outgoing", agreement_id=agreement.pk, link_number=agreement.link_number, occasion="signed"
    )
