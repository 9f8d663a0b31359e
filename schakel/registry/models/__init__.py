"""The registry: who there is, what is theirs, who answers for them and under which agreement."""

from schakel.registry.models.agreement import Agreement, active_on
from schakel.registry.models.constituency import Constituency, Estimate, constituents, under_agreement
from schakel.registry.models.contact import Contact, ContactQuerySet
from schakel.registry.models.organisation import Asset, Organisation, OrganisationQuerySet
from schakel.registry.models.partner import Partner, PartnerQuerySet, Prospect, ProspectQuerySet
from schakel.registry.models.words import (
    AgreementRole,
    AgreementState,
    AssetKind,
    AssetRole,
    Category,
    ChannelKind,
    ContactRole,
    Evidence,
    Language,
    LegacyStatus,
    NetworkFunction,
    Nis2Status,
    PartnerStanding,
    Relation,
    SizeClass,
)

__all__ = [
    "Agreement",
    "AgreementRole",
    "AgreementState",
    "Asset",
    "AssetKind",
    "AssetRole",
    "Category",
    "ChannelKind",
    "Constituency",
    "Contact",
    "ContactQuerySet",
    "ContactRole",
    "Estimate",
    "Evidence",
    "Language",
    "LegacyStatus",
    "NetworkFunction",
    "Nis2Status",
    "Organisation",
    "OrganisationQuerySet",
    "Partner",
    "PartnerQuerySet",
    "PartnerStanding",
    "Prospect",
    "ProspectQuerySet",
    "Relation",
    "SizeClass",
    "active_on",
    "constituents",
    "under_agreement",
]
