import re
from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schakel.web import charts

DAYS = [date(2026, 10, 1) + timedelta(days=step) for step in range(30)]


def svg(html):
    return ET.fromstring(re.search(r"<svg.*?</svg>", html, re.DOTALL)[0])


@given(st.integers(0, 10**12))
def test_the_axis_holds_every_value_and_divides_evenly(highest):
    top = charts.scale(highest)
    assert top >= highest
    assert top % charts.GRID_LINES == 0
    assert top <= max(highest * 2.6, charts.GRID_LINES)


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=400))
def test_lines_stay_within_the_picture(values):
    days = [date(2026, 1, 1) + timedelta(days=step) for step in range(len(values))]
    html = charts.lines([charts.Line("open", values, is_area=True)], days=days, title="Open", description="Open a day")
    for path in svg(html).iter("path"):
        numbers = [float(number) for number in re.findall(r"[\d.]+", path.get("d"))]
        assert all(0 <= x <= charts.WIDTH for x in numbers[::2])
        assert all(0 <= y <= charts.HEIGHT for y in numbers[1::2])


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=6))
def test_the_parts_of_a_bar_fill_it_exactly(numbers):
    html = charts.bar([charts.Part(str(at), number, "1") for at, number in enumerate(numbers)], title="Rows")
    widths = [float(rect.get("width")) for rect in svg(html).iter("rect")][1:]
    assert sum(widths) == pytest.approx(charts.WIDTH if sum(numbers) else 0, abs=0.1)
    assert len(widths) == sum(number > 0 for number in numbers)


def test_a_chart_says_what_it_shows_in_words(client):
    html = charts.lines([charts.Line("open", [1] * 30)], days=DAYS, title="Open <b>", description="From 1 to 1")
    picture = svg(html)
    assert picture.get("aria-labelledby") == "chart-open--b--title chart-open--b--words"
    assert "Open &lt;b&gt;" in html
    assert "style=" not in html


def test_a_bar_without_rows_is_drawn_empty():
    html = charts.bar([charts.Part("matched", 0, "good")], title="Rows")
    assert "matched: 0" in html
    assert len(list(svg(html).iter("rect"))) == 1


def test_no_days_draw_no_line():
    html = charts.lines([charts.Line("open", [], is_area=True)], days=[], title="Open", description="")
    assert 'd=""' in html


def test_a_small_bar_is_left_out_for_those_who_hear_the_page():
    assert 'aria-hidden="true"' in charts.mini_bar([charts.Part("open", 3, "high")], whole=10)
