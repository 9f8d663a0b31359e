from datetime import timedelta

import pytest

from schakel.journal.models import Event
from schakel.kit.refusals import Invalid, NotPermitted
from schakel.people import tokens
from schakel.people.models import Token, User, UserGrant
from schakel.policy.access import NOBODY, Permission
from tests.cast import DESK, NOON, STRANGER
from tests.commands.test_asking import run

LATER = NOON + timedelta(days=1)


@pytest.fixture
def user(country):
    user = User.objects.create_user("machine")
    UserGrant.objects.create(user=user, role="partner", partner=country.harbour_circle)
    return user


def add(user, **fields):
    return tokens.add(**({"user": user, "name": "siem", "days": 30, "by": DESK, "at": NOON} | fields))


def test_a_key_stands_for_its_user_and_what_the_user_may(user, country):
    actor = tokens.actor_of_key(add(user), at=LATER)
    assert actor.user_id == user.pk
    assert actor.reach(Permission.FINDING_VIEW).partner_ids == {country.harbour_circle.pk}


def test_the_key_itself_is_kept_nowhere(user):
    key = add(user)
    token = Token.objects.get()
    assert key not in str(Token.objects.values_list().get())
    assert key not in str(Event.objects.values_list().get())
    assert token.digest != key
    assert str(token) == "siem"


@pytest.mark.parametrize("change", ["", "x", "\udce9"])
def test_another_key_is_nobody(user, change):
    assert tokens.actor_of_key(add(user)[:-1] + change, at=LATER) == NOBODY


def test_a_key_ends_by_its_time_by_hand_and_with_its_user(user):
    old, revoked, orphan = add(user), add(user), add(user)
    assert tokens.actor_of_key(old, at=NOON + timedelta(days=30)) == NOBODY
    tokens.revoke(token=Token.objects.order_by("pk")[1], by=DESK, at=NOON)
    tokens.revoke(token=Token.objects.order_by("pk")[1], by=DESK, at=LATER)
    assert tokens.actor_of_key(revoked, at=LATER) == NOBODY
    assert Event.objects.filter(tag="people.token.revoked").count() == 1
    user.is_active = False
    user.save()
    assert tokens.actor_of_key(orphan, at=LATER) == NOBODY


def test_only_those_who_manage_people_make_and_end_keys(user, country):
    add(user)
    for actor in (country.member, STRANGER):
        with pytest.raises(NotPermitted):
            add(user, by=actor)
        with pytest.raises(NotPermitted):
            tokens.revoke(token=Token.objects.get(), by=actor, at=NOON)


@pytest.mark.parametrize("fields", [{"name": " "}, {"days": 0}, {"days": 367}])
def test_a_key_needs_a_name_and_a_sensible_life(user, fields):
    with pytest.raises(Invalid):
        add(user, **fields)
    assert not Token.objects.exists()


def test_the_command_prints_a_key_once_lists_and_revokes(user):
    code, text = run("token", "add", "machine", "--name", "siem")
    assert code == 0
    assert tokens.actor_of_key(text.strip(), at=NOON).user_id == user.pk
    token = Token.objects.get()
    assert run("token", "list", "machine")[1].startswith(f"{token.pk}: siem, until ")
    assert run("token", "revoke", str(token.pk)) == (0, f"revoked: {token.pk}\n")
    assert tokens.actor_of_key(text.strip(), at=NOON) == NOBODY


def test_the_command_refuses_what_it_does_not_know(user):
    assert run("token", "add", "nobody")[0] == 1
    assert run("token", "revoke", "999")[0] == 1
    assert run("token", "revoke", "x")[0] == 1
