"""Administrators of a partner or an organisation let their own people in, and nobody else's."""

from datetime import timedelta

import pytest
from django.utils.translation import override

from schakel.kit.limits import Limit
from schakel.kit.refusals import Invalid, NotPermitted, WrongState
from schakel.people import delegating
from schakel.people.models import Invitation, User, UserGrant, actor_of
from schakel.policy.access import Actor, Grant, Level, Permission, Role
from schakel.registry import letters
from tests.cast import AUDITOR, DESK, NOON, STEWARD, STRANGER, working_at

PASSWORD = "een heel lang geheim"


@pytest.fixture(autouse=True)
def english(db):
    with override("en"):
        yield


def head_of(organisation):
    return Actor("head", (Grant(Role.ORGANISATION, None, organisation.pk, Level.ADMINISTRATOR),))


def head_of_partner(partner):
    return Actor("head", (Grant(Role.PARTNER, partner.pk, None, Level.ADMINISTRATOR),))


def invited(holder, by, mail="anna@haven.example", level="member", at=NOON):
    return delegating.invite(holder=holder, mail=mail, level=level, by=by, at=at)


def joined(holder, name, level="member", by=DESK):
    invitation = invited(holder, by, f"{name}@haven.example", level)
    return delegating.accept(invitation=invitation, name=name, password=PASSWORD, by=delegating.LINK, at=NOON)


def test_administrators_and_the_desk_invite_and_others_do_not(country):
    for by in (head_of(country.harbour), DESK):
        invited(country.harbour, by)
    others = [
        working_at(country.harbour),
        head_of(country.hospital),
        country.member,
        head_of_partner(country.harbour_circle),
    ]
    for by in (*others, STRANGER, STEWARD, AUDITOR):
        with pytest.raises(NotPermitted):
            invited(country.harbour, by)
    invited(country.harbour_circle, head_of_partner(country.harbour_circle))
    for by in (country.member, head_of_partner(country.care_csirt), head_of(country.harbour)):
        with pytest.raises(NotPermitted):
            invited(country.harbour_circle, by)


def test_who_is_invited_gets_what_was_given_and_no_more(country):
    user = joined(country.harbour, "anna", by=head_of(country.harbour))
    actor = actor_of(user)
    assert actor.grants == (Grant(Role.ORGANISATION, None, country.harbour.pk, Level.MEMBER),)
    assert actor.may(Permission.CLAIM_MAKE, organisation_id=country.harbour.pk)
    assert not actor.may(Permission.CLAIM_MAKE, organisation_id=country.hospital.pk)
    assert not actor.may(Permission.PEOPLE_DELEGATE, organisation_id=country.harbour.pk)
    assert not actor.reach(Permission.FINDING_VIEW)
    assert user.check_password(PASSWORD)
    assert user.email == "anna@haven.example"


def test_a_link_opens_once_for_a_time_and_not_when_taken_back(country):
    first = invited(country.harbour, DESK)
    token = delegating.token_of(first)
    letter = delegating.letter_of(first)
    assert token in letter.body
    assert letter.address == "anna@haven.example"
    assert delegating.invitation_of(token, at=NOON) == first
    assert delegating.invitation_of(token, at=NOON + timedelta(days=14)) is None
    assert delegating.invitation_of(token + "x", at=NOON) is None
    second = invited(country.harbour, DESK)  # The same person again: the older link ends.
    assert delegating.invitation_of(token, at=NOON) is None
    delegating.revoke(invitation=second, by=head_of(country.harbour), at=NOON)
    assert delegating.invitation_of(delegating.token_of(second), at=NOON) is None
    for act in (
        lambda: delegating.revoke(invitation=second, by=DESK, at=NOON),
        lambda: delegating.accept(invitation=second, name="x", password=PASSWORD, by=delegating.LINK, at=NOON),
    ):
        with pytest.raises(WrongState):
            act()


def test_a_refused_account_leaves_the_invitation_open(country):
    invitation = invited(country.harbour, DESK)
    joined(country.hospital, "bert")
    for name, password, words in (("anna", "kort", "characters"), ("Bert", PASSWORD, "taken")):
        with pytest.raises(Invalid, match=words):
            delegating.accept(invitation=invitation, name=name, password=password, by=delegating.LINK, at=NOON)
    assert delegating.invitation_of(delegating.token_of(invitation), at=NOON) == invitation
    assert not User.objects.filter(username="anna").exists()


