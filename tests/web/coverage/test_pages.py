import csv
import io
import json
import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from schakel.journal.models import Event
from schakel.kit.refusals import NotPermitted
from schakel.oversight.coverage import refreshing
from schakel.policy.access import SYSTEM
from schakel.registry.models import Constituency, Measurement, Organisation
from tests.cast import STEWARD
from tests.web import coverage_scene
from tests.web.notices.test_respond import every_row

PAGES = ("/network/coverage", "/network/coverage.csv", "/network/coverage.json", "/network/coverage/partners")


@pytest.fixture
def counted(country):
    coverage_scene.count(country, days=3)
    return country


def text(client, path):
    return client.get(path).content.decode()


def figures(page):
    return [int(part.split("<")[0]) for part in page.split('tile__number">')[1:]]


def test_the_desk_sees_who_is_reached(desk, counted):
    page = text(desk, "/network/coverage")
    assert figures(page) == [4, 2, 3, 2, 0, 0, 0]  # known, on paper, at most, unreached, told, opened, answered
    for part in ("From the lists of 2 partners", "1 counts without a list", "NIS2 sector by region", "health"):
        assert part in page
    assert "<svg" in page
    assert page.count("Coverage over time") >= 1


def test_a_region_without_data_is_unknown_and_not_zero(desk, counted):
    page = text(desk, "/network/coverage")
    row = next(part for part in page.split("<tr>") if ">Saba</th>" in part and "heat__head" not in part)
    assert "nothing is known here" in row
    assert ">0<" not in row
    known = next(part for part in page.split("<tr>") if ">Groningen</th>" in part and "heat__head" not in part)
    assert re.findall(r'class="number">([^<]*)<', known) == ["1", "0", "0", "1"]


def test_the_address_says_what_is_shown(desk, counted):
    page = text(desk, "/network/coverage?by=section&size=one&function=exercise&measure=told")
    assert figures(page) == [1, 0, 1]
    assert "SBI section by region" in page
    assert "C Manufacturing" in page
    assert "told in the past year" not in page
    assert figures(text(desk, "/network/coverage?measure=answered&function=nonsense&size=huge&by=%01")) == [
        4,
        2,
        3,
        2,
        0,
        0,
        0,
    ]


def test_essential_and_important_entities_stand_apart(desk, counted):
    page = text(desk, "/network/coverage")
    assert "Under the Cyberbeveiligingswet, per sector" in page
    assert "health, essential entity" in page


def test_gaps_are_named_with_who_could_fill_them(desk, counted):
    page = text(desk, "/network/coverage?by=section")
    gaps = page.split("Who could fit", 1)[1]
    assert "C Manufacturing, Groningen, 1 person" in gaps
    assert "trade association" in gaps


def test_who_may_not_be_told_stands_apart_and_is_no_gap(desk, counted):
    Organisation.objects.filter(key="bakery").update(has_objected=True)
    coverage_scene.count(counted)
    page = text(desk, "/network/coverage?by=section")
    assert figures(page)[:5] == [4, 2, 3, 1, 1]  # known, on paper, at most, unreached, may not be told
    assert "They objected, or the function has not begun there" in page
    assert "C Manufacturing, Groningen, 1 person" not in page.split("Who could fit", 1)[1]


def test_gaps_name_the_prospects_that_may_close_them_for_the_desk_alone(desk, member, counted):
    coverage_scene.prospects(counted)
    page = text(desk, "/network/coverage?by=section")
    gap = next(row for row in page.split("Who could fit", 1)[1].split("<tr>") if "Groningen" in row)
    assert "Bakkersbond" in gap
    assert "Schippers" not in gap
    assert "?function=notification&amp;region=NL-GR" in gap
    other = text(desk, "/network/coverage?by=section&function=exercise").split("Who could fit", 1)[1]
    assert "Bakkersbond" not in other
    seen = text(member("steward"), "/network/coverage?by=section")
    for secret in ("Bakkersbond", "Prospects that may close it", "advice/new"):
        assert secret not in seen


def test_the_trend_begins_at_the_baseline(desk, country):
    at, day = timezone.now(), date(2025, 5, 6)
    Measurement.objects.create(year=2025, kind="full", state="closed", begun_at=at, closed_at=at, measured_on=day)
    coverage_scene.count(country)
    assert [one.on for one in refreshing.refresh_rounds(by=SYSTEM, at=at)] == [day]
    assert refreshing.refresh_rounds(by=SYSTEM, at=at) == []
    page = text(desk, "/network/coverage")
    assert "baseline. Reachable on paper: from" in page
    with pytest.raises(NotPermitted):
        refreshing.refresh_rounds(by=STEWARD, at=at)


