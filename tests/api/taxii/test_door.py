"""The TAXII door: who is let in, what each finds, and how it says no."""

import time
from base64 import b64encode

import pytest
from django.test import Client
from django.utils import timezone

from schakel.people.models import Token
from schakel.sharing.models import ServedObject
from schakel.sharing.taxii import collections
from schakel.sharing.taxii.collections import SENT, SHARED
from tests.api.taxii.conftest import TAXII, key_of, out
from tests.sharing import world

ROOT = "/taxii2/root/"
COLLECTIONS = f"{ROOT}collections/"
OBJECTS = f"{COLLECTIONS}{SHARED}/objects/"
MANIFEST = f"{COLLECTIONS}{SHARED}/manifest/"


def titles(client, address=OBJECTS, **query):
    found = client.get(address, {"match[type]": "report", **query}).json().get("objects", [])
    return [one["name"] for one in found]


def test_anybody_may_find_the_way(client):
    found = client.get("/taxii2/").json()
    assert found["api_roots"] == [found["default"]] == [f"http://testserver{ROOT}"]
    assert client.get(ROOT).json()["versions"] == [TAXII]


@pytest.mark.parametrize("header", ["", "Basic eA==", "Basic ?", "Bearer nothing", "Negotiate x", "Basic /w=="])
def test_without_a_key_nothing_is_told(shared, header):
    for address in (COLLECTIONS, OBJECTS, MANIFEST, f"{ROOT}status/00000000-0000-0000-0000-000000000000/"):
        answer = Client().get(address, headers={"authorization": header})
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith("Basic")
        assert answer["Content-Type"] == TAXII
        assert answer.json()["http_status"] == "401"


def test_a_key_is_a_password_or_a_bearer_token_until_it_ends(shared):
    key = key_of(shared.net.neighbour)
    for header in (f"Bearer {key}", f"Token {key}", "Basic " + b64encode(f"any:{key}".encode()).decode()):
        assert Client().get(COLLECTIONS, headers={"authorization": header}).status_code == 200
    Token.objects.update(revoked_at=timezone.now())
    assert Client().get(COLLECTIONS, headers={"authorization": f"Bearer {key}"}).status_code == 401


def test_each_finds_the_collections_of_its_own(shared):
    def found(client):
        return [one["title"] for one in client.get(COLLECTIONS).json()["collections"]]

    assert found(shared.member) == ["Shared with you", "Sluiswachters", "Send to us"]
    assert found(shared.neighbour) == ["Shared with you", "Send to us"]
    assert found(shared.client) == found(shared.steward) == ["Shared with you"]
    [circle] = [one for one in shared.member.get(COLLECTIONS).json()["collections"] if one["title"] == "Sluiswachters"]
    for address in (f"{COLLECTIONS}{circle['id']}/", f"{COLLECTIONS}{circle['id']}/objects/", f"{COLLECTIONS}x/"):
        assert shared.neighbour.get(address).status_code == 404
    assert titles(shared.member, f"{COLLECTIONS}{circle['id']}/objects/") == ["In de kring"]
    assert shared.neighbour.get(f"{COLLECTIONS}{SENT}/objects/").json() == {}


def test_each_fetches_what_it_may_read(shared):
    assert titles(shared.member) == ["Lek in Poortwachter", "In de kring"]
    assert titles(shared.neighbour) == ["Lek in Poortwachter", "Alleen de zorg"]
    assert titles(shared.client) == ["Lek in Poortwachter"]
    assert titles(shared.steward) == []


def test_an_object_that_one_may_not_read_does_not_exist(shared):
    key = ServedObject.objects.get(item=shared.close, type="report").key
    for address in (f"{OBJECTS}{key}/", f"{OBJECTS}{key}/versions/"):
        assert shared.neighbour.get(address).status_code == 200
        assert shared.client.get(address).status_code == shared.member.get(address).status_code == 404
        assert shared.client.get(f"{OBJECTS}report--x/").json() == shared.client.get(f"{OBJECTS}{key}/").json()
    for address in (OBJECTS, MANIFEST):
        assert shared.client.get(address, {"match[id]": key}).json() == {}


