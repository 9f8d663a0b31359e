"""Who may do what: one table of roles. Pure rules over plain values."""

from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    """One act on one kind of thing."""

    SITUATION_VIEW = "situation:view"
    REPORT_VIEW = "report:view"
    REPORT_INGEST = "report:ingest"
    FINDING_VIEW = "finding:view"
    CAMPAIGN_VIEW = "campaign:view"
    CAMPAIGN_MANAGE = "campaign:manage"
    NOTICE_VIEW = "notice:view"
    NOTICE_SEND = "notice:send"
    NOTICE_ANSWER = "notice:answer"
    DELIVERY_VIEW = "delivery:view"
    DELIVERY_MANAGE = "delivery:manage"
    NETWORK_VIEW = "network:view"
    FUNCTION_VIEW = "function:view"
    FUNCTION_ASK = "function:ask"
    FUNCTION_MANAGE = "function:manage"
    REGISTRY_VIEW = "registry:view"
    PARTNER_VIEW = "partner:view"
    PARTNER_MANAGE = "partner:manage"
    PARTNER_EDIT = "partner:edit"
    PROSPECT_VIEW = "prospect:view"
    PROSPECT_MANAGE = "prospect:manage"
    COVERAGE_VIEW = "coverage:view"
    COVERAGE_COUNT = "coverage:count"
    ADVICE_MAKE = "advice:make"
    REGISTRY_IMPORT = "registry:import"
    LAW_VIEW = "law:view"
    MEASUREMENT_VIEW = "measurement:view"
    MEASUREMENT_MANAGE = "measurement:manage"
    AGREEMENT_VIEW = "agreement:view"
    AGREEMENT_SIGN = "agreement:sign"
    AGREEMENT_MANAGE = "agreement:manage"
    APPLICATION_VIEW = "application:view"
    APPLICATION_MANAGE = "application:manage"
    PEOPLE_MANAGE = "people:manage"
    CONSTITUENCY_VIEW = "constituency:view"
    CONSTITUENCY_EDIT = "constituency:edit"
    CLAIM_MAKE = "claim:make"
    CLAIM_APPROVE = "claim:approve"
    CLAIM_SETTLE = "claim:settle"
    CONTACT_EDIT = "contact:edit"
    PEOPLE_DELEGATE = "people:delegate"
    JOURNAL_VIEW = "journal:view"
    INITIATIVE_VIEW = "initiative:view"
    INITIATIVE_MANAGE = "initiative:manage"
    INITIATIVE_COUNT = "initiative:count"
    BALANCE_VIEW = "balance:view"
    BALANCE_EDIT = "balance:edit"
    BALANCE_COUNT = "balance:count"
    INTEREST_VIEW = "interest:view"
    ITEM_VIEW = "item:view"
    ITEM_EDIT = "item:edit"
    ITEM_PUBLISH = "item:publish"
    ITEM_REVIEW = "item:review"
    ITEM_RELAY = "item:relay"
    ITEM_ANSWER = "item:answer"
    ITEM_IMPORT = "item:import"
    ITEM_COUNT = "item:count"
    CIRCLE_VIEW = "circle:view"
    CIRCLE_MANAGE = "circle:manage"
    EXCHANGE_MANAGE = "exchange:manage"
    NEED_VIEW = "need:view"
    NEED_EDIT = "need:edit"
    PICTURE_EDIT = "picture:edit"


class Role(StrEnum):
    """What somebody is in the network."""

    COORDINATOR = "coordinator"
    PARTNER = "partner"
    ORGANISATION = "organisation"
    STEWARD = "steward"
    AUDITOR = "auditor"
    SYSTEM = "system"


class Level(StrEnum):
    """How far somebody's rights go within a partner or an organisation."""

    READER = "reader"
    MEMBER = "member"
    ADMINISTRATOR = "administrator"


