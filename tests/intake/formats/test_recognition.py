"""What a file is."""

import gzip
import io
import zipfile

import pytest

from schakel.intake.formats import FormatRefused, recognise


@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        (b'"timestamp","ip","asn","geo"\n', "x", "shadowserver"),
        (b"timestamp,src_ip,src_asn,infection\n", "x", "shadowserver"),
        (b"timestamp,ip,note\n", "x", "table"),
        (b"ip;poort\n", "x", "table"),
        (b"ip\n192.0.2.1\n", "x.txt", "lists"),
        (b"ip\n192.0.2.1\n", "x.csv", "table"),
        (b"naam;telefoon\n", "x", "table"),
        (b"192.0.2.1\n", "x", "lists"),
        (b"# a remark\n\n", "x", "lists"),
        (b"Dear all\nhxxp://a[.]example\n", "x", "lists"),
        (b"", "x", "lists"),
        (b"PAR1....", "x", "table"),
        (b'{"a": 1}\n', "x", "table"),
        (b'[\n{"a": 1}]', "x", "table"),
        (b'{"xarf_version": "4"}', "x", "xarf"),
        (b'[{"Version": "3", "Report": {"ReportClass": "x"}}]', "x", "xarf"),
        (b"sep=;\nip;host\n", "x", "table"),
        ("ip,host\n".encode("utf-16"), "x", "table"),
        (b"naam,caf\xe9,ip\n", "x", "table"),
    ],
)
def test_the_content_tells_the_format(content, name, expected):
    assert recognise(content, name) == expected
    assert recognise(gzip.compress(content), name) == expected
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr(name, content)
    assert recognise(archive.getvalue(), name) == expected


@pytest.mark.parametrize(
    ("content", "reason"),
    [(bytes(range(256)) * 9, "binary"), (b"Dear all\nbye\n", "unknown-format"), (b"Rar!\x1a\x07", "unknown-archive")],
)
def test_what_is_no_report_is_refused(content, reason):
    with pytest.raises(FormatRefused) as refused:
        recognise(content, "x")
    assert refused.value.reason == reason


def test_a_broken_archive_is_recognised_by_what_is_left():
    assert recognise(gzip.compress(b"192.0.2.1\n" * 1000)[:40], "x") == "lists"
    assert recognise(b"PK\x03\x04", "x") == "lists"
