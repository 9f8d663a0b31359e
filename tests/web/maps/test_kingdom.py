"""The map of the Kingdom: what is known of each region, and what is not."""

import csv
import io
import random
import re
import xml.etree.ElementTree as ET
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from schakel.journal.models import Event
from schakel.notices.actions import LINK, answer, mark_opened
from schakel.notices.models import Answer
from schakel.oversight.coverage.refreshing import refresh
from schakel.policy.access import SYSTEM
from schakel.registry.files.lists import facts, slugs
from schakel.registry.models import Constituency, Organisation
from schakel.web.maps import kingdom_map
from schakel.web.maps.kingdom_map import Reached
from tests.cast import NOON
from tests.oversight.coverage.scene import Network
from tests.telling import finding_of, report_of, tell

HERE = "/network/kingdom"


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


def drawn(figures):
    text = kingdom_map.draw(figures, title="Kaart")
    return ET.fromstring(text[text.index("<svg") : text.index("</svg>") + 6])


def texts(root, part):
    return [one.text for one in root.iter("text") if one.get("class") == f"kingdom__{part}"]


@pytest.mark.parametrize(
    ("reached", "step", "words"),
    [
        (None, 0, "not known"),
        (Reached(0, 0, 0), 0, "not known"),
        (Reached(100, 0, 0), 1, "0 %"),
        (Reached(100, 19, 19), 1, "19 %"),
        (Reached(100, 20, 20), 2, "20 %"),
        (Reached(100, 59, 61), 3, "59 to 61 %"),
        (Reached(1000, 799, 799), 4, "79 %"),
        (Reached(100, 80, 80), 5, "80 %"),
        (Reached(3, 3, 3), 5, "100 %"),
        (Reached(10, 5, 30), 3, "50 to 100 %"),
    ],
)
def test_a_region_is_judged_by_what_is_sure_and_never_upwards(reached, step, words):
    assert kingdom_map.step_of(reached) == step
    assert kingdom_map.in_words(reached) == words


def test_all_eighteen_regions_are_drawn_each_with_name_and_number():
    root = drawn({"NL-UT": Reached(10, 5, 5), "NL-BQ2": Reached(4, 4, 4)})
    assert sorted(texts(root, "name")) == sorted(str(facts("regions")[code]["name"]) for code in slugs("regions"))
    assert Counter(texts(root, "number")) == Counter({"?": 16, "50 %": 1, "100 %": 1})
    assert "2 of 18 regions" in root.find("desc").text


def test_unknown_is_drawn_as_unknown_and_not_as_nothing():
    root = drawn({"NL-UT": Reached(10, 0, 0), "NL-AW": Reached(0, 0, 0), "NL-CW": None})
    assert texts(root, "number").count("0 %") == 1
    assert texts(root, "number").count("?") == 17
    edges = [one.get("class") for one in root.iter("path") if one.get("class", "").startswith("kingdom__edge")]
    assert Counter(edges)["kingdom__edge kingdom__edge--unknown"] == 17


def test_steps_differ_by_pattern_too():
    figures = {code: Reached(100, at, at) for code, at in zip(slugs("regions"), (5, 25, 45, 65, 85), strict=False)}
    root = drawn(figures)
    patterns = Counter(one.get("fill") for one in root.iter("path") if one.get("class") == "kingdom__pattern")
    assert patterns == {"url(#kingdom-2)": 1, "url(#kingdom-3)": 1, "url(#kingdom-4)": 1}
    grounds = Counter(one.get("class")[-1] for one in root.iter("path") if "ground" in one.get("class", ""))
    assert grounds == {"0": 13, "1": 1, "2": 1, "3": 1, "4": 1, "5": 1}


def test_the_legend_names_every_step():
    assert [words for _step, words in kingdom_map.legend()] == [
        "0 to 19 %", "20 to 39 %", "40 to 59 %", "60 to 79 %", "80 to 100 %", "not known",
    ]  # fmt: skip


@pytest.fixture
def counted(db, tmp_path):
    Network(random.Random(5))
    refresh(by=SYSTEM, at=NOON)


