import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from schakel.intake import store
from schakel.intake.models import Report, Source
from schakel.journal.models import Event
from tests.web.scene import report_of


@pytest.fixture
def report(db):
    figures = {
        "seconds": {"parse": 0.25, "match": 1.5},
        "findings": {"new": 7, "continued": 3},
        "routes": {"guardian": 4, "unreachable": 1},
        "notices": 4,
        "notes": ["Three columns were not known."],
    }
    counts = {"rows_count": 130, "quarantined_count": 60, "unmatched_count": 60, "matched_count": 10}
    made = report_of("2026-11-01-scan_telnet.csv", figures=figures, size_bytes=2048, **counts)
    bad = {"line": range(2, 62), "column": "ip", "value": "nonsense", "reason": "bad-address", "words": "No address."}
    store.write(pl.DataFrame(bad | {"raw": ""}), made, "quarantined")
    rows = {"line": range(62, 132), "address": [f"203.0.113.{number}" for number in range(70)], "asn": 64500}
    seen = pl.DataFrame(rows | {"kind": "exposed-telnet", "host": None, "email": None, "url": None})
    store.write(seen, made, "observations")
    store.write(pl.DataFrame({"row": pl.Series(range(10), dtype=pl.UInt32), "is_found": True}), made, "matches")
    return made


@pytest.fixture
def source(db):
    return Source.objects.create(slug="volunteers", name="Volunteers", tlp="amber")


def test_every_row_is_accounted_for(member, report):
    page = member("coordinator").get(f"/reports/{report.pk}").content.decode()
    assert "130 rows = 10 matched + 60 nobody's + 60 unreadable" in page
    assert "Three columns were not known." in page
    assert "guardian partner" in page
    assert "0.25 s" in page
    assert 'hx-trigger="every 1s"' not in page


def test_rows_that_fell_out_are_paged(member, report):
    desk = member("coordinator")
    first = desk.get(f"/reports/{report.pk}").content.decode()
    assert "Rows 1 to 50 of 60" in first
    assert first.count("No address.") == 50
    second = desk.get(f"/reports/{report.pk}?rows=quarantined&from=50").content.decode()
    assert "Rows 51 to 60 of 60" in second
    assert second.count("nonsense") == 10
    others = desk.get(f"/reports/{report.pk}?rows=unmatched").content.decode()
    assert "203.0.113.10" in others
    assert "203.0.113.9<" not in others


@pytest.mark.parametrize("place", ["-1", "x", "99999999999999999999999"])
def test_a_place_beyond_the_rows_is_no_fault(member, report, place):
    assert member("coordinator").get(f"/reports/{report.pk}?from={place}").status_code == 200


def test_a_report_whose_rows_are_gone_says_so(member, report):
    store.remove(report)
    assert "no longer kept" in member("coordinator").get(f"/reports/{report.pk}").content.decode()


def test_a_refused_report_says_why(member, db):
    report = report_of(state="refused", figures={"refused": "this is a picture"}, name="cat.png")
    assert "this is a picture" in member("coordinator").get(f"/reports/{report.pk}").content.decode()


@pytest.mark.parametrize("path", ["/reports", "/reports/new", "/reports/{pk}", "/reports/{pk}/progress"])
def test_partners_and_oversight_see_no_reports(member, country, report, path):
    path = path.format(pk=report.pk)
    for client in (member("partner", country.harbour_circle), member("steward"), member("auditor")):
        assert client.get(path).status_code == 403
    assert member("coordinator").get(path).status_code in {200, 302}


def test_a_stranger_is_asked_to_log_in(stranger, report):
    assert stranger.get(f"/reports/{report.pk}").url == f"/account/login?next=/reports/{report.pk}"


def test_an_unknown_report_does_not_exist(member):
    assert member("coordinator").get("/reports/999").status_code == 404


def test_the_list_is_paged_and_its_queries_do_not_grow(member, db, django_assert_num_queries):
    desk = member("coordinator")
    assert "No report yet" in desk.get("/reports").content.decode()
    for number in range(60):
        report_of(f"{number}.csv")
    with django_assert_num_queries(5):
        page = desk.get("/reports").content.decode()
    assert "59.csv" in page
    assert 'rel="next"' in page
    oldest = Report.objects.order_by("pk")[10]
    after = desk.get(f"/reports?after={oldest.pk}").content.decode()
    assert "9.csv" in after
    assert 'rel="next"' not in after
    assert "To the start" in after


def test_progress_moves_by_itself_and_then_loads_the_page(member, db):
    report = report_of(state="parsed", figures={"progress": {"done": 12_345, "words": "rows matched"}})
    desk = member("coordinator")
    page = desk.get(f"/reports/{report.pk}").content.decode()
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page
    part = desk.get(f"/reports/{report.pk}/progress", headers={"hx-request": "true"})
    assert "1 of 5 steps done. 12,345 rows matched" in part.content.decode()
    assert "HX-Refresh" not in part.headers
    Report.objects.update(state="composed", rows_count=0)
    done = desk.get(f"/reports/{report.pk}/progress", headers={"hx-request": "true"})
    assert done.headers["HX-Refresh"] == "true"
    assert "hx-trigger" not in done.content.decode()


def test_progress_without_script_is_the_page_itself(member, report):
    assert member("coordinator").get(f"/reports/{report.pk}/progress").url == f"/reports/{report.pk}"


def hand_in(client, source, content=b"192.0.2.1\n", **fields):
    file = SimpleUploadedFile("list.txt", content)
    return client.post("/reports/new", {"source": source.pk, "type": "", "tlp": "", "file": file, **fields})


def test_a_file_that_is_handed_in_is_kept_and_queued(member, source):
    from procrastinate.contrib.django.models import ProcrastinateJob

    desk = member("coordinator")
    response = hand_in(desk, source)
    report = Report.objects.get()
    assert response.url == f"/reports/{report.pk}"
    assert store.raw(report).read_bytes() == b"192.0.2.1\n"
    assert ProcrastinateJob.objects.get().args == {"report_id": report.pk}
    assert Event.objects.get(tag="intake.report.received").actor == f"user:{desk.user.pk}"


def test_the_same_file_again_is_the_same_report(member, source):
    desk = member("coordinator")
    first = hand_in(desk, source)
    again = hand_in(desk, source)
    assert again.url == first.url
    assert "received before" in desk.get(again.url).content.decode()
    assert Report.objects.count() == 1


def test_a_label_wider_than_the_sources_is_refused(member, source):
    response = hand_in(member("coordinator"), source, tlp="clear")
    assert response.status_code == 400
    assert "only the source may widen its own label" in response.content.decode()
    assert not Report.objects.exists()


def test_a_form_without_a_file_says_what_is_missing(member, source):
    response = member("coordinator").post("/reports/new", {"source": source.pk})
    assert response.status_code == 400
    assert 'aria-describedby="id_file-help id_file-faults"' in response.content.decode()


def test_a_partner_hands_in_nothing(member, country, source):
    assert hand_in(member("partner", country.harbour_circle), source).status_code == 403
    assert not Report.objects.exists()
