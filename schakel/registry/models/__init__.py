"""The registry: who there is, what is theirs, who answers for them and under which agreement."""

from schakel.registry.models.contact import Contact, ContactQuerySet
from schakel.registry.models.organisation import Asset, Organisation, OrganisationQuerySet
from schakel.registry.models.partner import (
    Agreement,
    Constituency,
    Partner,
    PartnerQuerySet,
    active_on,
    constituents,
    under_agreement,
)
from schakel.registry.models.words import (
    AgreementState,
    AssetKind,
    AssetRole,
    ChannelKind,
    ContactRole,
    Evidence,
    Language,
    NetworkFunction,
    Nis2Status,
    Relation,
    SizeClass,
)

__all__ = [
    "Agreement",
    "AgreementState",
    "Asset",
    "AssetKind",
    "AssetRole",
    "ChannelKind",
    "Constituency",
    "Contact",
    "ContactQuerySet",
    "ContactRole",
    "Evidence",
    "Language",
    "NetworkFunction",
    "Nis2Status",
    "Organisation",
    "OrganisationQuerySet",
    "Partner",
    "PartnerQuerySet",
    "Relation",
    "SizeClass",
    "active_on",
    "constituents",
    "under_agreement",
]
