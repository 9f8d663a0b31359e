"""Shared items for programs: within what a reader may see, and nothing that is for named people alone."""

import json

import pytest
from django.test import Client
from django.utils import timezone

from schakel.people import tokens
from schakel.people.models import User
from schakel.sharing.document import Indicator
from schakel.sharing.items import drafting, publishing
from schakel.sharing.models import SharedItem
from tests.cast import DESK, NOON
from tests.sharing import world
from tests.sharing.conftest import in_english, network, own_circle_key
from tests.sharing.world import document, out, terms

__all__ = ["in_english", "network", "own_circle_key"]
LIST = "/api/v1/items"


@pytest.fixture
def key(network):
    """`key("member")`: a program that acts for that person of the network."""

    def let_in(name) -> Client:
        user = User.objects.get(pk=getattr(network, name).user_id)
        token = tokens.add(user=user, name="test", days=1, by=DESK, at=timezone.now())
        return Client(headers={"authorization": f"Bearer {token}", "accept-language": "en"})

    return let_in


def titles(answer):
    assert answer.status_code == 200, answer.content
    return [row["title"] for row in answer.json()["items"]]


def post(client, item, act, **given):
    return client.post(f"{LIST}/{item.uid}/{act}", json.dumps(given), content_type="application/json")


@pytest.mark.parametrize("name", ["member", "colleague", "neighbour", "desk", "client", "steward", "auditor"])
def test_who_may_read_it_reads_it_and_for_others_it_is_not_there(network, key, name):
    item = out(by=network.neighbour, owner=network.care, tlp="amber", addresses=[f"partner:{network.harbour.pk}"],
               reviewer=network.neighbours_colleague)  # fmt: skip
    reads = name in {"member", "colleague", "neighbour"}
    client = key(name)
    assert (titles(client.get(LIST)) == ["Lek in Poortwachter"]) is reads
    unknown = client.get(f"{LIST}/7f1d2b1e-0000-4000-8000-000000000000")
    for path in ("", "/versions", "/versions/1", "/indicators"):
        answer = client.get(f"{LIST}/{item.uid}{path}")
        assert answer.status_code == (200 if reads else 404)
        assert reads or answer.content == unknown.content
    assert client.get(f"{LIST}/{item.uid}/audience").status_code == (200 if name == "neighbour" else 404)


def test_one_item_says_what_it_says_and_304_while_it_is_the_same(network, key):
    item = out(by=network.member, owner=network.harbour)
    client = key("neighbour")
    answer = client.get(f"{LIST}/{item.uid}")
    told = answer.json()
    assert (told["item"]["tlp"], told["item"]["owner"], told["item"]["version"]) == ("green", "Havenkring", 1)
    assert told["texts"][0]["action"] == "Werk Poortwachter bij tot versie 4.2."
    assert told["weaknesses"][0]["cve"] == "CVE-2026-0101"
    assert told["indicatorsCount"] == 2
    again = client.get(f"{LIST}/{item.uid}", headers={"if-none-match": answer["ETag"]})
    assert (again.status_code, again.content, again["API-Version"]) == (304, b"", "1.0.0")
    publishing.retract(item=item, reason="Loos.", by=network.member, at=NOON)
    changed = client.get(f"{LIST}/{item.uid}", headers={"if-none-match": answer["ETag"]})
    assert (changed.status_code, changed.json()["item"]["state"]) == (200, "retracted")


def test_lists_are_paged_and_narrowed(network, key, django_assert_max_num_queries):
    for n in range(5):
        out(by=network.member, owner=network.harbour, document=document(f"Advies {n}"))
    client = key("neighbour")
    with django_assert_max_num_queries(12):
        first = client.get(f"{LIST}?size=3")
    assert titles(first) == ["Advies 4", "Advies 3", "Advies 2"]
    assert titles(client.get(first.json()["next"])) == ["Advies 1", "Advies 0"]
    assert titles(client.get(f"{LIST}?kind=request")) == []
    assert titles(client.get(f"{LIST}?state=draft")) == []
    for query in ("colour=red", "kind=nonsense", "size=0", "fromOn=x"):
        assert client.get(f"{LIST}?{query}").status_code == 400


def test_indicators_are_paged_by_key(network, key):
    many = tuple(Indicator(kind="domain", value=f"d{n}.example") for n in range(7))
    item = out(by=network.member, owner=network.harbour, document=document(indicators=many))
    client, found, place = key("neighbour"), [], f"{LIST}/{item.uid}/indicators?size=3"
    while place:
        answer = client.get(place).json()
        found += [one["value"] for one in answer["items"]]
        place = answer["next"]
    assert found == [f"d{n}.example" for n in range(7)]


def test_what_is_for_named_people_or_in_a_closed_circle_is_for_no_machine(network, key):
    named = [f"person:{network.desk.user_id}", f"person:{network.second.user_id}"]
    out(by=network.desk, tlp="red", addresses=named, reviewer=network.second)
    closed = world.circle("Dicht", is_closed=True)
    world.join(closed, network.second, is_desk=True)
    out(by=network.second, group=closed, addresses=[f"circle:{closed.pk}"])
    client = key("second")
    assert titles(client.get(LIST)) == []
    for item in SharedItem.objects.all():
        assert client.get(f"{LIST}/{item.uid}").status_code == 404


def test_an_earlier_version_for_others_is_not_there(network, key):
    item = out(
        by=network.member, owner=network.harbour, tlp="amber", addresses=["sector:health"], reviewer=network.colleague
    )
    drafting.revise(item=item, document=document("Voor iedereen"), terms=terms("green"), by=network.member, at=NOON)
    publishing.publish(item=item, by=network.member, at=NOON)
    assert key("desk").get(f"{LIST}/{item.uid}/versions/1").status_code == 404
    assert [one["number"] for one in key("desk").get(f"{LIST}/{item.uid}/versions").json()["items"]] == [2]
    assert key("neighbour").get(f"{LIST}/{item.uid}/versions/1").status_code == 200


def test_its_own_party_reviews_publishes_and_retracts(network, key):
    item = drafting.draft(
        document=document(), terms=terms("amber", ["sector:health"]), owner=network.harbour, by=network.member, at=NOON
    )
    mine, second = key("member"), key("colleague")
    audience = mine.get(f"{LIST}/{item.uid}/audience").json()
    assert (audience["partners"], audience["people"], audience["byAddress"]) == (1, 2, {"sector:health": 1})
    assert post(mine, item, "publish", version=1).status_code == 409
    assert post(mine, item, "submit").json()["state"] == "in-review"
    assert post(second, item, "send-back", words=" ").status_code == 400
    assert post(second, item, "send-back", words="Korter.").json()["state"] == "draft"
    assert post(mine, item, "approve", version=1).status_code == 409
    assert post(second, item, "approve", version=7).status_code == 409
    assert post(second, item, "approve", version=1).status_code == 200
    assert post(mine, item, "publish", version=1).json()["state"] == "published"
    assert post(mine, item, "retract", reason="Loos.").json()["state"] == "retracted"


@pytest.mark.parametrize("name", ["neighbour", "desk", "client", "steward"])
def test_nobody_else_acts(network, key, name):
    item = out(by=network.member, owner=network.harbour)
    client = key(name)
    for act, given in (
        ("publish", {"version": 1}),
        ("retract", {"reason": "x"}),
        ("submit", {}),
        ("approve", {"version": 1}),
    ):
        assert post(client, item, act, **given).status_code == 404
    item.refresh_from_db()
    assert item.state == "published"