def test_what_is_not_counted_yet_says_so(desk):
    page = text(desk, "/network/coverage")
    assert "Not counted yet" in page
    for path in ("/network/coverage.csv", "/network/coverage.json"):
        assert desk.get(path).status_code == 404


def test_files_hold_every_table_and_leave_a_trace(desk, counted):
    rows = list(csv.DictReader(io.StringIO(text(desk, "/network/coverage.csv?function=notification"))))
    whole = next(row for row in rows if row["by"] == "all")
    assert (whole["population"], whole["listed"], whole["low"], whole["high"]) == ("4", "2", "2", "3")
    assert {"unknown", "NL-ZH"} <= {row["region"] for row in rows} | {row["sector"] for row in rows}
    answer = json.loads(text(desk, "/network/coverage.json?function=exercise"))
    assert answer["function"] == "exercise"
    assert answer["tables"]["all"] == [{"population": 4, "held": 0, "listed": 0, "low": 0, "high": 0}]
    assert "Fréchet" in answer["method"]
    assert list(Event.objects.filter(tag="oversight.coverage.exported").values_list("facts__function", flat=True)) == [
        "notification", "exercise",
    ]  # fmt: skip


def test_the_desk_sees_what_each_partner_adds(desk, counted):
    page = text(desk, "/network/coverage/partners")
    assert page.index("Havenkring") < page.index("Zorg-CSIRT")
    assert 'data-label="Only here">1<' in page
    assert "not in its agreement" in text(desk, "/network/coverage/partners?function=exercise")
    one = text(desk, f"/network/coverage/partners/{counted.care_csirt.pk}")
    assert "What is lost if this partner leaves" in one
    assert "Q " in one


def test_a_partner_sees_its_own_members_and_nothing_of_others(member, counted):
    Constituency.objects.create(partner=counted.care_csirt, organisation=counted.harbour)
    coverage_scene.count(counted)
    owner = member("partner", counted.harbour_circle)
    own = f"/network/coverage/partners/{counted.harbour_circle.pk}"
    assert owner.get("/network/coverage").url == own
    page = text(owner, own)
    assert figures(page) == [1, 0, 0, 0]
    for secret in ("Only here", "lost if", "Zorg-CSIRT"):
        assert secret not in page
    assert owner.get(f"/network/coverage/partners/{counted.care_csirt.pk}").status_code == 404
    assert owner.get("/network/coverage/partners/999999").status_code == 404
    for path in ("/network/coverage.csv", "/network/coverage.json"):
        assert owner.get(path).status_code == 404
    assert owner.get("/network/coverage/partners").status_code == 403


def test_a_partner_for_whom_nothing_is_counted_reads_why(member, country):
    assert "Nothing is counted for you yet" in text(member("partner", country.care_csirt), "/network/coverage")


def test_the_steward_sees_figures_and_no_partner(member, counted):
    steward = member("steward")
    page = text(steward, "/network/coverage")
    assert figures(page)[:2] == [4, 2]
    assert "What each partner adds" not in page
    assert steward.get(f"/network/coverage/partners/{counted.harbour_circle.pk}").status_code == 404
    assert steward.get("/network/coverage/partners").status_code == 403
    assert steward.get("/network/coverage.csv").status_code == 200
    assert steward.post("/network/coverage/count").status_code == 403


def test_strangers_log_in_and_auditors_stay_out(stranger, member, counted):
    for path in PAGES:
        assert stranger.get(path).url.startswith("/account/login")
        assert member("auditor").get(path).status_code == 403


def test_counting_again_is_asked_once(desk, counted):
    for _ in range(2):
        assert "Counting has been asked for" in desk.post("/network/coverage/count", follow=True).content.decode()
    assert ProcrastinateJob.objects.filter(task_name="oversight.count_coverage").count() == 1


def test_looking_changes_nothing(desk, counted):
    before = every_row()
    for path in ("/network/coverage", "/network/coverage/partners", "/network/coverage/count"):
        desk.get(path)
    assert every_row() == before


def test_more_organisations_partners_and_prospects_cost_no_more_queries(desk, counted):
    paths = ("/network/coverage", "/network/coverage/partners", f"/network/coverage/partners/{counted.care_csirt.pk}")

    def cost(path):
        with CaptureQueriesContext(connection) as asked:
            desk.get(path)
        return len(asked)

    few = [cost(path) for path in paths]
    more = Organisation.objects.bulk_create(
        [Organisation(key=f"m{at}", name="M", region="NL-UT", sbi="62", sector="energy") for at in range(30)]
    )
    for partner in (counted.harbour_circle, counted.care_csirt):
        Constituency.objects.bulk_create([Constituency(partner=partner, organisation=one) for one in more])
    coverage_scene.prospects(counted)
    coverage_scene.count(counted)
    assert [cost(path) for path in paths] == few
