import csv
import io
import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from schakel.oversight.advice import actions
from schakel.oversight.models import Advice
from schakel.policy.access import SYSTEM
from schakel.registry.models import Constituency, Organisation, Partner
from tests.cast import NOON
from tests.web import coverage_scene
from tests.web.notices.test_respond import every_row


@pytest.fixture
def prospects(country):
    coverage_scene.prospects(country)
    return country


@pytest.fixture
def given(prospects):
    return coverage_scene.advice(prospects, floors={"sector": {"space": 1}})


def text(client, path):
    return client.get(path).content.decode()


FLOORS = ("floor-region-NL-GR", "floor-sector-health")
QUESTION = {"ceiling": "10", "functions": ["notification"], "weight-organisations": "1", "floor-region-NL-GR": "1"}


def test_the_desk_asks_and_reads_an_advice(desk, prospects):
    assert "Nobody asked yet" in text(desk, "/network/advice")
    assert 'value="200"' in text(desk, "/network/advice/new")
    place = desk.post("/network/advice/new", QUESTION).url
    asked = Advice.objects.get()
    assert (place, asked.question["ceiling"]) == (f"/network/advice/{asked.pk}", 10)
    assert asked.question["floors"] == {"region": {"NL-GR": 1}}
    assert "being worked out" in text(desk, place)
    assert "HX-Refresh" not in desk.get(f"{place}/progress").headers
    actions.work_out(advice=asked, by=SYSTEM, at=NOON)
    assert desk.get(f"{place}/progress").headers["HX-Refresh"] == "true"
    page = text(desk, place)
    for part in (
        "Bakkersbond",
        "&lt;Schippers&gt; &amp; co",
        "a count, members assumed",
        "it decides nothing",
        "that is proved",
    ):
        assert part in page
    assert f'href="{place}"' in text(desk, "/network/advice")


def test_what_is_not_met_and_what_it_rests_on_stand_beside_it(desk, given):
    page = text(desk, f"/network/advice/{given.pk}")
    assert "space: 1 asked, 1 lacking; 0 prospects could count for it" in page
    assert "counted from 2025-05-06 to 2025-05-06" in page


def test_what_if_is_a_new_advice_beside_the_old_one(desk, given):
    place = desk.post(f"/network/advice/{given.pk}/what-if", {"remove": "bakers"}).url
    variant = Advice.objects.exclude(pk=given.pk).get()
    assert (variant.based_on_id, variant.question["remove"]) == (given.pk, ["bakers"])
    actions.work_out(advice=variant, by=SYSTEM, at=NOON)
    page = text(desk, place)
    assert "Reach changes by -1" in page
    assert "Out: Bakkersbond" in page
    back = desk.post(f"{place}/what-if", {"add": "bakers"}).url
    assert (
        Advice.objects.latest("pk").question | {"add": ["bakers"], "remove": []} == Advice.objects.latest("pk").question
    )
    desk.post(f"{back}/what-if", {"ceiling": "30"})
    assert Advice.objects.latest("pk").question["ceiling"] == 30


@pytest.mark.parametrize(
    ("given_to", "words"), [({"ceiling": "many"}, "whole number"), ({"ceiling": "0"}, "from 1 to")]
)
def test_what_if_with_nonsense_is_refused(desk, given, given_to, words):
    answer = desk.post(f"/network/advice/{given.pk}/what-if", given_to)
    assert answer.status_code == 409
    assert words in answer.content.decode()
    assert Advice.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"ceiling": ""}, "This field is required"),
        ({"ceiling": "5000"}, "less than or equal to 2000"),
        ({"functions": []}, "This field is required"),
        ({"weight-organisations": "0"}, "nobody adds anything"),
        ({"floor-sector-health": "-1"}, "greater than or equal to 0"),
    ],
)
def test_a_question_that_cannot_be_asked_is_shown_again(desk, prospects, changed, words):
    answer = desk.post("/network/advice/new", QUESTION | changed)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not Advice.objects.exists()


