"""The main job by its commands, in this process."""

import io
import json
import socket
import sys

import pytest
from django.core.management import call_command

from schakel.commands import doings
from schakel.intake.models import Report, ReportState
from schakel.notices import pipeline
from schakel.notices.models import Notice
from schakel.post import doors
from tests.reports import csv, sent

pytestmark = pytest.mark.django_db


def run(name, *arguments, **options):
    out, err = io.StringIO(), io.StringIO()
    call_command(name, *arguments, stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


@pytest.fixture
def report(tmp_path):
    file = tmp_path / "2026-11-02-scan_http_vulnerable-nl.csv"
    file.write_bytes(csv("192.0.2.10", "203.0.113.1", "999.1.1.1"))
    return file


def test_a_report_goes_from_file_to_notices_and_says_so(country, report):
    figures = json.loads(run("ingest", str(report), source="shadowserver", json=True)[0])
    assert (figures["rows"], figures["quarantined"], figures["unmatched"], figures["matched"]) == (3, 1, 1, 1)
    assert figures["findings"] == {"new": 1, "continued": 0, "reopened": 0}
    assert figures["routes"] == {"by": {"guardian": 1}}
    assert set(figures["seconds"]) == {"parse", "match", "track", "route", "compose"}
    said, _ = run("ingest", str(report), source="shadowserver")
    assert "received before" in said
    assert "3 = 1 quarantined + 1 unmatched + 1 matched" in said


def test_several_files_are_summed_and_one_bad_file_stops_none(country, report, tmp_path):
    bad = tmp_path / "foto.bin"
    bad.write_bytes(bytes(range(256)) * 8)
    said, complaint = run("ingest", str(bad), str(report), source="shadowserver", json=True)
    figures = json.loads(said)
    assert figures["rows"] == 3
    assert [row["name"] for row in figures["refused"]] == [str(bad)]
    assert "foto.bin" in complaint


def test_a_report_may_come_by_standard_input(country, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"192.0.2.10\n203.0.113.1\n")))
    figures = json.loads(run("ingest", "-", source="harbour-police", json=True)[0])
    assert (figures["name"], figures["rows"], figures["matched"]) == ("stdin", 2, 1)


def test_how_to_read_a_file_can_be_said(country, tmp_path):
    (tmp_path / "mapping.toml").write_text('[columns]\naddress = "adres"\n')
    (tmp_path / "lijst.csv").write_text("adres;naam\n192.0.2.10;x\n")
    said = {"source": "volunteer", "mapping": tmp_path / "mapping.toml", "kind": "infected-host", "json": True}
    assert json.loads(run("ingest", str(tmp_path / "lijst.csv"), **said)[0])["matched"] == 1
    assert Notice.objects.get().kind == "infected-host"


@pytest.mark.parametrize(
    ("options", "words"),
    [({"tlp": "purple"}, "no label"), ({"tlp": "clear"}, "widen"), ({"source": "a b"}, "letters")],
    ids=["unknown label", "wider label", "odd source"],
)
def test_what_cannot_be_is_refused_with_1(country, report, options, words, capsys):
    with pytest.raises(SystemExit) as ended:
        run("ingest", str(report), **({"source": "shadowserver"} | options))
    assert ended.value.code == 1
    assert not Report.objects.exists()


def test_a_file_that_is_not_there_is_refused_with_1(country):
    with pytest.raises(SystemExit) as ended:
        run("ingest", "/nowhere/report.csv", source="shadowserver", json=True)
    assert ended.value.code == 1


def test_a_report_that_somebody_else_is_at_is_refused(country, report, monkeypatch):
    monkeypatch.setattr(pipeline, "advance", lambda *_arguments, **_options: iter(()))
    with pytest.raises(SystemExit):
        run("ingest", str(report), source="shadowserver")


def test_ready_notices_are_handed_over_and_delivered(country, report, settings, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    settings.SMTP_URL = f"smtp://127.0.0.1:{port}"
    run("ingest", str(report), source="shadowserver")
    Notice.objects.update(state="gathering")
    door = doors.start_sink(tmp_path / "mail", port)
    try:
        figures = json.loads(run("send", now=True, json=True)[0])
    finally:
        door.stop()
    assert (figures["handed_over"], figures["sent"]) == (1, 1)
    assert len(list((tmp_path / "mail").iterdir())) == 1
    assert doings.figures()["deliveries"] == {"all": 1, "by": {"sent": 1}}


@pytest.fixture
def well(settings, tmp_path):
    """A platform on which all works: a mail server that answers, a store, a basis in force."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings.SMTP_URL, settings.STORE = f"smtp://127.0.0.1:{port}", str(tmp_path / "store")
    door = doors.start_sink(tmp_path / "mail", port)
    yield settings
    door.stop()


def test_the_doctor_says_how_things_are(db, well):
    found = json.loads(run("doctor", json=True)[0])
    assert list(found) == ["settings", "database", "store", "law", "legal basis", "mail server", "sender", "signature"]
    assert all(row["works"] for row in found.values())
    assert " says 250 " in found["mail server"]["words"]
    assert "ok   store" in run("doctor")[0]


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("SMTP_URL", "smtp://127.0.0.1:1", "mail server"),
        ("SMTP_URL", "smtp://mail.example", "mail server"),
        ("MAIL_FROM", "niemand", "sender"),
        ("OPENPGP_KEY", "/nergens/key.asc", "signature"),
        ("STORE", "/proc/nergens", "store"),
        ("LEGAL_BASIS", "onbekend", "legal basis"),
        ("IS_LOCAL", False, "settings"),
    ],
)
def test_the_doctor_names_what_does_not_work(well, capsys, name, value, part):
    setattr(well, name, value)
    with pytest.raises(SystemExit) as ended:
        call_command("doctor")
    assert ended.value.code == 1
    shown = capsys.readouterr()
    assert f"NOT  {part}" in shown.out
    assert shown.err == f"Refused: These do not work: {part}\n"


def test_jobs_do_the_same_as_commands(country, monkeypatch):
    from schakel.jobs import intake, notices, oversight

    report, _ = sent(csv("192.0.2.10"))
    intake.ingest(report_id=report.pk)
    report.refresh_from_db()
    assert report.state == ReportState.COMPOSED
    bad, _ = sent(bytes(range(256)) * 8, name="foto.bin")
    intake.ingest(report_id=bad.pk)
    late, _ = sent(csv("192.0.2.11"), name="late.csv")
    intake.resume()
    late.refresh_from_db()
    assert late.state == ReportState.COMPOSED
    Notice.objects.filter(state="gathering").update(state="ready")
    notices.send()
    notices.remind_silent()
    oversight.refresh()
    assert set(Notice.objects.values_list("state", flat=True)) == {"sent"}
