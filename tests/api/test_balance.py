import json
from decimal import Decimal

import pytest
from django.utils import timezone

from schakel.collaboration import contributions, initiatives, interests
from schakel.collaboration.descriptions import Description
from schakel.collaboration.models import Contribution
from tests.cast import DESK


@pytest.fixture
def path(country):
    return f"/api/v1/partners/{country.harbour_circle.pk}"


def given(**more):
    told = {"kind": "hours", "amount": "7.50", "unit": "hour", "what": "meelezen", "year": timezone.localdate().year}
    return json.dumps(told | more)


def post(client, path, **more):
    return client.post(f"{path}/contributions", given(**more), content_type="application/json")


def test_a_partners_program_states_and_reads_its_own(program, country, path):
    initiatives.add(description=Description(name="Havenwacht", kind="project"), by=DESK, at=timezone.now())
    client = program("partner", country.harbour_circle)
    answer = post(client, path, initiative="havenwacht")
    assert (answer.status_code, answer.json()["initiative"]) == (201, "havenwacht")
    told = client.get(f"{path}/balance").json()
    assert told["totals"] == [{"kind": "hours", "unit": "hour", "amount": "7.50"}]
    assert [one["slug"] for one in told["takes"]] == ["notices-received"]
    assert client.get(f"{path}/balance?year=2025").json()["contributions"] == []
    assert client.get(f"{path}/balance?colour=red").status_code == 400


@pytest.mark.parametrize(
    "more", [{"unit": "euro"}, {"amount": "0"}, {"what": " "}, {"kind": "luck"}, {"colour": "red"}]
)
def test_what_cannot_be_is_a_bad_request(program, country, path, more):
    assert post(program("partner", country.harbour_circle), path, **more).status_code == 400
    assert not Contribution.objects.exists()


def test_nobody_reads_or_states_for_another(program, country, path):
    contributions.contribute(
        partner=country.harbour_circle, kind="hours", amount=Decimal(1), unit="hour", what="geheim", year=2026, by=DESK,
        at=timezone.now(),
    )  # fmt: skip
    for client in (program("partner", country.care_csirt), program("steward"), program("auditor")):
        hidden, unknown = client.get(f"{path}/balance"), client.get("/api/v1/partners/999999/balance")
        assert hidden.status_code == unknown.status_code == 404
        assert hidden.content == unknown.content
        assert post(client, path).status_code == 404
    assert Contribution.objects.count() == 1
    assert program("coordinator").get(f"{path}/balance").status_code == 200


def test_interests_are_read_by_partners_without_what_is_private(program, country):
    for partner in (country.harbour_circle, country.care_csirt):
        interests.state(
            partner=partner, aims="leren", interests="scans", private="in overname", by=DESK, at=timezone.now()
        )
    client = program("partner", country.care_csirt)
    first = client.get("/api/v1/interests?size=1")
    assert [one["partner"] for one in first.json()["items"]] == ["care-csirt"]
    second = client.get(first.json()["next"])
    assert [one["partner"] for one in second.json()["items"]] == ["harbour-circle"]
    assert second.json()["next"] is None
    assert "in overname" not in first.content.decode() + second.content.decode()
    assert program("steward").get("/api/v1/interests").json()["items"] == []
