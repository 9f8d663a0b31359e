import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from schakel.journal.models import Event
from schakel.kit.refusals import Invalid, NotPermitted, WrongState
from schakel.people import actions
from schakel.people.models import User, actor_of
from schakel.policy.access import NOBODY, Grant, Role
from tests.cast import AUDITOR, DESK, NOON, STEWARD, STRANGER

PASSWORD = "zeven groene fietsen"


def add(name="anna", role=Role.COORDINATOR, *, password=PASSWORD, by=DESK, partner=None):
    return actions.add_user(name=name, role=role, password=password, by=by, at=NOON, partner=partner)


def test_an_account_holds_its_role_and_is_in_the_journal(db):
    user = add()
    assert actor_of(user).grants == (Grant(Role.COORDINATOR),)
    event = Event.objects.get(tag="people.user.added")
    assert (event.actor, event.subject, event.facts) == (
        "desk",
        f"people.user:{user.pk}",
        {"role": "coordinator", "partner": None, "organisation": None},
    )


def test_a_partners_account_belongs_to_the_partner(country):
    user = add(role=Role.PARTNER, partner=country.harbour_circle)
    assert actor_of(user).grants == (Grant(Role.PARTNER, country.harbour_circle.pk),)


@pytest.mark.parametrize("by", [STEWARD, AUDITOR, STRANGER], ids=lambda actor: actor.name)
def test_only_those_who_manage_people_do(db, by):
    user = add()
    for act in (
        lambda: add("bram", by=by),
        lambda: actions.close_user(user=user, by=by, at=NOON),
        lambda: actions.renew_user(user=user, password=PASSWORD + "!", by=by, at=NOON),
    ):
        with pytest.raises(NotPermitted):
            act()
    user.refresh_from_db()
    assert user.is_active
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize(
    "given",
    [
        {"password": "short"},
        {"password": "password1234"},
        {"name": "annabelle-van-rijn", "password": "annabelle-van-rijn"},
        {"name": "not a name"},
        {"name": ""},
        {"name": "ANNA"},
        {"role": Role.SYSTEM},
        {"role": Role.PARTNER},
    ],
)
def test_unfit_accounts_are_refused(db, given):
    add()
    with pytest.raises(Invalid):
        add(**{"name": "bram", **given})
    assert User.objects.count() == 1


def test_only_partners_have_a_partner(country):
    with pytest.raises(Invalid):
        add(partner=country.harbour_circle)


def test_a_closed_account_is_nobody_and_closes_once(db):
    user = add()
    actions.close_user(user=user, by=DESK, at=NOON)
    assert actor_of(User.objects.get()) == NOBODY
    with pytest.raises(WrongState):
        actions.close_user(user=user, by=DESK, at=NOON)


def test_a_renewed_account_sets_up_its_second_factor_again(db):
    user = add()
    TOTP.activate(user, generate_totp_secret())
    with pytest.raises(Invalid):
        actions.renew_user(user=user, password="short", by=DESK, at=NOON)
    user.refresh_from_db()
    assert Authenticator.objects.exists()
    actions.renew_user(user=user, password=PASSWORD + " twee", by=DESK, at=NOON)
    user.refresh_from_db()
    assert user.check_password(PASSWORD + " twee")
    assert not Authenticator.objects.exists()
