from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from schakel.journal.models import Event
from schakel.kit.refusals import NotPermitted
from schakel.people import directory
from schakel.people.listing import Listing
from schakel.people.models import User, UserGrant, actor_of
from schakel.registry.models import Partner
from tests.cast import NOON, STEWARD, STRANGER

GIVEN: dict[str, Any] = {
    "name": "Anna de Wit", "job": "Analist", "mail": "anna@kring.example", "phone": "010 1234567",
    "functions": ["exercise"], "topics": "Phishing, schepen ,phishing", "openness": "members",
}  # fmt: skip


@pytest.fixture
def colleague(member, country):
    return member("partner", country.harbour_circle)


@pytest.fixture
def desk(member, country):
    return member("coordinator")


@pytest.fixture
def clients(owner, colleague, neighbour, desk):
    return {"owner": owner, "colleague": colleague, "neighbour": neighbour, "desk": desk}


def sees(client, query=""):
    answer = client.get(f"/network/directory{query}")
    assert answer.status_code == 200
    return "Anna de Wit" in answer.content.decode()


@pytest.mark.parametrize(
    ("openness", "seen_by"),
    [("nobody", "owner"), ("coordinator", "owner colleague desk"), ("members", "owner colleague desk neighbour")],
)
def test_each_person_chooses_who_finds_them(clients, openness, seen_by):
    owner = clients["owner"]
    assert owner.get("/network/directory/me").status_code == 200
    assert owner.post("/network/directory/me", GIVEN | {"openness": openness}).url == "/network/directory"
    assert {name for name, client in clients.items() if sees(client)} == set(seen_by.split())
    assert "openness" in Event.objects.get(tag="people.listing.written").facts
    assert "Anna" not in str(Event.objects.get(tag="people.listing.written").facts)


def test_nobody_is_in_it_without_having_asked(desk, owner):
    assert not Listing.objects.exists()
    assert "Nobody has added an entry yet" in desk.get("/network/directory").content.decode()


def test_others_have_no_directory(stranger, member, owner, country):
    owner.post("/network/directory/me", GIVEN)
    for path in ("/network/directory", "/network/directory/me"):
        assert stranger.get(path).url.startswith("/account/login")
        for role in ("steward", "auditor"):
            assert member(role).get(path).status_code == 403
    for by in (STRANGER, STEWARD):
        assert not Listing.objects.visible_to(by).exists()
        with pytest.raises(NotPermitted):
            directory.list_oneself(**GIVEN, by=by, at=NOON)


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("words=phishing", True),
        ("words=PHISH", False),
        ("words=anna", True),
        ("words=analist", True),
        ("function=exercise", True),
        ("function=knowledge", False),
        ("sector=transport", True),
        ("sector=health", False),
        ("region=NL-ZH", True),
        ("region=NL-GR&words=phishing", False),
        ("function=nonsense", True),
    ],
)
def test_people_are_found_by_what_they_work_on(desk, owner, country, query, is_found):
    Partner.objects.filter(pk=country.harbour_circle.pk).update(sectors=["transport"], regions=["NL-ZH"])
    owner.post("/network/directory/me", GIVEN)
    assert sees(desk, f"?{query}") is is_found


def test_an_entry_is_changed_and_removed_by_its_own_person_alone(owner, colleague, neighbour):
    owner.post("/network/directory/me", GIVEN)
    colleague.post("/network/directory/me", GIVEN | {"name": "Bram"})
    assert Listing.objects.count() == 2
    page = owner.get("/network/directory/me").content.decode()
    assert "phishing, schepen" in page
    neighbour.post("/network/directory/me/leave")
    assert Listing.objects.count() == 2
    assert "Your entry is gone" in owner.post("/network/directory/me/leave", follow=True).content.decode()
    assert Listing.objects.get().name == "Bram"


@pytest.mark.parametrize("given", [{"name": " "}, {"mail": "no"}, {"openness": "all"}, {"functions": ["juggling"]}])
def test_an_entry_that_cannot_be_is_shown_again(owner, given):
    assert owner.post("/network/directory/me", GIVEN | given).status_code == 400
    assert not Listing.objects.exists()


def test_who_left_is_found_no_more(owner, neighbour, country):
    owner.post("/network/directory/me", GIVEN)
    assert sees(neighbour)
    User.objects.filter(pk=owner.user.pk).update(is_active=False)
    assert not sees(neighbour)
    User.objects.filter(pk=owner.user.pk).update(is_active=True)
    Partner.objects.filter(pk=country.harbour_circle.pk).update(standing="left", left_at=NOON)
    assert not sees(neighbour)


def test_more_people_cost_no_more_queries(desk, owner, country, django_assert_num_queries):
    owner.post("/network/directory/me", GIVEN)
    with CaptureQueriesContext(connection) as few:
        desk.get("/network/directory")
    for number in range(60):
        user = User.objects.create_user(f"u{number}")
        UserGrant.objects.create(user=user, role="partner", partner=country.care_csirt)
        directory.list_oneself(**GIVEN | {"name": f"Naam {number:02}"}, by=actor_of(user), at=NOON)
    with django_assert_num_queries(len(few)):
        page = desk.get("/network/directory").content.decode()
    following = page.split("after=")[1].split('"')[0]
    assert desk.get(f"/network/directory?after={following}").content.decode().count('data-label="Works for"') == 11
