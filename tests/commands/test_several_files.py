"""Several files in one command: they pass the steps at once, and come to what they would have come to in turn."""

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command

from schakel.intake.models import Report
from schakel.notices.models import Finding, Notice
from tests.cast import NOON, Country
from tests.reports import csv

DAYS = [("192.0.2.10", "198.51.100.4"), ("192.0.2.10", "192.0.2.11"), ("192.0.2.11", "192.0.2.12")]


@pytest.fixture
def files(tmp_path):
    """Three days of one series, with a file between them that is no report."""
    places = []
    for number, rows in enumerate(DAYS):
        day = NOON + timedelta(days=number)
        places.append(tmp_path / f"{day:%Y-%m-%d}-scan_http_vulnerable-nl.csv")
        places[-1].write_bytes(csv(*rows, day=day))
    places.insert(1, tmp_path / "foto.bin")
    places[1].write_bytes(bytes(range(256)) * 8)
    return [str(place) for place in places]


def ingested(*files):
    out, err = io.StringIO(), io.StringIO()
    call_command("ingest", *files, source="shadowserver", json=True, stdout=out, stderr=err)
    return json.loads(out.getvalue()), err.getvalue()


@pytest.fixture(params=["at once", "in turn"])
def told(request, files):
    """What the command says of the files, given together or one by one."""

    def run():
        if request.param == "at once":
            found, words = ingested(*files)
            assert "foto.bin" in words
            assert [row["name"] for row in found["refused"]] == [files[1]]
            return found["reports"]
        return [ingested(file)[0] for file in files if not file.endswith(".bin")]

    return run


def test_a_name_that_is_empty_is_refused_and_counts_nothing_twice(db, files):
    Country()
    found, _words = ingested(files[0], "", files[2])
    assert [row["name"] for row in found["refused"]] == [""]
    assert found["rows"] == sum(row["rows"] for row in found["reports"]) == 4
    assert len(found["reports"]) == 2


def test_a_mapping_that_is_not_there_is_blamed_itself_and_leaves_nothing(db, files, settings, capsys):
    with pytest.raises(SystemExit):
        call_command("ingest", *files, source="shadowserver", mapping=Path("none.toml"))
    assert "the mapping cannot be read: [Errno 2] No such file or directory: 'none.toml'" in capsys.readouterr().err
    assert not list(Path(settings.STORE).rglob("tmp*"))


def test_bytes_that_were_held_ahead_do_not_stay(db, files, settings, monkeypatch):
    monkeypatch.setattr("schakel.commands.management.commands.ingest.receive", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        call_command("ingest", *files, source="shadowserver")
    assert not list((Path(settings.STORE) / "incoming").iterdir())


def test_files_come_to_the_same_together_as_in_turn(real_commits, told):
    Country()
    reports = told()
    assert [row["findings"]["new"] for row in reports] == [2, 1, 1]
    assert [row["findings"]["continued"] for row in reports] == [0, 1, 1]
    assert {row["state"] for row in reports} == {"composed"}
    missed = dict(Finding.objects.order_by("asset").values_list("asset", "missed_count"))
    assert missed == {
        "192.0.2.10 443/tcp": 1, "192.0.2.11 443/tcp": 0, "192.0.2.12 443/tcp": 0, "198.51.100.4 443/tcp": 2,
    }  # fmt: skip
    assert Report.objects.exclude(state="refused").count() == len(DAYS)
    assert Notice.objects.count() == sum(row["notices"] for row in reports)