_P = Permission
SELF_SERVICE = frozenset(
    {_P.CONSTITUENCY_VIEW, _P.CONSTITUENCY_EDIT, _P.CLAIM_MAKE, _P.CONTACT_EDIT, _P.PEOPLE_DELEGATE}
)
"""What an organisation does with what is its own, and its partner for it."""
ROLES: dict[Role, frozenset[Permission]] = {
    Role.COORDINATOR: frozenset(_P) - {_P.JOURNAL_VIEW},
    Role.PARTNER: frozenset(
        {
            _P.SITUATION_VIEW,
            _P.FINDING_VIEW,
            _P.CAMPAIGN_VIEW,
            _P.NOTICE_VIEW,
            _P.NOTICE_ANSWER,
            _P.PARTNER_VIEW,
            _P.PARTNER_EDIT,
            _P.NETWORK_VIEW,
            _P.FUNCTION_VIEW,
            _P.FUNCTION_ASK,
            _P.LAW_VIEW,
            _P.MEASUREMENT_VIEW,
            _P.INITIATIVE_VIEW,
            _P.INITIATIVE_MANAGE,
            _P.BALANCE_VIEW,
            _P.BALANCE_EDIT,
            _P.INTEREST_VIEW,
            _P.COVERAGE_VIEW,
            _P.AGREEMENT_VIEW,
            _P.AGREEMENT_SIGN,
            _P.ITEM_VIEW,
            _P.ITEM_EDIT,
            _P.ITEM_PUBLISH,
            _P.ITEM_REVIEW,
            _P.ITEM_RELAY,
            _P.ITEM_ANSWER,
            _P.ITEM_IMPORT,
            _P.CIRCLE_VIEW,
            _P.NEED_VIEW,
            _P.NEED_EDIT,
        }
    )
    | SELF_SERVICE
    | {_P.CLAIM_APPROVE},
    Role.ORGANISATION: SELF_SERVICE
    | {_P.LAW_VIEW, _P.ITEM_VIEW, _P.ITEM_ANSWER, _P.CIRCLE_VIEW, _P.NEED_VIEW, _P.NEED_EDIT},
    Role.STEWARD: frozenset(
        {
            _P.SITUATION_VIEW,
            _P.FUNCTION_VIEW,
            _P.LAW_VIEW,
            _P.MEASUREMENT_VIEW,
            _P.INITIATIVE_COUNT,
            _P.BALANCE_COUNT,
            _P.COVERAGE_VIEW,
            _P.ITEM_COUNT,
        }
    ),
    Role.AUDITOR: frozenset({_P.JOURNAL_VIEW, _P.SITUATION_VIEW, _P.LAW_VIEW}),
    Role.SYSTEM: frozenset(_P),
}


BOUND = frozenset({Role.PARTNER, Role.ORGANISATION})
"""Roles that are held for somebody, never for the whole network."""
FOR_ADMINISTRATORS = frozenset({Permission.PEOPLE_DELEGATE, Permission.AGREEMENT_SIGN})
"""What within a partner or an organisation only its administrators may."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role, held for the whole network, for one partner's constituency, or for one organisation."""

    role: Role
    partner_id: int | None = None
    organisation_id: int | None = None
    level: Level = Level.MEMBER

    def holds(self, permission: Permission) -> bool:
        """Whether the role gives the permission, at this level; a reader only looks."""
        if self.role in BOUND and self.level == Level.READER and not permission.endswith(":view"):
            return False
        if self.role in BOUND and self.level != Level.ADMINISTRATOR and permission in FOR_ADMINISTRATORS:
            return False
        return permission in ROLES[self.role]

    @property
    def is_for_all(self) -> bool:
        """Whether it is held for the whole network."""
        return self.role not in BOUND and self.partner_id is None and self.organisation_id is None


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a permission is held: everywhere, in the constituencies of some partners, at some organisations."""

    is_everything: bool
    partner_ids: frozenset[int] = frozenset()
    organisation_ids: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        """Whether it is held anywhere at all."""
        return self.is_everything or bool(self.partner_ids) or bool(self.organisation_ids)


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody or something that reads or acts."""

    name: str
    grants: tuple[Grant, ...] = ()
    user_id: int | None = None
    capacity: str = ""
    """In which of its organisation's roles it acts, where that has several; it gives no right and takes none away."""

    def reach(self, permission: Permission) -> Reach:
        """The constituencies in which the permission is held."""
        held = [grant for grant in self.grants if grant.holds(permission)]
        return Reach(
            is_everything=any(grant.is_for_all for grant in held),
            partner_ids=frozenset(grant.partner_id for grant in held if grant.partner_id is not None),
            organisation_ids=frozenset(grant.organisation_id for grant in held if grant.organisation_id is not None),
        )

    def may(self, permission: Permission, *, partner_id: int | None = None, organisation_id: int | None = None) -> bool:
        """Whether the act is permitted: on everything, or on what is this partner's or this organisation's."""
        reach = self.reach(permission)
        return (
            reach.is_everything
            or (partner_id is not None and partner_id in reach.partner_ids)
            or (organisation_id is not None and organisation_id in reach.organisation_ids)
        )


SYSTEM = Actor(name="system", grants=(Grant(Role.SYSTEM),))
NOBODY = Actor(name="nobody")
