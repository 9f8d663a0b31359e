"""One small invented country: a harbour, a hospital, a registrar, a bakery, our desk, a neighbour, a stranger.

Used by tests and documentation alike. Addresses are those reserved for documentation (RFC 5737, RFC 3849).
"""

from datetime import UTC, date, datetime

from schakel.policy.access import Actor, Grant, Level, Role
from schakel.registry.models import (
    Agreement,
    AgreementState,
    Asset,
    AssetKind,
    Constituency,
    Contact,
    Designation,
    NetworkFunction,
    Organisation,
    Partner,
    SizeClass,
)

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
DESK = Actor(name="desk", grants=(Grant(Role.COORDINATOR),))
STRANGER = Actor(name="stranger")
AUDITOR = Actor(name="auditor", grants=(Grant(Role.AUDITOR),))
STEWARD = Actor(name="steward", grants=(Grant(Role.STEWARD),))


def member_of(partner: Partner, name: str = "member") -> Actor:
    """Somebody who works at a partner."""
    return Actor(name=name, grants=(Grant(Role.PARTNER, partner.pk),))


def head_of(partner: Partner, name: str = "head") -> Actor:
    """Somebody who may bind a partner."""
    return Actor(name=name, grants=(Grant(Role.PARTNER, partner.pk, level=Level.ADMINISTRATOR),))


def working_at(organisation: Organisation, name: str = "own") -> Actor:
    """Somebody who works at an organisation."""
    return Actor(name=name, grants=(Grant(Role.ORGANISATION, organisation_id=organisation.pk),))


class Country:
    """The rows of the cast, made once per test."""

    def __init__(self) -> None:
        self.harbour = _organisation("harbour", "Haven van Zoutwijk", network="192.0.2.0/25", domain="haven.example")
        self.hospital = _organisation(
            "hospital", "Ziekenhuis De Linde", network="198.51.100.0/24", domain="linde.example"
        )
        self.registrar = _organisation(
            "registrar", "Registrar Noord", network="192.0.2.0/24", domain="registrar.example"
        )
        self.bakery = _organisation("bakery", "Bakkerij De Korenaar", domain="korenaar.example", size=SizeClass.ONE)
        self.harbour_circle = _partner("harbour-circle", "Havenkring", [self.harbour])
        self.care_csirt = _partner("care-csirt", "Zorg-CSIRT", [self.hospital], sectors=["health"])
        Designation.objects.create(partner=self.care_csirt, sector="health", from_on=date(2026, 1, 1))
        _contact(self.harbour, "beveiliging@haven.example")
        _contact(self.registrar, "abuse@registrar.example")

    @property
    def member(self) -> Actor:
        """Works at the harbour circle, which answers for the harbour."""
        return member_of(self.harbour_circle)

    @property
    def neighbour(self) -> Actor:
        """Works at another partner."""
        return member_of(self.care_csirt, "neighbour")


def _organisation(key: str, name: str, *, domain: str, network: str = "", size: str = "medium") -> Organisation:
    organisation = Organisation.objects.create(key=key, name=name, size_class=size, region="NL-ZH", nis2="none")
    Asset.objects.create(organisation=organisation, kind=AssetKind.DOMAIN, value=domain)
    if network:
        Asset.objects.create(organisation=organisation, kind=AssetKind.NETWORK, value=network)
    return organisation


def _partner(key: str, name: str, serves: list[Organisation], sectors: list[str] | None = None) -> Partner:
    functions = [NetworkFunction.NOTIFICATION]
    partner = Partner.objects.create(key=key, name=name, type="isac", functions=functions, sectors=sectors or [])
    Contact.objects.create(partner=partner, address=f"meldingen@{key}.example", is_verified=True)
    Agreement.objects.create(
        partner=partner, functions=functions, from_on=date(2026, 1, 1), state=AgreementState.SIGNED
    )
    Constituency.objects.bulk_create([Constituency(partner=partner, organisation=one) for one in serves])
    return partner


def _contact(organisation: Organisation, address: str) -> None:
    Contact.objects.create(organisation=organisation, address=address, is_verified=True)
