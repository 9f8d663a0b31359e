"""Each format's own sample, and every real report that lies beside the project."""

import json
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import pytest

from schakel.intake.formats import FORMATS, FormatRefused, recognise
from tests.intake.formats.whole import whole

HOME = Path(str(files("schakel.intake.formats")))
SAMPLES = {
    path.parent.name: path
    for path in HOME.glob("*/*")
    if path.suffix in {".csv", ".txt", ".json"} and path.stem != "expected"
}


def filled(rows):
    return [
        {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in row.items()
            if value is not None
        }
        for row in rows
    ]


def test_every_format_has_a_sample():
    assert set(SAMPLES) == set(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_a_sample_is_read_as_expected(name):
    path = SAMPLES[name]
    expected = json.loads((path.parent / "expected.json").read_text(encoding="utf-8"))
    found = whole(path, name=path.name)
    assert recognise(path.read_bytes(), path.name) == name
    assert filled(found.observations) == expected["observations"]
    assert filled(found.quarantined) == expected["quarantined"]


def reports(shared_samples):
    yield from sorted((shared_samples / "shadowserver").glob("*.csv"))
    yield from sorted((shared_samples / "abuse-mail" / "xarf" / "samples").glob("*/*.json"))


def test_every_real_report_is_read_without_loss(shared_samples):
    for path in reports(shared_samples):
        found = whole(path, name=path.name)
        lines = path.read_text(encoding="utf-8").strip().count("\n") if path.suffix == ".csv" else 1
        assert (path.name, found.rows, found.reasons) == (path.name, lines, [])
        assert "other" not in found.column("kind") or "copyright" in path.name


def refusal_or_rows(path):
    try:
        return whole(path, name=path.name).rows
    except FormatRefused as refused:
        return refused


def test_every_other_table_of_the_samples_is_read_or_refused_in_words(shared_samples):
    folders = [shared_samples / name for name in ("misp/csv", "ip", "ip/mmdb", "nl-organisations")]
    found = [refusal_or_rows(path) for folder in folders for path in sorted(folder.iterdir()) if path.is_file()]
    refusals = [one for one in found if isinstance(one, FormatRefused)]
    assert {one.reason for one in refusals} == {"binary", "unknown-columns", "unknown-format"}
    assert all(one.sentence.endswith(".") for one in refusals)
    assert len(found) - len(refusals) > 5


def test_lists_of_real_domains_are_read(shared_samples):
    found = whole(shared_samples / "nl-organisations" / "government-domains.csv", name="government-domains.csv")
    assert found.rows == len(found.observations) == 1472
    assert found.column("host")[0] == "2todrive.nl"
