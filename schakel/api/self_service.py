"""Claims and contacts: what organisations keep themselves, for their programs and their partner's."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Status
from pydantic import AwareDatetime

from schakel.api.pages import listed
from schakel.api.requests import Request
from schakel.api.shapes import Given, Key, PageQuery, Shape, Words
from schakel.policy.access import Permission
from schakel.registry.claims import actions
from schakel.registry.constituents import contacts
from schakel.registry.models import (
    AssetKind,
    ChannelKind,
    Claim,
    ClaimState,
    Contact,
    ContactRole,
    ContactStanding,
    Language,
    Organisation,
    Proof,
)
from schakel.registry.proofs import challenges

router = Router(tags=["claims and contacts"], by_alias=True)


class ClaimQuery(PageQuery):
    """Which claims."""

    state: ClaimState | None = None
    kind: AssetKind | None = None
    organisation_id: Key | None = None


class ContactQuery(PageQuery):
    """Which contacts."""

    standing: ContactStanding | None = None
    organisation_id: Key | None = None


class ClaimGiven(Given):
    """What is claimed for whom, and how it is proven."""

    organisation_id: Key
    kind: AssetKind
    value: Words
    proof: Proof


class ContactGiven(Given):
    """Where an organisation is told."""

    organisation_id: Key
    role: ContactRole
    address: Words
    channel: ChannelKind = ChannelKind.MAIL
    language: Language = Language.DUTCH


class ClaimShape(Shape):
    """One claim. `recordName` is where a TXT record with `token` proves it, `pageAddress` where a file does."""

    id: int
    organisation_id: int
    kind: AssetKind
    value: str
    proof: Proof
    state: ClaimState
    token: str
    record_name: str | None
    page_address: str | None
    seen: str
    made_at: AwareDatetime
    checked_at: AwareDatetime | None
    proven_at: AwareDatetime | None
    expires_at: AwareDatetime
    reason: str

    @staticmethod
    def resolve_record_name(row: Claim) -> str | None:
        """Where the DNS is looked at."""
        return challenges.record_name(row.kind, row.value) if row.proof == Proof.DNS else None

    @staticmethod
    def resolve_page_address(row: Claim) -> str | None:
        """Where the site is looked at."""
        return challenges.page_address(row.value, row.token) if row.proof == Proof.SITE else None


class ContactShape(Shape):
    """One contact."""

    id: int
    organisation_id: int | None
    partner_id: int | None
    role: ContactRole
    channel: ChannelKind
    address: str
    language: Language
    is_verified: bool
    standing: ContactStanding
    attested_at: AwareDatetime | None


class ClaimPage(Shape):
    """Some claims, newest first, and where the next are."""

    items: list[ClaimShape]
    next: str | None


class ContactPage(Shape):
    """Some contacts, newest first, and where the next are."""

    items: list[ContactShape]
    next: str | None


@router.get("/claims", response=ClaimPage, operation_id="listClaims")
def index(request: Request, query: Query[ClaimQuery]) -> Any:
    """Claims of the organisations that you answer for, newest first."""
    rows = Claim.objects.visible_to(request.auth)
    wanted = {"state": query.state, "kind": query.kind, "organisation_id": query.organisation_id}
    return listed(request, rows.filter(**{name: value for name, value in wanted.items() if value is not None}), query)


@router.get("/claims/{claim_id}", response=ClaimShape, operation_id="getClaim")
def show(request: Request, claim_id: int) -> Any:
    """One claim, and what proves it."""
    return get_object_or_404(Claim.objects.visible_to(request.auth), pk=claim_id)


@router.post("/claims", response={201: ClaimShape}, operation_id="makeClaim")
def make(request: Request, given: ClaimGiven) -> Any:
    """Claim something for an organisation; a claim that still lives is given back as it is."""
    organisation = _organisation(request, given.organisation_id)
    fields = {"kind": given.kind.value, "value": given.value, "proof": given.proof.value}
    return Status(201, actions.make(organisation=organisation, by=request.auth, at=timezone.now(), **fields))


@router.post("/claims/{claim_id}/look", response={202: ClaimShape}, operation_id="lookForProof")
def look(request: Request, claim_id: int) -> Any:
    """Let the proof be looked for now."""
    claim = get_object_or_404(Claim.objects.visible_to(request.auth), pk=claim_id)
    actions.look_again(claim=claim, by=request.auth, at=timezone.now())
    return Status(202, claim)


@router.post("/claims/{claim_id}/withdraw", response=ClaimShape, operation_id="withdrawClaim")
def withdraw(request: Request, claim_id: int) -> Any:
    """Take a claim back."""
    claim = get_object_or_404(Claim.objects.visible_to(request.auth).select_related("asset"), pk=claim_id)
    actions.withdraw(claim=claim, by=request.auth, at=timezone.now())
    return claim


@router.get("/contacts", response=ContactPage, operation_id="listContacts")
def list_contacts(request: Request, query: Query[ContactQuery]) -> Any:
    """Contacts of the organisations that you answer for, and of your own partner, newest first."""
    rows = Contact.objects.of(request.auth, Permission.CONSTITUENCY_VIEW)
    wanted = {"standing": query.standing, "organisation_id": query.organisation_id}
    return listed(request, rows.filter(**{name: value for name, value in wanted.items() if value is not None}), query)


@router.post("/contacts", response={201: ContactShape}, operation_id="addContact")
def add_contact(request: Request, given: ContactGiven) -> Any:
    """Give an organisation one more contact; a mail address counts once it has said yes to our mail."""
    organisation = _organisation(request, given.organisation_id)
    fields = {"role": given.role.value, "channel": given.channel.value, "language": given.language.value}
    fields["address"] = given.address
    row = contacts.add(holder=organisation, replaces=None, by=request.auth, at=timezone.now(), **fields)
    return Status(201, row)


@router.post("/contacts/{contact_id}/remove", response={204: None}, operation_id="removeContact")
def remove_contact(request: Request, contact_id: int) -> Any:
    """Take a contact off: nothing goes there any more."""
    contact = get_object_or_404(Contact.objects.of(request.auth, Permission.CONSTITUENCY_VIEW), pk=contact_id)
    contacts.remove(contact=contact, by=request.auth, at=timezone.now())
    return Status(204, None)


def _organisation(request: Request, organisation_id: int) -> Organisation:
    seen = Organisation.objects.of(request.auth, Permission.CONSTITUENCY_VIEW)
    return get_object_or_404(seen, pk=organisation_id)
