"""X-ARF of both versions."""

import json
import tomllib
from pathlib import Path

from schakel.intake.formats.xarf import parser
from schakel.intake.formats.xarf.parser import TYPES
from schakel.intake.kinds import KINDS, SEVERITIES
from tests.intake.formats.whole import whole


def report(**members):
    content = {
        "xarf_version": "4.2.0",
        "timestamp": "2026-01-15T10:11:12Z",
        "source_identifier": "192.0.2.1",
        **members,
    }
    return whole(json.dumps(content).encode(), name="x.json")


def test_the_kinds_and_severities_of_the_table_exist():
    assert {known["kind"] for known in TYPES.values()} <= set(KINDS)
    assert {known["severity"] for known in TYPES.values() if "severity" in known} <= set(SEVERITIES)
    assert tomllib.loads(Path(parser.__file__).with_name("types.toml").read_text(encoding="utf-8")) == dict(TYPES)


def test_severity_is_the_reports_own_then_the_types_then_the_kinds():
    assert report(category="messaging", type="bulk-messaging", severity="high").column("severity") == ["high"]
    assert report(category="messaging", type="bulk messaging").column("severity") == ["low"]
    assert report(category="connection", type="infected_host").column("severity") == ["critical"]


def test_an_unknown_sort_is_other():
    assert report(category="weather", type="rain").column("kind") == ["other"]
    assert report().column("kind") == ["other"]


def test_evidence_is_not_kept():
    kept = report(category="content", type="phishing", evidence=[{"payload": "c2VjcmV0"}]).observations[0]["source_row"]
    assert "c2VjcmV0" not in kept
    old = {
        "Version": "3",
        "Report": {
            "ReportClass": "Content",
            "ReportType": "phishing",
            "Source": {"URL": "https://a.example/"},
            "Attachment": [{"Data": "c2VjcmV0"}],
        },
    }
    assert "c2VjcmV0" not in whole(json.dumps(old).encode(), name="x.json").observations[0]["source_row"]


def test_each_sort_of_source_is_understood():
    for source, column in (
        ("192.0.2.1", "address"),
        ("2001:db8::1", "address"),
        ("a.example", "host"),
        ("jan@a.example", "email"),
        ("https://a.example/x", "url"),
    ):
        assert report(source_identifier=source).column(column) == [source]