@pytest.mark.parametrize(("fields", "words"), [({"mail": "nee"}, "e-mail"), ({"level": "king"}, "may")])
def test_what_is_no_invitation_is_refused(country, fields, words):
    with pytest.raises(Invalid, match=words):
        invited(country.harbour, DESK, **fields)
    assert not Invitation.objects.exists()


def test_invitations_do_not_pile_up(country, monkeypatch):
    monkeypatch.setattr(delegating, "MOST_OPEN", 1)
    invited(country.harbour, DESK)
    with pytest.raises(Invalid, match="too many"):
        invited(country.harbour, DESK, "b@haven.example")


def test_nobody_fills_a_mailbox_with_invitations(country):
    for _time in range(6):
        invited(country.harbour, DESK)
    with pytest.raises(Invalid, match="enough letters"):
        invited(country.harbour, DESK, "ANNA@haven.example")
    assert Invitation.objects.count() == 6
    invited(country.hospital, DESK)  # What one has written to an address tells another nothing.
    invited(country.harbour, DESK, at=NOON + timedelta(days=1))


def test_one_holder_writes_so_many_letters_a_day(country, monkeypatch):
    monkeypatch.setattr(letters, "PER_HOLDER", Limit("letters-holder", count=2, seconds=86_400))
    for name in ("a", "b"):
        invitation = invited(country.harbour, DESK, f"{name}@haven.example")
        delegating.revoke(invitation=invitation, by=DESK, at=NOON)
    with pytest.raises(Invalid, match="go on tomorrow"):
        invited(country.harbour, DESK, "c@haven.example")


def test_administrators_change_rights_within_their_own(country):
    joined(country.harbour, "anna", "administrator")
    bert = UserGrant.objects.get(user=joined(country.harbour, "bert"))
    for by in (
        working_at(country.harbour),
        head_of(country.hospital),
        head_of_partner(country.harbour_circle),
        STRANGER,
    ):
        with pytest.raises(NotPermitted):
            delegating.set_level(grant=bert, level="administrator", by=by, at=NOON)
        with pytest.raises(NotPermitted):
            delegating.remove(grant=bert, by=by, at=NOON)
    delegating.set_level(grant=bert, level="reader", by=head_of(country.harbour), at=NOON)
    actor = actor_of(User.objects.get(username="bert"))
    assert not actor.reach(Permission.CLAIM_MAKE)
    assert actor.reach(Permission.CONSTITUENCY_VIEW)
    with pytest.raises(Invalid):
        delegating.set_level(grant=bert, level="king", by=DESK, at=NOON)


def test_roles_for_the_whole_network_are_out_of_reach(country):
    user = User.objects.create_user("chef")
    grant = UserGrant.objects.create(user=user, role="coordinator")
    for by in (head_of(country.harbour), DESK):
        with pytest.raises(NotPermitted):
            delegating.remove(grant=grant, by=by, at=NOON)


def test_the_last_administrator_stays(country):
    anna = UserGrant.objects.get(user=joined(country.harbour, "anna", "administrator"))
    own = head_of(country.harbour)
    for act in (lambda: delegating.remove(grant=anna, by=own, at=NOON),
                lambda: delegating.set_level(grant=anna, level="member", by=own, at=NOON)):  # fmt: skip
        with pytest.raises(Invalid, match="somebody else administrator"):
            act()
    joined(country.harbour, "bert", "administrator")
    delegating.set_level(grant=anna, level="member", by=own, at=NOON)


def test_who_is_removed_has_no_access_any_more(country):
    user = joined(country.harbour, "anna")
    delegating.remove(grant=UserGrant.objects.get(user=user), by=head_of(country.harbour), at=NOON)
    user.refresh_from_db()
    assert not user.is_active
    assert not actor_of(user).grants


def test_who_works_elsewhere_too_keeps_that(country):
    user = joined(country.harbour, "anna")
    UserGrant.objects.create(user=user, role="partner", partner=country.care_csirt)
    delegating.remove(grant=UserGrant.objects.get(user=user, role="organisation"), by=DESK, at=NOON)
    user.refresh_from_db()
    assert user.is_active
    assert actor_of(user).reach(Permission.FINDING_VIEW).partner_ids == {country.care_csirt.pk}
