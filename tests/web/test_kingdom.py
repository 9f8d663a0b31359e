"""The map of the Kingdom: what is known of each region, and what is not."""

import random
import re
import xml.etree.ElementTree as ET
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from schakel.oversight.coverage.refreshing import refresh
from schakel.policy.access import SYSTEM
from schakel.registry.files.lists import facts, slugs
from schakel.registry.models import Organisation
from schakel.web import kingdom_map
from schakel.web.kingdom_map import Reached
from tests.cast import NOON
from tests.oversight.coverage.scene import Network

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


def test_the_figures_are_for_who_oversees_the_whole(member, stranger, country):
    assert member("steward").get(HERE).status_code == 200
    assert member("partner", country.harbour_circle).get(HERE).status_code == 403
    assert member("auditor").get(HERE).status_code == 403
    assert stranger.get(HERE).url.startswith("/account/login")
    assert HERE not in member("partner", country.harbour_circle).get("/network/functions").content.decode()


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
