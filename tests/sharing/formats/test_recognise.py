import gzip
import io
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schakel.sharing.formats.base import MAXIMUM_BYTES, Unreadable
from schakel.sharing.formats.recognise import recognised
from schakel.sharing.formats.registry import formats
from tests.sharing.formats.outcome import outcome

MAIL = b"From: a@haven.example\nSubject: Hoi\n\nWoorden\n"
RSS = b"<rss version='2.0'><channel><item><title>Hoi</title></item></channel></rss>"


def zipped(**members):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return archive.getvalue()


def read(content):
    return list(recognised(content, formats()).read(content))


def refused(content):
    with pytest.raises(Unreadable) as refusal:
        read(content)
    return refusal.value


def read_or_refused(content):
    try:
        return outcome(recognised(content, formats()), content)
    except Unreadable as refusal:
        return refusal.reason


KNOWN = [
    (MAIL, "mail"),
    (b"Return-Path: <a@b.example>\r\nDelivered-To: c@d.example\r\n\r\n", "mail"),
    (RSS, "feed"),
    (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- x --><feed xmlns='http://www.w3.org/2005/Atom'/>", "feed"),
    (b"Onderwerp: geen mail\nFrom: wel\n", "text"),
    (b"# Kop\n\nFrom: a\nSubject: b", "text"),
    (gzip.compress(MAIL, mtime=0), "packed"),
    (zipped(a=RSS), "packed"),
]


@pytest.mark.parametrize(("content", "slug"), KNOWN, ids=map(str, range(len(KNOWN))))
def test_content_says_what_it_is(content, slug):
    assert recognised(content, formats()).slug == slug


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"<html></html>", b"\x00\x00\x00\x00", b'{"a": 1}'])
def test_what_nobody_knows_is_refused_with_what_is_known(content):
    refusal = refused(content)
    assert refusal.code == "unknown-format"
    assert "mail" in str(refusal.reason)


def test_an_archive_is_read_file_by_file():
    assert [document.title for document in read(zipped(a=RSS, b=MAIL, c=b"evil.example"))] == [
        "Hoi",
        "Hoi",
        "evil.example",
    ]


def test_a_broken_file_in_an_archive_is_named():
    refusal = refused(zipped(**{"goed.txt": b"woorden", "stuk.xml": b"<rss><a>"}))
    assert (refusal.code, refusal.place) == ("syntax", "stuk.xml line 1, column 9")


def test_archives_within_archives_are_refused():
    assert refused(zipped(a=zipped(a=b"x"))).code == "syntax"
    assert refused(gzip.compress(gzip.compress(b"x"))).code == "syntax"


def test_an_archive_in_a_mail_in_an_archive_is_not_opened():
    inner = zipped(a=b"evil.example")
    mail = (
        MAIL.replace(b"\n\n", b"\nContent-Type: multipart/mixed; boundary=b\n\n")
        + b"--b\nContent-Disposition: attachment; filename=a.zip\n\n"
    )
    [document] = read(zipped(a=mail + inner + b"\n--b--\n"))
    assert document.title == "Hoi"


def test_a_bomb_is_stopped_before_it_goes_off():
    assert refused(gzip.compress(bytes(MAXIMUM_BYTES * 3), 1)).code == "too-large"
    assert refused(zipped(a=b"\n" * (MAXIMUM_BYTES + 1))).code == "too-large"


def test_a_cut_archive_is_refused():
    assert refused(gzip.compress(b"evil.example" * 1000)[:-20]).code == "syntax"


@given(
    st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"\x1f\x8b\x08", b"<rss", b"From: a\nTo: b\n", b"{"])
)
def test_any_bytes_are_read_or_refused(content, start):
    assert read_or_refused(start + content)


@given(st.binary(max_size=300))
def test_any_damaged_archive_is_read_or_refused(content):
    whole = gzip.compress(b"evil.example")
    assert read_or_refused(whole[: len(content) % len(whole)] + content + zlib.compress(content))
