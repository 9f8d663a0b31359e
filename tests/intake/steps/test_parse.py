import os
from pathlib import Path

import pytest

from schakel.intake import store
from schakel.intake.models import ReportState
from schakel.intake.steps.parse import Unreadable
from schakel.notices import pipeline
from schakel.notices.models import Finding
from schakel.policy.access import SYSTEM
from tests.cast import NOON
from tests.reports import HEADER, sent, taken

pytestmark = pytest.mark.django_db


def test_every_row_is_read_or_kept_apart_with_its_reason():
    report = taken("192.0.2.1", "999.1.1.1", "192.0.2.0/30", "192.0.2.1,99999999")
    assert (report.rows_count, report.quarantined_count) == (4, 2)
    bad = store.quarantined(report)
    assert bad["line"].to_list() == [3, 5]
    assert bad["reason"].to_list() == ["bad-address", "bad-port"]


def test_the_rows_of_a_report_always_add_up():
    report = taken("192.0.2.1", "203.0.113.9", "x")
    assert report.rows_count == report.quarantined_count + report.unmatched_count + report.matched_count == 3


def test_a_report_without_rows_goes_all_the_way():
    report, _ = sent((HEADER + "\n").encode())
    list(pipeline.advance(report, by=SYSTEM, at=NOON))
    assert report.state == ReportState.COMPOSED
    assert report.rows_count == 0


def test_a_file_that_is_no_report_is_refused_and_says_why():
    report, _ = sent(bytes(range(256)) * 4, name="foto.bin")
    with pytest.raises(Unreadable):
        list(pipeline.advance(report, by=SYSTEM, at=NOON))
    report.refresh_from_db()
    assert report.state == ReportState.REFUSED
    assert report.figures["refused"]
    assert list(pipeline.advance(report, by=SYSTEM, at=NOON)) == []


def test_an_embargo_holds_a_report_before_anybody_is_told(country):
    report, _ = sent(b"ip\n192.0.2.1\n", source="divd", name="lijst.csv")
    report.embargo_until = NOON.replace(day=9)
    report.save()
    list(pipeline.advance(report, by=SYSTEM, at=NOON))
    assert report.state == ReportState.TRACKED
    assert pipeline.resume(by=SYSTEM, at=NOON) == 0
    assert pipeline.resume(by=SYSTEM, at=NOON.replace(day=9)) == 1
    report.refresh_from_db()
    assert report.state == ReportState.COMPOSED


def test_how_to_read_a_file_stays_with_the_report(country):
    mapping = {"columns": {"address": "adres"}}
    content = b"adres;soort\n192.0.2.10;x\n"
    report, _ = sent(
        content, source="volunteer", name="lijst.csv", reading={"kind": "infected-host", "mapping": mapping}
    )
    pipeline.resume(by=SYSTEM, at=NOON)
    report.refresh_from_db()
    assert (report.state, report.matched_count) == (ReportState.COMPOSED, 1)
    assert Finding.objects.get().kind == "infected-host"


def test_what_a_killed_receiver_left_is_cleared_away(settings):
    place = Path(settings.STORE) / "incoming"
    place.mkdir(parents=True)
    for name, age in (("old", 0), ("new", None)):
        (place / name).write_bytes(b"x")
        if age is not None:
            os.utime(place / name, (age, age))
    sent(b"192.0.2.1\n", name="lijst.txt")
    assert [left.name for left in place.iterdir()] == ["new"]
