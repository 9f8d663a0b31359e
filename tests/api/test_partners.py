from datetime import date
from typing import Any

import pytest

from schakel.registry.models import Partner
from schakel.registry.partners import activities, commitments, estimates
from tests.cast import DESK, NOON
from tests.registry.network_cast import prospect

LIST = "/api/v1/partners"


@pytest.fixture
def desk(program, country):
    return program("coordinator")


@pytest.fixture
def neighbour(program, country):
    return program("partner", country.care_csirt)


def names(answer):
    assert answer.status_code == 200
    return {row["name"] for row in answer.json()["items"]}


def test_partners_see_who_takes_part_and_nobody_else(desk, neighbour, program, country):
    prospect("Bakkerskring")
    joining = Partner.objects.create(key="j", name="Toetreder", type="isac", standing="joining")
    for client in (desk, neighbour):
        assert names(client.get(LIST)) == {"Havenkring", "Zorg-CSIRT"}
    assert names(desk.get(f"{LIST}?standing=joining")) == {"Toetreder"}
    assert names(neighbour.get(f"{LIST}?standing=joining")) == {"Havenkring", "Zorg-CSIRT"}
    assert names(desk.get(f"{LIST}?standing=prospect")) == set()
    assert neighbour.get(f"{LIST}/{joining.pk}").status_code == 404
    assert desk.get(f"{LIST}/{joining.pk}").status_code == 200
    for role in ("steward", "auditor"):
        client = program(role)
        assert names(client.get(LIST)) == set()
        assert client.get(f"{LIST}/{country.harbour_circle.pk}").status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("sector=health", {"Zorg-CSIRT"}),
        ("region=NL-ZH", {"Havenkring"}),
        ("type=csirt", set()),
        ("function=knowledge", {"Havenkring"}),
        ("category=core", {"Havenkring"}),
    ],
)
def test_a_list_is_narrowed(desk, country, query, found):
    commitments.commit(
        partner=country.harbour_circle,
        function="knowledge",
        role="informer",
        from_on=date(2026, 1, 1),
        by=DESK,
        at=NOON,
    )
    Partner.objects.filter(key="harbour-circle").update(
        regions=["NL-ZH"], category="core", category_on=date(2026, 1, 1)
    )
    assert names(desk.get(f"{LIST}?{query}")) == found


@pytest.mark.parametrize("query", ["category=best", "standing=king", "colour=red", "function=%00"])
def test_a_query_that_is_none_is_refused(desk, query):
    assert desk.get(f"{LIST}?{query}").status_code == 400


def test_one_partner_with_what_it_does(desk, neighbour, country):
    circle = country.harbour_circle
    commitments.commit(
        partner=circle, function="knowledge", role="lead", from_on=date(2026, 1, 1), effort="veel", by=DESK, at=NOON
    )
    activities.add_activity(partner=circle, title="Piketdienst", side="hard", by=DESK, at=NOON)
    body = neighbour.get(f"{LIST}/{circle.pk}").json()
    assert body["commitments"] == [
        {"function": "knowledge", "role": "lead", "fromOn": "2026-01-01", "untilOn": None, "effort": None}
    ]
    assert desk.get(f"{LIST}/{circle.pk}").json()["commitments"][0]["effort"] == "veel"
    assert body["activities"] == [{"title": "Piketdienst", "side": "hard"}]
    assert (body["key"], body["joinedOn"]) == ("harbour-circle", None)
    assert "categoryReason" not in body


def test_pages_lead_on(desk, country, settings):
    first = desk.get(f"{LIST}?size=1").json()
    assert [row["name"] for row in first["items"]] == ["Zorg-CSIRT"]
    assert names(desk.get(first["next"].replace(settings.BASE_URL, ""))) == {"Havenkring"}


def test_whom_a_partner_reaches_by_count_is_for_itself_and_the_coordinator(desk, neighbour, program, country):
    given: dict[str, Any] = {
        "relation": "member",
        "count": 5,
        "source": "zelf",
        "counted_on": date(2026, 1, 1),
        "sbi_section": "C",
    }
    estimates.estimate(partner=country.harbour_circle, **given, by=DESK, at=NOON)
    path = f"{LIST}/{country.harbour_circle.pk}"
    for client in (desk, program("partner", country.harbour_circle)):
        [row] = client.get(path).json()["estimates"]
        assert (row["sbiSection"], row["sector"], row["count"]) == ("C", "", 5)
    assert neighbour.get(path).json()["estimates"] is None