def test_an_advice_can_be_asked_again_with_changes(desk, given):
    page = text(desk, f"/network/advice/new?like={given.pk}")
    field = next(part for part in page.split("<input") if 'name="floor-sector-space"' in part)
    assert 'value="1"' in field
    assert desk.get("/network/advice/new?like=999999").status_code == 200


def test_a_question_may_begin_at_a_gap(desk, given, country):
    Partner.objects.filter(pk=country.harbour_circle.pk).update(regions=["NL-GR"])
    page = text(desk, "/network/advice/new?function=exercise&region=NL-GR&sector=health")
    fields = {name: next(part for part in page.split("<input") if f'name="{name}"' in part) for name in FLOORS}
    assert [re.search(r'value="(\d+)"', fields[name]).group(1) for name in FLOORS] == ["2", "2"]
    assert re.search(r'value="exercise"[^>]*checked', page)
    for nonsense in ("?region=nowhere", "?function=magic&sector=%01", "?region="):
        assert desk.get(f"/network/advice/new{nonsense}").status_code == 200


@pytest.mark.parametrize("path", ["/network/advice", "/network/advice/new?region=NL-GR", "/network/advice/{}"])
def test_more_prospects_and_advice_cost_no_more_queries(desk, given, path):
    def cost():
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(path.format(Advice.objects.latest("pk").pk)).status_code == 200
        return len(asked)

    cost()
    few = cost()
    usual = {"type": "isac", "standing": "prospect", "functions": ["notification"]}
    made = Partner.objects.bulk_create([Partner(key=f"m{at}", name=f"M{at}", **usual) for at in range(9)])
    organisations = Organisation.objects.bulk_create([Organisation(key=f"q{at}", name="Q") for at in range(9)])
    Constituency.objects.bulk_create(
        [Constituency(partner=one, organisation=other) for one, other in zip(made, organisations, strict=True)]
    )
    for _ in range(3):
        coverage_scene.advice(None)
    assert cost() == few


def test_an_advice_that_failed_says_why(desk, prospects):
    failed = coverage_scene.advice(prospects, add=("nobody",))
    page = text(desk, f"/network/advice/{failed.pk}")
    assert "This could not be worked out" in page
    assert "nobody" in page
    assert desk.get(f"/network/advice/{failed.pk}.csv").status_code == 404


def test_an_advice_leaves_as_files(desk, given):
    rows = list(csv.DictReader(io.StringIO(text(desk, f"/network/advice/{given.pk}.csv"))))
    assert [(row["key"], row["gain"], row["basis"]) for row in rows] == [
        ("bakers", "1", "list"),
        ("shippers", "1", "count"),
    ]
    whole = json.loads(text(desk, f"/network/advice/{given.pk}.json"))
    assert whole["question"]["ceiling"] == 200
    assert whole["answer"]["reached"] <= whole["answer"]["bound"]


@pytest.mark.parametrize("role", ["partner", "steward", "auditor"])
def test_nobody_else_learns_who_is_considered(member, given, country, role):
    client = member(role, country.harbour_circle if role == "partner" else None)
    before = every_row()
    here = f"/network/advice/{given.pk}"
    for path in ("/network/advice", "/network/advice/new", here, f"{here}/progress", f"{here}.csv", f"{here}.json"):
        assert client.get(path).status_code == 403
    assert client.post(f"{here}/what-if", {"ceiling": "9"}).status_code == 403
    assert client.post("/network/advice/new", QUESTION).status_code == 403
    assert every_row() == before


def test_strangers_log_in(stranger, given):
    assert stranger.get(f"/network/advice/{given.pk}").url.startswith("/account/login")


def test_an_advice_that_is_not_there_is_not_there(desk):
    for path in ("/network/advice/9", "/network/advice/9.csv", "/network/advice/9/progress"):
        assert desk.get(path).status_code == 404