def cells(page):
    rows = re.findall(r'<th scope="row">([^<]+)</th>\s*(.*?)\s*</tr>', page, re.DOTALL)
    return {name: re.findall(r'class="number">([^<]*)<', rest) for name, rest in rows}


def test_map_and_table_hold_what_was_counted(member, counted):
    page = member("coordinator").get(HERE).content.decode()
    rows = cells(page)
    assert set(rows) == {str(facts("regions")[code]["name"]) for code in slugs("regions")} | {"region not known"}
    for code, name in (("NL-ZH", "Zuid-Holland"), ("NL-BQ2", "Saba")):
        assert rows[name][3] == str(Organisation.objects.filter(region=code).count())
        assert int(rows[name][1]) <= int(rows[name][2])
    assert rows["Utrecht"] == ["not known"] + ["\N{EN DASH}"] * 3
    root = ET.fromstring(
        page[page.index('<svg viewBox="0 0 613') : page.index("</svg>", page.index('<svg viewBox="0 0 613')) + 6]
    )
    numbers = dict(zip(texts(root, "name"), texts(root, "number"), strict=True))
    assert numbers["Utrecht"] == "?"
    for name in ("Zuid-Holland", "Saba"):
        assert numbers[name] == rows[name][0]


def test_the_function_is_chosen_and_nonsense_is_the_usual_one(member, counted):
    desk = member("coordinator")
    usual = desk.get(HERE).content.decode()
    assert 'value="notification" selected' in usual
    assert 'value="notification" selected' in desk.get(f"{HERE}?function=magic").content.decode()
    other = desk.get(f"{HERE}?function=knowledge").content.decode()
    assert 'value="knowledge" selected' in other
    assert "Knowledge exchange" in other


def test_before_the_first_count_everything_is_unknown(member, db):
    page = member("coordinator").get(HERE).content.decode()
    assert "Coverage was not counted yet" in page
    assert page.count(">?</text>") == 18
    assert "CC BY 4.0" in page


@pytest.fixture
def told(country):
    """Coverage of the cast, with the harbour told and its notice answered, the hospital told."""
    Organisation.objects.update(region="NL-FR")
    Organisation.objects.filter(key="harbour").update(region="NL-ZH")
    Organisation.objects.filter(key="hospital").update(region="NL-UT")
    report = report_of()
    for organisation in (country.harbour, country.hospital):
        finding_of(report, organisation)
    notice = tell(report, country.harbour, partner=country.harbour_circle)
    tell(report, country.hospital, partner=country.care_csirt)
    mark_opened(notice=notice, at=NOON)
    answer(notice=notice, answer=Answer.FIXED, by=LINK, at=NOON)
    refresh(by=SYSTEM, at=NOON + timedelta(hours=2))
    return country


@pytest.mark.parametrize(
    ("measure", "harbour", "hospital"),
    [("told", "100 %", "100 %"), ("opened", "100 %", "0 %"), ("answered", "100 %", "0 %"), ("magic", "100 %", "100 %")],
)
def test_what_was_measured_can_be_mapped_too(member, told, measure, harbour, hospital):
    page = member("coordinator").get(f"{HERE}?measure={measure}").content.decode()
    rows = cells(page)
    assert (rows["Zuid-Holland"][0], rows["Utrecht"][0]) == (harbour, hospital)
    assert len(rows["Utrecht"]) == (4 if measure == "magic" else 3)
    other = member("coordinator").get(f"{HERE}?function=knowledge&measure={measure}").content.decode()
    assert 'value="paper" selected' in other


