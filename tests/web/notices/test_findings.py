import csv
import io
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from schakel.intake.models import Series
from schakel.journal.models import Event
from schakel.notices.models import AlsoSeen, Change, Finding
from tests.web.scene import finding_at, notice_to, report_of


@pytest.fixture
def scene(country):
    """Two findings at the harbour, one that its label hides from partners, one at the hospital, one solved."""
    country.report = report_of()
    country.seen = finding_at(country.harbour, "192.0.2.1", country.report, weakness="CVE-2026-1000")
    country.promised = finding_at(
        country.harbour, "192.0.2.2", country.report, state="promised", severity=1, days_ago=3
    )
    country.hidden = finding_at(country.harbour, "192.0.2.3", country.report, tlp="amber+strict")
    country.other = finding_at(country.hospital, "198.51.100.7", country.report, kind="infected-host", severity=4)
    country.solved = finding_at(country.harbour, "192.0.2.9", country.report, state="fixed", days_ago=9)
    return country


def assets(response):
    return re.findall(r'href="/findings/\d+">([^<]+)<', response.content.decode())


def ask(client, query=""):
    return assets(client.get(f"/findings{query}"))


def test_the_coordinator_sees_every_unsolved_finding(member, scene):
    assert ask(member("coordinator")) == ["198.51.100.7", "192.0.2.3", "192.0.2.2", "192.0.2.1"]


def test_a_partner_sees_its_constituency_as_far_as_the_labels_reach(member, scene):
    owner, neighbour = member("partner", scene.harbour_circle), member("partner", scene.care_csirt)
    assert ask(owner, "?state=all") == ["192.0.2.9", "192.0.2.2", "192.0.2.1"]
    assert ask(neighbour, "?state=all") == ["198.51.100.7"]


@pytest.mark.parametrize("path", ["/findings", "/findings.csv", "/findings/1"])
def test_a_stranger_is_asked_to_log_in(stranger, path):
    response = stranger.get(path)
    assert (response.status_code, response.url) == (302, f"/account/login?next={path}")


@pytest.mark.parametrize("role", ["steward", "auditor"])
def test_oversight_sees_no_single_findings(member, scene, role):
    client = member(role)
    assert client.get("/findings").status_code == 403
    assert client.get("/findings.csv").status_code == 403


def test_a_hidden_finding_does_not_exist(member, scene):
    owner = member("partner", scene.harbour_circle)
    assert owner.get(f"/findings/{scene.seen.pk}").status_code == 200
    hidden = [owner.get(f"/findings/{key}") for key in (scene.hidden.pk, scene.other.pk, 999_999_999)]
    assert [response.status_code for response in hidden] == [404, 404, 404]
    bodies = {re.sub(r"csrfmiddlewaretoken[^>]+|/findings/\d+", "", answer.content.decode()) for answer in hidden}
    assert len(bodies) == 1


def test_counts_tell_nothing_of_what_is_hidden(member, scene):
    page = member("partner", scene.harbour_circle).get("/findings?state=all&sector=").content.decode()
    assert "3 findings" in page
    assert "0 findings" in member("partner", scene.harbour_circle).get("/findings?q=198.51.100").content.decode()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?state=fixed", ["192.0.2.9"]),
        ("?severity=4", ["198.51.100.7"]),
        ("?kind=infected-host", ["198.51.100.7"]),
        ("?nature=compromised", ["198.51.100.7"]),
        ("?nature=compromised&kind=exposed-telnet", ["192.0.2.3", "192.0.2.2", "192.0.2.1"]),
        ("?sector=health", ["198.51.100.7"]),
        ("?region=NL-UT", ["198.51.100.7"]),
        ("?weakness=cve-2026-1000", ["192.0.2.1"]),
        ("?q=192.0.2.2", ["192.0.2.2"]),
        ("?q=zieken", ["198.51.100.7"]),
        ("?q=nobody", []),
        ("?sort=severity", ["198.51.100.7", "192.0.2.3", "192.0.2.1", "192.0.2.2"]),
        ("?kind=nonsense&severity=x&sort=y&after=%01", ["198.51.100.7", "192.0.2.3", "192.0.2.2", "192.0.2.1"]),
    ],
)
def test_filters_narrow_the_list(member, scene, query, expected):
    scene.hospital.sector, scene.hospital.region = "health", "NL-UT"
    scene.hospital.save()
    assert ask(member("coordinator"), query) == expected


def test_its_other_findings_are_those_of_one_organisation(member, scene):
    assert ask(member("coordinator"), f"?organisation={scene.hospital.pk}") == ["198.51.100.7"]
    assert ask(member("partner", scene.harbour_circle), f"?organisation={scene.hospital.pk}") == []