def test_it_pages_and_says_when_things_were_added(shared):
    ids, next_, pages = [], None, 0
    while True:
        query = {"limit": 3, **({"next": next_} if next_ else {})}
        answer = shared.neighbour.get(OBJECTS, query)
        found = answer.json()
        assert answer["X-TAXII-Date-Added-First"] <= answer["X-TAXII-Date-Added-Last"]
        ids += [one["id"] for one in found["objects"]]
        pages += 1
        if not found.get("more"):
            break
        next_ = found["next"]
    assert len(ids) == len(set(ids)) > 6
    assert pages == -(-len(ids) // 3)
    assert shared.neighbour.get(OBJECTS, {"added_after": answer["X-TAXII-Date-Added-Last"]}).json() == {}
    manifest = shared.neighbour.get(MANIFEST, {"limit": 1000}).json()["objects"]
    assert [one["id"] for one in manifest] == ids
    behind = shared.neighbour.get(OBJECTS, {"added_after": manifest[-2]["date_added"]}).json()["objects"]
    assert [one["id"] for one in behind] == ids[-1:]


def test_the_manifest_and_the_versions_name_the_version_of_the_object(shared):
    [told] = shared.client.get(MANIFEST, {"match[type]": "report"}).json()["objects"]
    [held] = shared.client.get(OBJECTS, {"match[type]": "report"}).json()["objects"]
    assert told["version"] == held["modified"]
    assert told["media_type"] == "application/stix+json;version=2.1"
    assert shared.client.get(f"{OBJECTS}{held['id']}/versions/").json() == {"versions": [held["modified"]]}
    assert shared.client.get(f"{OBJECTS}{held['id']}/", {"match[version]": held["modified"]}).json()["objects"] == [
        held
    ]


def test_it_filters_by_type_id_and_version_of_the_standard(shared):
    kinds = {one["type"] for one in shared.client.get(OBJECTS, {"match[type]": "indicator,software"}).json()["objects"]}
    assert kinds == {"indicator", "software"}
    assert shared.client.get(OBJECTS, {"match[spec_version]": "2.0"}).json() == {}
    assert titles(shared.client, **{"match[spec_version]": "2.0,2.1"}) == ["Lek in Poortwachter"]


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"}, {"limit": "x"}, {"limit": "-1"}, {"next": "x"}, {"next": "9" * 30}, {"added_after": "yesterday"},
        {"added_after": "2026-02-30T00:00:00Z"}, {"match[version]": "newest"}, {"match[id]": "\0"},
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_read_is_refused_with_words(shared, query):
    answer = shared.client.get(OBJECTS, query)
    assert answer.status_code == 400
    assert answer.json()["description"]


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/taxii+json", 200), ("*/*", 200), ("text/html, application/taxii+json; version=2.1", 200), ("", 200),
        ("application/taxii+json;version=2.0", 406), ("application/vnd.oasis.taxii+json; version=2.0", 406),
        ("text/html", 406),
    ],
)  # fmt: skip
def test_it_answers_in_one_media_type(shared, accept, status):
    answer = shared.client.get(OBJECTS, headers={"accept": accept})
    assert answer.status_code == status
    assert answer["Content-Type"] == TAXII


def test_what_cannot_be_done_is_refused(shared):
    key = ServedObject.objects.get(item=shared.item, type="report").key
    assert shared.neighbour.delete(f"{OBJECTS}{key}/").status_code == 403
    assert shared.neighbour.put(OBJECTS).status_code == 405
    assert shared.neighbour.post(OBJECTS, b"{}", content_type=TAXII).status_code == 403
    assert shared.client.post(f"{COLLECTIONS}{SENT}/objects/", b"{}", content_type=TAXII).status_code == 404


def test_who_leaves_a_circle_fetches_nothing_of_it_a_second_later(shared, monkeypatch):
    assert titles(shared.member) == ["Lek in Poortwachter", "In de kring"]
    shared.circle.members.update(until_at=timezone.now())
    then = time.monotonic() + collections.SECONDS
    monkeypatch.setattr("schakel.sharing.taxii.collections.time.monotonic", lambda: then)
    assert titles(shared.member) == ["Lek in Poortwachter"]


def test_what_goes_to_new_people_is_found_at_once(shared):
    assert titles(shared.neighbour) == ["Lek in Poortwachter", "Alleen de zorg"]
    address = (f"partner:{shared.net.care.pk}", f"partner:{shared.net.harbour.pk}")
    later = world.document("Voor beide")
    out(shared.net, document=later, addresses=address, tlp="amber", reviewer=shared.net.colleague)
    assert titles(shared.neighbour)[-1] == "Voor beide"


def test_a_page_costs_the_same_few_queries_however_much_there_is(shared, django_assert_max_num_queries):
    shared.neighbour.get(OBJECTS)
    with django_assert_max_num_queries(4) as few:
        shared.neighbour.get(OBJECTS, {"limit": 1})
    with django_assert_max_num_queries(len(few.captured_queries)):
        shared.neighbour.get(OBJECTS, {"limit": 1000})
