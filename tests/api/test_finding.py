"""Search, relations, who is affected and feedback for programs: as far as each may know."""

import pytest

from schakel.sharing.models import Feedback
from tests.sharing import world
from tests.sharing.conftest import in_english, network, own_circle_key  # noqa: F401 - fixtures


@pytest.fixture
def item(network):  # noqa: F811 - the fixture of sharing
    return world.out(by=network.neighbour, owner=network.care)


@pytest.fixture
def ours(program, network):  # noqa: F811 - the fixture of sharing
    return program("partner", network.harbour)


def test_a_program_finds_what_it_may_read(program, ours, network, item):  # noqa: F811 - the fixture of sharing
    world.out(
        by=network.neighbour, owner=network.care, tlp="amber", addresses=["sector:health"],
        reviewer=network.neighbours_colleague, document=world.document("Geheim lek"),
    )  # fmt: skip
    found = ours.get("/api/v1/search", {"q": "lek"}).json()
    assert [one["id"] for one in found["items"]] == [str(item.uid)]
    assert (found["count"], found["isMore"], found["next"]) == (1, False, None)
    assert found["facets"]["label"] == [{"value": "green", "count": 1}]
    assert program("partner", network.care).get("/api/v1/search", {"q": "lek"}).json()["count"] == 2
    assert program("steward").get("/api/v1/search", {"q": "lek"}).json()["count"] == 0


@pytest.mark.parametrize("query", [{"nonsense": "1"}, {"kind": "x"}, {"year": "1"}, {"size": "1000"}, {"sort": "x"}])
def test_a_question_with_mistakes_is_refused(ours, query):
    assert ours.get("/api/v1/search", query).status_code == 400


def test_pages_follow_each_other(ours, network, item):  # noqa: F811 - the fixture of sharing
    other = world.out(by=network.neighbour, owner=network.care, document=world.document("Lek twee"))
    first = ours.get("/api/v1/search", {"q": "lek", "size": 1}).json()
    second = ours.get(first["next"].partition("//")[2].partition("/")[2].join(["/", ""])).json()
    assert {first["items"][0]["id"], second["items"][0]["id"]} == {str(item.uid), str(other.uid)}
    assert second["next"] is None


def test_relations_and_the_affected(program, ours, network, item):  # noqa: F811 - the fixture of sharing
    other = world.out(by=network.neighbour, owner=network.care, document=world.document("Ook dit"))
    found = ours.get(f"/api/v1/items/{item.uid}/related").json()["items"]
    assert [(one["item"]["id"], one["count"], one["weaknesses"]) for one in found] == [
        (str(other.uid), 2, ["CVE-2026-0101"])
    ]
    assert ours.get(f"/api/v1/items/{item.uid}/affected").json()["findingsCount"] == 0
    assert program("steward").get(f"/api/v1/items/{item.uid}/affected").status_code == 404


def test_feedback_goes_to_the_source(program, ours, network, item):  # noqa: F811 - the fixture of sharing
    address = f"/api/v1/items/{item.uid}/feedback"
    said = {"kind": "useful", "shownAs": "named", "words": "Dank"}
    made = ours.post(address, said, content_type="application/json")
    assert made.status_code == 201
    assert ours.get(address).json()["given"][0]["words"] == "Dank"
    assert ours.get(address).json()["returned"] is None
    source = program("partner", network.care)
    assert source.get(address).json()["returned"]["answers"][0]["named"][0]["words"] == "Dank"
    assert source.post(address, said, content_type="application/json").status_code == 403
    assert source.delete(f"{address}/{made.json()['id']}").status_code == 404
    assert ours.delete(f"{address}/{made.json()['id']}").status_code == 204
    assert not Feedback.objects.exists()


def test_sightings_are_checked(ours, item):
    address = f"/api/v1/items/{item.uid}/sightings"
    seen = {"value": "hxxp://poort[.]example", "firstAt": "2026-01-02T10:00:00Z"}
    assert ours.post(address, seen, content_type="application/json").status_code == 400
    made = ours.post(address, seen | {"value": "poort[.]example"}, content_type="application/json")
    assert (made.status_code, made.json()["value"]) == (201, "poort.example")


def test_what_one_may_not_read_is_not_there(ours, network):  # noqa: F811 - the fixture of sharing
    hidden = world.out(
        by=network.neighbour, owner=network.care, tlp="amber", addresses=["sector:health"],
        reviewer=network.neighbours_colleague,
    )  # fmt: skip
    for path in ("related", "affected", "feedback"):
        assert ours.get(f"/api/v1/items/{hidden.uid}/{path}").status_code == 404
