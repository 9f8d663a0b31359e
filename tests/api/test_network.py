import pytest

from schakel.governance.beginning import begin
from tests.cast import DESK, NOON
from tests.oversight.network.scene import initiative, prospect, takes_part

NETWORK, FUNCTIONS = "/api/v1/network", "/api/v1/functions"


@pytest.fixture
def drawn(country):
    begin(by=DESK, at=NOON)
    prospect()
    takes_part(country.harbour_circle, initiative(owner=country.care_csirt))
    return country


def labels(answer):
    assert answer.status_code == 200, answer.content
    return [node["label"] for node in answer.json()["nodes"] if node["kind"] != "function"]


def test_the_network_is_told_as_far_as_one_may_see_it(program, drawn):
    desk, owner = program("coordinator"), program("partner", drawn.harbour_circle)
    known = ["Havenkring", "Zorg-CSIRT", "Havens oefenen"]
    assert labels(desk.get(NETWORK)) == labels(owner.get(NETWORK)) == known
    assert labels(desk.get(f"{NETWORK}?withProspects=true")) == [*known[:2], "Misschien BV", known[2]]
    assert labels(owner.get(f"{NETWORK}?withProspects=true")) == known
    for role in ("steward", "auditor"):
        assert program(role).get(NETWORK).status_code == 403


def test_nodes_and_ties_are_told_in_full_and_narrowed(program, drawn):
    told = program("coordinator").get(f"{NETWORK}?sector=health&language=en").json()
    node = next(one for one in told["nodes"] if one["label"] == "Zorg-CSIRT")
    assert node == {
        "id": f"partner-{drawn.care_csirt.pk}", "kind": "partner", "label": "Zorg-CSIRT", "type": "isac",
        "category": "", "functions": ["notification"], "sectors": ["health"], "regions": [], "isJoining": False,
    }  # fmt: skip
    assert {"source": node["id"], "target": "function-notification", "kind": "informer"} in told["ties"]
    assert "Target and victim notification" in [one["label"] for one in told["nodes"]]


@pytest.mark.parametrize("query", ["sectr=health", "kind=magic", "language=pap"])
def test_a_query_that_is_not_known_is_a_mistake(program, drawn, query):
    assert program("coordinator").get(f"{NETWORK}?{query}").status_code == 400


def test_functions_are_told_to_members(program, drawn):
    for client in (program("coordinator"), program("partner", drawn.harbour_circle), program("steward")):
        items = client.get(FUNCTIONS).json()["items"]
        assert [one["slug"] for one in items][:2] == ["information-sharing", "notification"]
        assert items[1]["partners"] == {"informer": 2}
        assert (items[2]["phases"], items[2]["arePhasesCertain"]) == (["warm"], True)
    assert program("auditor").get(FUNCTIONS).status_code == 403


def test_one_function_is_told_with_its_plan_and_flows(program, drawn):
    told = program("steward").get(f"{FUNCTIONS}/exercise").json()
    assert told["version"] == 1
    assert told["plan"]["goal"].startswith("Opleidingen, trainingen")
    assert {flow["key"] for flow in told["flows"]} == {"d6", "d7", "d14", "d15", "d16", "d17"}
    assert program("steward").get(f"{FUNCTIONS}/budget").status_code == 404
