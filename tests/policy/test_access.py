"""Who may do what: the roles as a table, and what must hold of every actor."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schakel.policy.access import (
    BOUND,
    FOR_ADMINISTRATORS,
    NOBODY,
    ROLES,
    SYSTEM,
    Actor,
    Grant,
    Level,
    Permission,
    Role,
)

ROLE_TABLE = {
    #                    coordinator partner organisation steward auditor
    "situation:view":  (True,  True,  False, True,  True),
    "report:view":     (True,  False, False, False, False),
    "report:ingest":   (True,  False, False, False, False),
    "finding:view":    (True,  True,  False, False, False),
    "campaign:view":   (True,  True,  False, False, False),
    "campaign:manage": (True,  False, False, False, False),
    "notice:view":     (True,  True,  False, False, False),
    "notice:send":     (True,  False, False, False, False),
    "notice:answer":   (True,  True,  False, False, False),
    "delivery:view":   (True,  False, False, False, False),
    "delivery:manage": (True,  False, False, False, False),
    "registry:view":   (True,  False, False, False, False),
    "registry:import": (True,  False, False, False, False),
    "partner:view":    (True,  True,  False, False, False),
    "partner:manage":  (True,  False, False, False, False),
    "partner:edit":    (True,  True,  False, False, False),
    "prospect:view":   (True,  False, False, False, False),
    "prospect:manage": (True,  False, False, False, False),
    "law:view":        (True,  True,  True,  True,  True),
    "measurement:view": (True, True, False, True,  False),
    "measurement:manage": (True, False, False, False, False),
    "initiative:view": (True,  True,  False, False, False),
    "initiative:manage": (True, True, False, False, False),
    "initiative:count": (True, False, False, True,  False),
    "balance:view":    (True,  True,  False, False, False),
    "balance:edit":    (True,  True,  False, False, False),
    "balance:count":   (True,  False, False, True,  False),
    "interest:view":   (True,  True,  False, False, False),
    "network:view":    (True,  True,  False, False, False),
    "function:view":   (True,  True,  False, True,  False),
    "function:ask":    (True,  True,  False, False, False),
    "function:manage": (True,  False, False, False, False),
    "coverage:view":   (True,  True,  False, True,  False),
    "coverage:count":  (True,  False, False, False, False),
    "advice:make":     (True,  False, False, False, False),
    "agreement:view":   (True,  True,  False, False, False),
    "agreement:sign":   (True,  True,  False, False, False),
    "agreement:manage": (True,  False, False, False, False),
    "application:view": (True,  False, False, False, False),
    "application:manage":(True,  False, False, False, False),
    "people:manage":   (True,  False, False, False, False),
    "constituency:view": (True, True, True,  False, False),
    "constituency:edit": (True, True, True,  False, False),
    "claim:make":      (True,  True,  True,  False, False),
    "claim:approve":   (True,  True,  False, False, False),
    "claim:settle":    (True,  False, False, False, False),
    "contact:edit":    (True,  True,  True,  False, False),
    "people:delegate": (True,  True,  True,  False, False),
    "item:view":       (True,  True,  True,  False, False),
    "item:edit":       (True,  True,  False, False, False),
    "item:publish":    (True,  True,  False, False, False),
    "item:review":     (True,  True,  False, False, False),
    "item:relay":      (True,  True,  False, False, False),
    "item:answer":     (True,  True,  True,  False, False),
    "item:import":     (True,  True,  False, False, False),
    "item:count":      (True,  False, False, True,  False),
    "circle:view":     (True,  True,  True,  False, False),
    "circle:manage":   (True,  False, False, False, False),
    "exchange:manage": (True,  False, False, False, False),
    "need:view":       (True,  True,  True,  False, False),
    "need:edit":       (True,  True,  True,  False, False),
    "picture:edit":    (True,  False, False, False, False),
    "journal:view":    (False, False, False, False, True),
}  # fmt: skip
COLUMNS = (Role.COORDINATOR, Role.PARTNER, Role.ORGANISATION, Role.STEWARD, Role.AUDITOR)
CELLS = [(name, role, held) for name, row in ROLE_TABLE.items() for role, held in zip(COLUMNS, row, strict=True)]

partner_ids = st.integers(1, 5)
grants = (
    st.builds(Grant, role=st.sampled_from([role for role in Role if role not in BOUND]))
    | st.builds(Grant, role=st.just(Role.PARTNER), partner_id=partner_ids)
    | st.builds(Grant, role=st.just(Role.ORGANISATION), organisation_id=partner_ids)
)
actors = st.builds(Actor, name=st.just("somebody"), grants=st.lists(grants, max_size=4).map(tuple))
permissions = st.sampled_from(Permission)


@pytest.mark.parametrize(("name", "role", "held"), CELLS)
def test_the_table_of_roles(name, role, held):
    assert (Permission(name) in ROLES[role]) is held


def test_the_table_names_every_permission():
    assert set(ROLE_TABLE) == set(Permission)


@pytest.mark.parametrize("permission", Permission)
def test_nobody_may_do_anything_and_the_system_everything(permission):
    assert not NOBODY.may(permission)
    assert not NOBODY.may(permission, partner_id=1)
    assert not NOBODY.reach(permission)
    assert SYSTEM.may(permission)


@given(permissions, partner_ids, partner_ids)
def test_a_partner_acts_for_its_own_constituency_only(permission, own, asked):
    member = Actor("member", (Grant(Role.PARTNER, own),))
    held = ROLES[Role.PARTNER] - FOR_ADMINISTRATORS
    assert member.may(permission, partner_id=asked) == (own == asked and permission in held)
    assert not member.may(permission)
    assert not member.reach(permission).is_everything


@given(permissions)
def test_a_partner_role_without_a_partner_holds_nothing(permission):
    assert not Actor("member", (Grant(Role.PARTNER),)).reach(permission)


@given(actors, permissions, partner_ids)
def test_acting_and_reading_ask_the_same_reach(actor, permission, partner_id):
    reach = actor.reach(permission)
    assert actor.may(permission) == reach.is_everything
    assert actor.may(permission, partner_id=partner_id) == (reach.is_everything or partner_id in reach.partner_ids)
    assert actor.may(permission, organisation_id=partner_id) == (
        reach.is_everything or partner_id in reach.organisation_ids
    )
    assert bool(reach) == (reach.is_everything or bool(reach.partner_ids) or bool(reach.organisation_ids))


@given(actors, grants, permissions, partner_ids)
def test_a_further_role_never_takes_anything_away(actor, grant, permission, partner_id):
    richer = Actor(actor.name, (*actor.grants, grant))
    if actor.may(permission, partner_id=partner_id):
        assert richer.may(permission, partner_id=partner_id)


@given(permissions, st.sampled_from(sorted(BOUND)))
def test_a_higher_level_holds_all_of_the_lower(permission, role):
    reader, member, administrator = (Grant(role, 1, 1, level).holds(permission) for level in Level)
    assert reader <= member <= administrator
    assert administrator == (permission in ROLES[role])
    assert not reader or permission.endswith(":view")
    assert not member or permission not in FOR_ADMINISTRATORS
