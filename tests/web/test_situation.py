import re

import pytest
from django.utils import timezone

from schakel.oversight.figures import refresh
from tests.web.scene import finding_at, notice_to, report_of


@pytest.fixture
def scene(country):
    report = report_of()
    finding = finding_at(country.harbour, "192.0.2.1", report)
    finding_at(country.harbour, "192.0.2.2", report, tlp="amber+strict")
    finding_at(country.hospital, "198.51.100.7", report, kind="infected-host", severity=4)
    notice_to(country.harbour_circle, finding, opened_at=timezone.now())
    return country


def tiles(response):
    """Each figure by its name."""
    pattern = r'tile__number">([\d.,]+)</span>\s*<span class="tile__label">([^<]+)<'
    return {name: int(re.sub(r"\D", "", number)) for number, name in re.findall(pattern, response.content.decode())}


def test_the_coordinator_sees_the_network(member, scene):
    seen = tiles(member("coordinator").get("/"))
    assert (seen["open findings"], seen["organisations affected"], seen["told of"], seen["notice opened"]) == (
        3,
        2,
        1,
        1,
    )


def test_a_partner_sees_its_own_part_only(member, scene):
    page = member("partner", scene.harbour_circle).get("/")
    assert (tiles(page)["open findings"], tiles(page)["organisations affected"]) == (1, 1)
    assert "infected-host" not in page.content.decode()
    assert "The organisations that you answer for." in page.content.decode()
    neighbour = tiles(member("partner", scene.care_csirt).get("/"))
    assert (neighbour["open findings"], neighbour["told of"]) == (1, 0)


@pytest.mark.parametrize("role", ["steward", "auditor"])
def test_oversight_sees_figures_without_ways_to_single_findings(member, scene, role):
    page = member(role).get("/")
    assert tiles(page)["open findings"] == 3
    assert "/findings" not in page.content.decode()


def test_a_stranger_is_asked_to_log_in(stranger):
    assert stranger.get("/").url == "/account/login?next=/"


def test_figures_lead_to_the_findings_behind_them(member, scene):
    page = member("coordinator").get("/").content.decode()
    assert 'href="/findings?kind=infected-host"' in page
    assert '<a class="tile tile--plain" href="/findings">' in page


@pytest.mark.parametrize(("asked", "days"), [("7", 7), ("90", 90), ("365", 365), ("5", 30), ("x", 30), ("", 30)])
def test_the_period_stands_in_the_address(member, scene, asked, days):
    page = member("coordinator").get(f"/?days={asked}").content.decode()
    assert f'href="?days={days}" aria-current="true"' in page
    assert page.count('<tr><th scope="row"') == days


def test_every_chart_is_described_and_its_numbers_stand_in_a_table(member, scene):
    page = member("coordinator").get("/").content.decode()
    pictures = re.findall(r'<svg[^>]+role="img"[^>]+aria-labelledby="(\S+) (\S+)"', page)
    assert len(pictures) == 3
    for title, words in pictures:
        assert re.search(f'<title id="{title}">[^<]+', page)
        assert re.search(f'<desc id="{words}">[^<]+', page)
    assert "Findings per day, latest first" in page


def test_an_empty_network_says_so(member, db):
    assert "Nothing is open" in member("coordinator").get("/").content.decode()


def test_the_coordinators_page_reads_the_summary(member, scene, django_assert_num_queries):
    refresh(timezone.now())
    desk = member("coordinator")
    with django_assert_num_queries(9):
        desk.get("/")
