import json

import pytest

from schakel.collaboration import initiatives, taking_part
from schakel.collaboration.descriptions import Description
from schakel.registry.models import Partner
from tests.cast import DESK, NOON

LIST = "/api/v1/initiatives"


def make(name, **given):
    return initiatives.add(description=Description(name=name, kind="project", **given), by=DESK, at=NOON)


@pytest.fixture
def register(country):
    country.ours = make("Havenwacht", owner=country.harbour_circle, functions=("notification",))
    country.theirs = make("Zorgwacht", owner=country.care_csirt)
    country.hidden = Partner.objects.create(key="new", name="Nieuweling", type="isac", standing="joining")
    case = taking_part.add_use_case(initiative=country.ours, name="Delen", by=DESK, at=NOON)
    for partner in (country.care_csirt, country.hidden, country.harbour_circle):
        taking_part.link(use_case=case, partner=partner, by=DESK, at=NOON)
        taking_part.take_part(initiative=country.ours, partner=partner, by=DESK, at=NOON)
    return country


def slugs(answer):
    assert answer.status_code == 200, answer.content
    return [row["slug"] for row in answer.json()["items"]]


def test_members_read_the_register_and_nobody_else(program, register):
    for role, partner in (
        ("coordinator", None),
        ("partner", register.harbour_circle),
        ("partner", register.care_csirt),
    ):
        assert slugs(program(role, partner).get(LIST)) == ["havenwacht", "zorgwacht"]
    for role in ("steward", "auditor"):
        assert slugs(program(role).get(LIST)) == []
        assert program(role).get(f"{LIST}/havenwacht").status_code == 404
        assert program(role).get(f"{LIST}/havenwacht").content == program(role).get(f"{LIST}/nergens").content


def test_the_register_is_filtered_and_paged_by_name(program, register):
    client = program("partner", register.care_csirt)
    assert slugs(client.get(f"{LIST}?function=notification")) == ["havenwacht"]
    assert slugs(client.get(f"{LIST}?isMine=true")) == ["zorgwacht"]
    assert slugs(client.get(f"{LIST}?state=stop")) == []
    first = client.get(f"{LIST}?size=1")
    assert slugs(first) == ["havenwacht"]
    assert slugs(client.get(first.json()["next"])) == ["zorgwacht"]
    assert client.get(f"{LIST}?colour=red").status_code == 400


def test_one_initiative_names_only_partners_that_one_may_know_of(program, register):
    told = program("partner", register.care_csirt).get(f"{LIST}/havenwacht").json()
    assert told["initiative"]["owner"] == "Havenkring"
    assert told["useCases"] == [{"name": "Delen", "about": "", "partners": ["Havenkring", "Zorg-CSIRT"]}]
    assert [one["name"] for one in told["participants"]] == ["Havenkring", "Zorg-CSIRT"]
    told = program("coordinator").get(f"{LIST}/havenwacht").json()
    assert "Nieuweling" in told["useCases"][0]["partners"]


def decide(client, slug="havenwacht", **given):
    given = {"state": "develop", "reason": "groeit", **given}
    return client.post(f"{LIST}/{slug}/decision", json.dumps(given), content_type="application/json")


def test_the_owner_decides_and_a_neighbour_does_not(program, register):
    assert decide(program("partner", register.care_csirt)).status_code == 403
    assert decide(program("steward")).status_code == 404
    assert decide(program("partner", register.harbour_circle)).json()["state"] == "develop"
    assert decide(program("coordinator"), state="merged").status_code == 400
    assert decide(program("coordinator"), reason=" ").status_code == 400
    register.ours.refresh_from_db()
    assert register.ours.state_reason == "groeit"


def test_a_longer_register_costs_no_more_queries(program, register, django_assert_max_num_queries):
    client = program("coordinator")
    for number in range(10):
        make(f"Nog een {number}", owner=register.care_csirt)
    with django_assert_max_num_queries(6):
        assert len(slugs(client.get(LIST))) == 12
    with django_assert_max_num_queries(11):
        client.get(f"{LIST}/havenwacht")
