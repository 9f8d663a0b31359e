"""The registry: who there is, what is theirs, who answers for them and under which agreement."""

from schakel.registry.models.activity import Activity, ActivityQuerySet, Side
from schakel.registry.models.agreement import Agreement, active_on
from schakel.registry.models.capacity import Capacity, CapacityLabel, CapacityQuerySet
from schakel.registry.models.commitment import Commitment, CommitmentQuerySet
from schakel.registry.models.constituency import Constituency, Estimate, constituents, under_agreement
from schakel.registry.models.contact import Contact, ContactQuerySet
from schakel.registry.models.designation import Designation
from schakel.registry.models.former import FormerAsset
from schakel.registry.models.organisation import Asset, Organisation, OrganisationQuerySet
from schakel.registry.models.partner import Partner, PartnerQuerySet, Prospect, ProspectQuerySet
from schakel.registry.models.signal import Signal, SignalKind, SignalQuerySet
from schakel.registry.models.standing import (
    Continuity,
    ContinuityQuerySet,
    EvidenceKind,
    FundingKind,
    Maturity,
    MaturityQuerySet,
    Profile,
    ProfileQuerySet,
)
from schakel.registry.models.succession import (
    LIKENESS_MOVES,
    Likeness,
    LikenessQuerySet,
    LikenessState,
    Merger,
    MergerKind,
    MergerQuerySet,
)
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
    "LIKENESS_MOVES",
    "Activity",
    "ActivityQuerySet",
    "Agreement",
    "AgreementRole",
    "AgreementState",
    "Asset",
    "AssetKind",
    "AssetRole",
    "Capacity",
    "CapacityLabel",
    "CapacityQuerySet",
    "Category",
    "ChannelKind",
    "Commitment",
    "CommitmentQuerySet",
    "Constituency",
    "Contact",
    "ContactQuerySet",
    "ContactRole",
    "Continuity",
    "ContinuityQuerySet",
    "Designation",
    "Estimate",
    "Evidence",
    "EvidenceKind",
    "FormerAsset",
    "FundingKind",
    "Language",
    "LegacyStatus",
    "Likeness",
    "LikenessQuerySet",
    "LikenessState",
    "Maturity",
    "MaturityQuerySet",
    "Merger",
    "MergerKind",
    "MergerQuerySet",
    "NetworkFunction",
    "Nis2Status",
    "Organisation",
    "OrganisationQuerySet",
    "Partner",
    "PartnerQuerySet",
    "PartnerStanding",
    "Profile",
    "ProfileQuerySet",
    "Prospect",
    "ProspectQuerySet",
    "Relation",
    "Side",
    "Signal",
    "SignalKind",
    "SignalQuerySet",
    "SizeClass",
    "active_on",
    "constituents",
    "under_agreement",
]