def test_a_partner_maps_its_own_organisations_and_nobody_elses(member, told):
    Constituency.objects.create(partner=told.care_csirt, organisation=told.harbour)
    refresh(by=SYSTEM, at=NOON + timedelta(hours=2))
    owner, theirs = member("partner", told.harbour_circle), f"{HERE}?partner={told.care_csirt.pk}"
    page = owner.get(HERE).content.decode()
    assert "your own organisations only" in page
    assert cells(page)["Zuid-Holland"] == ["100 %", "1", "1", "1"]
    assert cells(page)["Utrecht"] == ["\N{EN DASH}"] * 4
    assert "Zorg-CSIRT" not in page
    assert cells(owner.get(f"{HERE}?measure=answered").content.decode())["Zuid-Holland"] == ["100 %", "1", "1"]
    assert cells(owner.get(f"{HERE}?function=exercise").content.decode())["Zuid-Holland"] == ["0 %", "0", "0", "1"]
    for address in (theirs, theirs.replace("kingdom?", "kingdom.csv?"), theirs.replace("kingdom?", "kingdom.svg?")):
        assert owner.get(address).status_code == 404
    assert cells(member("partner", told.care_csirt).get(HERE).content.decode())["Utrecht"][1] == "1"


def test_who_objected_is_not_reached_on_paper_by_its_partner_either(member, told):
    Organisation.objects.filter(key="harbour").update(has_objected=True)
    refresh(by=SYSTEM, at=NOON + timedelta(hours=2))
    rows = cells(member("partner", told.harbour_circle).get(HERE).content.decode())
    assert rows["Zuid-Holland"] == ["0 %", "0", "0", "1"]


def test_the_coordinator_maps_any_partner_and_the_steward_none(member, told):
    theirs = f"{HERE}?partner={told.care_csirt.pk}"
    page = member("coordinator").get(theirs).content.decode()
    assert "Zorg-CSIRT" in page
    assert cells(page)["Zuid-Holland"][0] == "\N{EN DASH}"
    steward = member("steward")
    assert steward.get(HERE).status_code == 200
    for address in (theirs, theirs.replace("kingdom?", "kingdom.csv?"), theirs.replace("kingdom?", "kingdom.svg?")):
        assert steward.get(address).status_code == 404


def test_auditors_stay_out_and_strangers_log_in(stranger, member, told):
    for address in (HERE, f"{HERE}.csv", f"{HERE}.svg"):
        assert member("auditor").get(address).status_code == 403
        assert stranger.get(address).url.startswith("/account/login")


def test_a_partner_for_whom_nothing_is_counted_reads_why(member, country):
    client = member("partner", country.harbour_circle)
    assert "Your share is counted while" in client.get(HERE).content.decode()
    assert client.get(f"{HERE}.csv").status_code == client.get(f"{HERE}.svg").status_code == 404


def test_map_and_figures_leave_as_files_and_never_without_a_trace(member, told):
    desk = member("coordinator")
    rows = {row["region"]: row for row in csv.DictReader(io.StringIO(desk.get(f"{HERE}.csv").content.decode()))}
    assert set(rows) == set(slugs("regions"))
    assert (rows["NL-ZH"]["low"], rows["NL-ZH"]["answered"], rows["NL-BQ2"]["low"]) == ("1", "1", "")
    response = desk.get(f"{HERE}.svg?measure=opened")
    assert 'filename="kingdom-notification-opened.svg"' in response.headers["Content-Disposition"]
    root = ET.fromstring(response.content)
    texts = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"Zuid-Holland", "100 %", "?", "not known"} <= set(texts)
    assert any("CC BY 4.0" in (one or "") for one in texts)
    assert all(one.get("fill") for one in root.iter("{http://www.w3.org/2000/svg}path"))
    owner = member("partner", told.harbour_circle)
    assert owner.get(f"{HERE}.csv").status_code == 200
    facts = (
        Event.objects.filter(tag="oversight.coverage.exported").order_by("number").values_list("facts__form", flat=True)
    )
    assert list(facts) == ["csv", "svg", "csv"]


def test_more_organisations_cost_no_more_queries(member, counted, django_assert_num_queries):
    desk = member("coordinator")
    with CaptureQueriesContext(connection) as few:
        desk.get(HERE)
    Organisation.objects.bulk_create(
        Organisation(key=f"m{at}", name=f"M{at}", region=code) for at, code in enumerate(slugs("regions") * 3)
    )
    refresh(by=SYSTEM, at=NOON)
    with django_assert_num_queries(len(few)):
        assert 'class="kingdom__number"' in desk.get(HERE).content.decode()
