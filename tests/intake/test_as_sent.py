"""Rows as they were sent, read from the report's own bytes again."""

import zipfile

import polars as pl
import pytest

from schakel.intake import as_sent, formats, store
from schakel.intake.models import Report
from schakel.intake.steps.parse import options_of
from tests.telling import report_of

pytestmark = pytest.mark.django_db
FIRST = '"2026-10-30 04:00:00","192.0.2.10","de ""Haven"""\n'
SECOND = '"2026-10-30 04:00:00","192.0.2.11","op twee\nregels"\n'
HEADER = '"timestamp","ip","server"\n'


@pytest.fixture
def report(country, settings, tmp_path) -> Report:
    settings.STORE = str(tmp_path)
    return report_of()


def seen(report):

    with store.raw(report).open("rb") as stream:
        found = [batch.observations for batch in formats.read(stream, name=report.name, options=options_of(report))]
    return pl.concat(found).drop("source_row")


def test_a_row_comes_back_as_it_was_sent(report):
    store.raw(report).write_text(HEADER + FIRST + SECOND)
    rows = as_sent.with_source_rows(seen(report), report)
    assert rows["source_row"].to_list() == [
        'timestamp: 2026-10-30 04:00:00; ip: 192.0.2.10; server: de "Haven"',
        "timestamp: 2026-10-30 04:00:00; ip: 192.0.2.11; server: op twee\nregels",
    ]


def test_a_line_of_a_list_stays_a_line(report):
    Report.objects.update(name="lijst.txt")
    report.refresh_from_db()
    store.raw(report).write_text("# gezien\n192.0.2.10\nhxxp://haven[.]example/x\n")
    assert as_sent.with_source_rows(seen(report), report)["source_row"].to_list() == [
        "192.0.2.10",
        "hxxp://haven[.]example/x",
    ]


def test_a_row_that_stands_in_two_files_hides_no_other(report):
    with zipfile.ZipFile(store.raw(report), "w") as archive:
        for name, rows in (("a.csv", FIRST), ("b.csv", FIRST), ("c.csv", SECOND)):
            archive.writestr(name, HEADER + rows)
    texts = as_sent.with_source_rows(seen(report), report)["source_row"]
    assert [text.split("; ")[1] for text in texts] == ["ip: 192.0.2.10"] * 2 + ["ip: 192.0.2.11"]


def test_files_of_an_archive_are_told_apart(report):
    with zipfile.ZipFile(store.raw(report), "w") as archive:
        archive.writestr("a.csv", HEADER + FIRST)
        archive.writestr("b.csv", HEADER + SECOND)
    rows = as_sent.with_source_rows(seen(report), report)
    assert rows["line"].to_list() == [2, 2]
    assert [text.split("; ")[1] for text in rows["source_row"]] == ["ip: 192.0.2.10", "ip: 192.0.2.11"]


def test_what_can_no_longer_be_read_stays_empty(report, monkeypatch):
    store.raw(report).write_text(HEADER + FIRST)
    rows = seen(report)
    for limit in ("LARGEST", "MOST"):
        with monkeypatch.context() as smaller:
            smaller.setattr(as_sent, limit, 0)
            report.size_bytes = report.rows_count = 1
            assert as_sent.with_source_rows(rows, report)["source_row"].to_list() == [None]
    store.raw(report).unlink()
    report.size_bytes = 0
    assert as_sent.with_source_rows(rows, report)["source_row"].to_list() == [None]
