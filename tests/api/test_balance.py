import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from schakel.collaboration import contributions, expectations, initiatives, interests
from schakel.collaboration.descriptions import Description
from schakel.collaboration.models import Contribution, InterestStatement
from tests.cast import DESK


@pytest.fixture
def path(country):
    return f"/api/v1/partners/{country.harbour_circle.pk}"


def given(**more):
    told = {"kind": "hours", "amount": "7.50", "unit": "hour", "what": "meelezen", "year": timezone.localdate().year}
    return json.dumps(told | more)


def post(client, path, **more):
    return client.post(f"{path}/contributions", given(**more), content_type="application/json")


def send(client, path, **body):
    return client.post(path, json.dumps(body), content_type="application/json")


def put(client, path, **body):
    return client.put(path, json.dumps(body), content_type="application/json")


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


def test_expectations_are_put_down_agreed_reviewed_and_ended_by_programs(program, country, path):
    ours, desk = program("partner", country.harbour_circle), program("coordinator")
    day = (timezone.localdate() + timedelta(days=30)).isoformat()
    made = send(ours, f"{path}/expectations", side="brings", words="Tien uur", reviewOn=day)
    assert (made.status_code, made.json()["state"]) == (201, "proposed")
    here = f"/api/v1/expectations/{made.json()['id']}"
    assert send(desk, f"{here}/agreement").json()["state"] == "agreed"
    reviewed = send(ours, f"{here}/reviews", verdict="met", words="Goed", nextReviewOn=day)
    assert [one["verdict"] for one in reviewed.json()["reviews"]] == ["met"]
    assert send(ours, f"{here}/end", reason=" ").status_code == 400
    assert send(ours, f"{here}/end", reason="Klaar").json()["endReason"] == "Klaar"
    assert send(ours, f"{here}/end", reason="Klaar").status_code == 409
    listed = desk.get(f"/api/v1/expectations?partnerId={country.harbour_circle.pk}&state=ended").json()["items"]
    assert [one["id"] for one in listed] == [made.json()["id"]]


def test_expectations_and_clashes_of_another_are_not_there(program, country, path):
    at = timezone.now()
    given = {"partner": country.harbour_circle, "by": DESK, "at": at}
    row = expectations.expect(**given, side="brings", words="geheim", review_on=at.date() + timedelta(days=9))
    clash = interests.raise_conflict(**given, other=country.care_csirt, what="geheim")
    acts = {
        f"/api/v1/expectations/{row.pk}/agreement": {},
        f"/api/v1/expectations/{row.pk}/end": {"reason": "?"},
        f"/api/v1/interest-conflicts/{clash.pk}/talks": {"on": at.date().isoformat(), "words": "?"},
        f"/api/v1/interest-conflicts/{clash.pk}/share": {},
        f"/api/v1/interest-conflicts/{clash.pk}/end": {"state": "settled", "outcome": "?"},
        f"{path}/expectations": {"side": "brings", "words": "?", "reviewOn": at.date().isoformat()},
        f"{path}/interest-conflicts": {"what": "?"},
        f"{path}/recognitions": {"form": "award"},
    }
    for client in (program("partner", country.care_csirt), program("steward"), program("auditor")):
        for address, body in acts.items():
            assert send(client, address, **body).status_code == 404, address
        for list_ in ("expectations", "interest-conflicts"):
            assert client.get(f"/api/v1/{list_}").json()["items"] == []
        assert client.get(f"{path}/recognitions").status_code == 404
        assert put(client, f"{path}/interests", aims="?").status_code == 404
        assert put(client, f"{path}/answer", score=3).status_code == 404
    assert not InterestStatement.objects.exists()


def test_a_clash_is_raised_shared_talked_about_and_ended_by_programs(program, country, path):
    ours, theirs, desk = (
        program("partner", country.harbour_circle), program("partner", country.care_csirt), program("coordinator")
    )  # fmt: skip
    made = send(ours, f"{path}/interest-conflicts", what="Dezelfde klanten", otherId=country.care_csirt.pk)
    assert (made.status_code, made.json()["otherId"]) == (201, country.care_csirt.pk)
    here = f"/api/v1/interest-conflicts/{made.json()['id']}"
    assert send(ours, f"{here}/share").status_code == 403
    assert send(desk, f"{here}/share").json()["sharedAt"]
    today = timezone.localdate().isoformat()
    assert send(theirs, f"{here}/talks", on=today, words="Goed gesprek").json()["talks"][0]["words"] == "Goed gesprek"
    assert send(desk, f"{here}/end", state="settled", outcome="Opgelost").json()["state"] == "settled"
    assert [one["outcome"] for one in theirs.get("/api/v1/interest-conflicts").json()["items"]] == ["Opgelost"]


def test_interests_are_stated_the_question_answered_and_thanks_given_by_programs(program, country, path):
    ours, desk = program("partner", country.harbour_circle), program("coordinator")
    assert put(ours, f"{path}/interests", aims="Leren", private="geheim").json()["aims"] == "Leren"
    assert put(ours, f"{path}/interests", aims=" ").status_code == 400
    assert put(ours, f"{path}/answer", score=4, values=["visibility"]).json()["score"] == 4
    assert put(ours, f"{path}/answer", score=9).status_code == 400
    assert put(desk, f"{path}/answer", score=4).status_code == 403
    assert send(ours, f"{path}/recognitions", form="award").status_code == 403
    assert send(desk, f"{path}/recognitions", form="award", words="Mooi").status_code == 201
    assert send(desk, f"{path}/recognitions", form="medal").status_code == 400
    assert [one["words"] for one in ours.get(f"{path}/recognitions").json()] == ["Mooi"]
