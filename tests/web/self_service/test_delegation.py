import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from schakel.people import delegating
from schakel.people.models import Invitation, User, UserGrant
from tests.cast import DESK
from tests.web.notices.test_respond import every_row

PASSWORD = "een heel lang geheim"


@pytest.fixture(autouse=True)
def empty_cache(db):
    cache.clear()


@pytest.fixture
def head(member, country):
    return member("organisation", organisation=country.harbour, level="administrator")


def here(country):
    return f"/organisation/{country.harbour.pk}/people"


def test_an_administrator_invites_and_the_invited_comes_in(country, head, stranger):
    assert "you" in head.get(here(country)).content.decode()
    page = head.post(here(country), {"mail": "anna@haven.example", "level": "member"}, follow=True).content.decode()
    assert "The invitation is on its way." in page
    assert "anna@haven.example" in page
    address = f"/invitation/{delegating.token_of(Invitation.objects.get())}?language=en"
    before = every_row()
    assert "Your account for Haven van Zoutwijk" in stranger.get(address).content.decode()
    assert every_row() == before
    assert stranger.post(address, {"name": "anna", "password": "kort"}).status_code == 400
    assert stranger.post(address, {"name": "anna", "password": PASSWORD}).url.startswith("/account/login")
    assert stranger.get(address).status_code == 404
    came = Client()
    assert came.login(username="anna", password=PASSWORD)
    assert came.get("/").url.endswith("/totp/activate/")  # A second factor comes first.


def test_others_do_not_see_or_change_the_people(country, head, member, stranger):
    grant = UserGrant.objects.get(user=head.user)
    invitation = delegating.invite(
        holder=country.harbour, mail="a@b.example", level="member", by=DESK, at=timezone.now()
    )
    others = [
        (member("organisation", organisation=country.hospital, level="administrator"), 404),
        (member("partner", country.harbour_circle, level="administrator"), 404),
        (member("organisation", organisation=country.harbour), 403),
        (member("partner", country.harbour_circle), 403),
        (member("steward"), 403),
        (member("auditor"), 403),
    ]
    before = every_row()
    for client, status in others:
        assert client.get(here(country)).status_code == status
        assert client.post(here(country), {"mail": "x@y.example", "level": "administrator"}).status_code == status
        assert client.post(f"/people/grants/{grant.pk}", {"act": "remove"}).status_code == status
        assert client.post(f"/people/invitations/{invitation.pk}/revoke").status_code == status
    assert stranger.get(here(country)).url.startswith("/account/login")
    assert every_row() == before


def test_rights_are_changed_and_taken_away_after_a_question(country, head, member):
    colleague = member("organisation", organisation=country.harbour)
    grant = f"/people/grants/{UserGrant.objects.get(user=colleague.user).pk}"
    assert "rights are changed" in head.post(grant, {"act": "level", "level": "reader"}, follow=True).content.decode()
    assert "Remove" in head.get(grant).content.decode()
    assert "no access any more" in head.post(grant, {"act": "remove"}, follow=True).content.decode()
    assert colleague.get(f"/organisation/{country.harbour.pk}").url.startswith("/account/login")
    own = f"/people/grants/{UserGrant.objects.get(user=head.user).pk}"
    assert "somebody else administrator" in head.post(own, {"act": "remove"}, follow=True).content.decode()
    assert head.post(own, {"act": "promote"}).status_code == 403


def test_an_invitation_is_taken_back(country, head):
    head.post(here(country), {"mail": "anna@haven.example", "level": "member"})
    page = head.post(f"/people/invitations/{Invitation.objects.get().pk}/revoke", follow=True).content.decode()
    assert "taken back" in page
    assert not User.objects.filter(email="anna@haven.example").exists()


def test_a_partner_manages_its_own_people(country, member):
    head = member("partner", country.harbour_circle, level="administrator")
    page = f"/network/partners/{country.harbour_circle.pk}/people"
    assert head.get(page).status_code == 200
    assert member("partner", country.care_csirt, level="administrator").get(page).status_code == 404
    assert member("coordinator").get(page).status_code == 200