def test_last_seen_of_a_complete_series_is_its_latest_report(member, scene):
    latest = timezone.now()
    Series.objects.update(is_complete=True, latest_at=latest)
    Finding.objects.filter(pk=scene.other.pk).update(missed_count=1, last_seen_at=latest - timedelta(days=5))
    rows = {row["asset"]: row["last_seen_at"] for row in rows_of(member("coordinator").get("/findings.csv"))}
    assert rows.pop("198.51.100.7") < min(rows.values())


@pytest.mark.parametrize("sort", ["newest", "severity"])
def test_pages_show_every_finding_once(member, scene, sort):
    for number in range(120):
        at = timezone.now() - timedelta(hours=number % 7)
        finding_at(scene.bakery, f"host{number}.example", scene.report, severity=number % 5, last_seen_at=at)
    client, url, seen = member("coordinator"), f"/findings?sort={sort}", []
    while url:
        html = client.get(url).content.decode()
        seen += re.findall(r'href="/findings/(\d+)"', html)
        following = re.search(r'rel="next" href="([^"]+)"', html)
        url = following[1].replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) == 124


@pytest.mark.parametrize(("sort", "place"), [("severity", "x~5"), ("severity", "~"), ("seen", "3~5"), ("newest", "-3")])
def test_a_place_that_cannot_be_read_is_the_start(member, scene, sort, place):
    assert len(ask(member("coordinator"), f"?sort={sort}&after={place}")) == 4


def test_htmx_gets_the_results_alone(member, scene):
    html = (
        member("coordinator").get("/findings", headers={"hx-request": "true", "hx-target": "results"}).content.decode()
    )
    assert html.lstrip().startswith('<section id="results"')


def test_htmx_of_a_stranger_goes_to_the_login_page(stranger):
    response = stranger.get("/findings", headers={"hx-request": "true"})
    assert response.headers["HX-Redirect"].startswith("/account/login")


def test_the_queries_do_not_grow_with_the_rows(member, scene, django_assert_num_queries):
    client = member("partner", scene.harbour_circle)
    with django_assert_num_queries(6):
        client.get("/findings")
    for number in range(60):
        finding_at(scene.harbour, f"192.0.2.{number + 20}", scene.report)
    with django_assert_num_queries(6):
        client.get("/findings")


def test_one_finding_shows_what_became_of_it(member, scene, django_assert_max_num_queries):
    Change.objects.create(
        finding=scene.solved, from_state="open", to_state="fixed", at=timezone.now(), report=scene.report
    )
    notice_to(scene.harbour_circle, scene.solved)
    AlsoSeen.objects.create(finding=scene.solved, series=scene.report.series, last_seen_at=timezone.now())
    owner, desk = member("partner", scene.harbour_circle), member("coordinator")
    with django_assert_max_num_queries(9):
        page = owner.get(f"/findings/{scene.solved.pk}").content.decode()
    assert "Havenkring" in page
    assert "Listener" not in page
    assert scene.report.name not in page
    page = desk.get(f"/findings/{scene.solved.pk}").content.decode()
    assert page.count("Listener") == 2
    assert f'href="/reports/{scene.report.pk}"' in page


def test_a_notice_to_somebody_else_is_not_shown(member, scene):
    notice_to(scene.care_csirt, scene.seen)
    assert (
        "Zorg-CSIRT" not in member("partner", scene.harbour_circle).get(f"/findings/{scene.seen.pk}").content.decode()
    )


def rows_of(response):
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))


def test_the_file_holds_what_the_list_holds_and_leaves_a_trace(member, scene):
    client = member("partner", scene.harbour_circle)
    response = client.get("/findings.csv?q=192.0.2&state=all")
    assert response.headers["Content-Disposition"].startswith('attachment; filename="findings-')
    assert [row["asset"] for row in rows_of(response)] == ["192.0.2.1", "192.0.2.2", "192.0.2.9"]
    event = Event.objects.get(tag="oversight.findings.exported")
    assert event.actor == f"user:{client.user.pk}"
    assert event.facts == {"filters": ["q", "state"]}


def test_a_cell_is_never_a_formula(member, scene):
    finding_at(scene.bakery, "bad.example", scene.report, detail="=HYPERLINK(1)")
    rows = rows_of(member("coordinator").get("/findings.csv?q=bad.example"))
    assert [row["detail"] for row in rows] == ["'=HYPERLINK(1)"]


def test_the_file_is_read_in_pieces(member, scene, monkeypatch):
    monkeypatch.setattr("schakel.oversight.exports.ROWS_AT_ONCE", 2)
    assert len(rows_of(member("coordinator").get("/findings.csv?state=all"))) == 5
    assert rows_of(member("coordinator").get("/findings.csv?q=nothing-here.example")) == []
