"""The feed of changes: for each reader what it may read, with a cursor, an ETag and a clear end."""

import pytest

from schakel.people.models import User, actor_of
from schakel.registry.models import Agreement, AgreementState
from schakel.sharing.items import publishing
from tests.cast import NOON
from tests.sharing import world

ADDRESS = "/api/v1/changes"


@pytest.fixture
def shared(country, program):
    """Programs of both partners, and an item of the care CSIRT for the harbour circle alone."""
    world.share(country)
    country.ours = program("partner", country.harbour_circle)
    country.theirs = program("partner", country.care_csirt)
    country.by = actor_of(User.objects.get(grants__partner=country.care_csirt))
    country.item = world.out(
        by=country.by, owner=country.care_csirt, addresses=[f"partner:{country.harbour_circle.pk}"], at=NOON
    )
    return country


def test_a_program_follows_and_drops_what_is_retracted(shared):
    first = shared.ours.get(ADDRESS).json()
    assert [(one["change"], one["item"]["tlp"]) for one in first["items"]] == [("shared", "green")]
    assert first["items"][0]["item"]["url"].endswith(f"/api/v1/items/{shared.item.uid}")
    publishing.retract(item=shared.item, reason="Fout.", by=shared.by, at=NOON)
    second = shared.ours.get(ADDRESS, {"cursor": first["cursor"]}).json()
    assert second["items"] == [
        {"id": str(shared.item.uid), "change": "retracted", "at": second["items"][0]["at"], "item": None}
    ]
    assert shared.ours.get(ADDRESS, {"cursor": second["cursor"]}).json()["items"] == []


def test_others_see_nothing_of_it(shared, program):
    for role in ("coordinator", "steward", "auditor"):
        assert program(role).get(ADDRESS).json()["items"] == []
    assert len(shared.theirs.get(ADDRESS).json()["items"]) == 1  # Its own.


def test_what_did_not_change_is_not_sent_again(shared):
    answer = shared.ours.get(ADDRESS)
    again = shared.ours.get(ADDRESS, headers={"if-none-match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["API-Version"] == answer["API-Version"]


def test_who_may_read_something_else_now_begins_again(shared):
    cursor = shared.ours.get(ADDRESS).json()["cursor"]
    Agreement.objects.filter(partner=shared.harbour_circle).update(state=AgreementState.SUSPENDED)
    answer = shared.ours.get(ADDRESS, {"cursor": cursor})
    assert answer.status_code == 410
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(("query", "status"), [({"cursor": "a b"}, 400), ({"size": 0}, 400), ({"since": 1}, 400)])
def test_a_query_that_makes_no_sense_is_refused(shared, query, status):
    assert shared.ours.get(ADDRESS, query).status_code == status
