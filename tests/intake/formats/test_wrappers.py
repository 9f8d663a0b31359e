"""Archives: whole, in parts, broken, hostile."""

import bz2
import gzip
import io
import struct
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schakel.intake.formats import FormatRefused, Limits, recognise
from tests.intake.formats.whole import whole

ROWS = b"".join(b"192.0.2.%d,%d\n" % (index % 256, 64496 + index % 15) for index in range(3000))
TABLE = b"ip,asn\n" + ROWS


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED, stream: bool = False) -> bytes:
    target = io.BytesIO()
    out = Unseekable(target) if stream else target
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return target.getvalue()


class Unseekable(io.RawIOBase):
    """Makes zipfile write its sizes behind the content, as a stream has them."""

    def __init__(self, target: io.BytesIO) -> None:
        super().__init__()
        self._target = target

    def writable(self) -> bool:
        return True

    def write(self, content) -> int:
        return self._target.write(content)


@pytest.mark.parametrize(
    "content",
    [
        TABLE,
        gzip.compress(TABLE),
        gzip.compress(TABLE[:1000]) + gzip.compress(TABLE[1000:]) + b"\x00" * 512,
        zipped(("report.csv", TABLE)),
        zipped(("report.csv", TABLE), stream=True),
        zipped(("report.csv", TABLE), method=zipfile.ZIP_STORED),
        zipped(("folder/", b""), ("__MACOSX/._report.csv", b"\x00\x05"), ("folder/report.csv", TABLE)),
    ],
    ids=["plain", "gzip", "gzip members", "zip", "zip from a stream", "zip stored", "zip with a folder"],
)
def test_every_wrapping_gives_the_same_rows(content):
    found = whole(content)
    assert (found.rows, found.reasons) == (3000, [])
    assert found.column("line")[-1] == 3001
    assert recognise(content, "report.csv") == "table"


def test_a_file_on_disk_is_read_like_a_pipe(tmp_path):
    path = tmp_path / "report.csv.gz"
    path.write_bytes(gzip.compress(TABLE))
    found = whole(path, name=path.name)
    assert found.rows == 3000
    assert found.batches[0].member == "report.csv"


def test_several_files_in_a_zip_are_each_a_file_with_its_own_name():
    first = b'"timestamp","ip","asn","geo"\n"2026-01-15 00:00:00","192.0.2.1",64496,"NL"\n'
    found = whole(zipped(("2026-01-15-scan_rdp-x.csv", first), ("list.txt", b"192.0.2.2\n")), name="mail.zip")
    assert found.column("kind") == ["exposed-remote-desktop", "other"]
    assert [batch.member for batch in found.batches] == ["2026-01-15-scan_rdp-x.csv", "list.txt"]


def test_the_name_of_the_archive_tells_the_type_where_the_file_within_does_not():
    first = b'"timestamp","ip","asn","geo"\n"2026-01-15 00:00:00","192.0.2.1",64496,"NL"\n'
    found = whole(zipped(("data.csv", first)), name="2026-01-15-scan_rdp-x.zip")
    assert found.column("kind") == ["exposed-remote-desktop"]


def test_a_file_in_a_zip_that_cannot_be_read_is_a_row_of_its_own():
    found = whole(zipped(("read.me.pdf", bytes(range(256)) * 4), ("list.txt", b"192.0.2.2\n")), name="mail.zip")
    assert (found.rows, found.reasons) == (2, ["member-refused"])
    assert "read.me.pdf" in found.quarantined[0]["raw"]
    with pytest.raises(FormatRefused, match="not text"):
        whole(zipped(("read.me.pdf", bytes(range(256)) * 4)), name="mail.zip")


@pytest.mark.parametrize("wrap", [gzip.compress, lambda content: zipped(("report.csv", content))], ids=["gzip", "zip"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_rows_before_a_break_are_kept_and_the_broken_one_is_not(wrap, share):
    content = wrap(TABLE)
    found = whole(content[: int(len(content) * share)])
    assert found.reasons == ["truncated"]
    assert 0 < len(found.observations) < 3000
    good = {row.split(b",")[0].decode() for row in ROWS.splitlines()}
    assert set(found.column("address")) <= good
    assert found.quarantined[0]["line"] == len(found.observations) + 2


@pytest.mark.parametrize("size", [20, 45])
def test_an_archive_that_breaks_before_its_first_row_says_so(size):
    assert whole(zipped(("report.csv", TABLE))[:size]).reasons == ["truncated"]


def test_a_zip_that_breaks_between_two_files_says_so():
    content = zipped(("a.txt", b"192.0.2.1\n"), ("b.txt", b"192.0.2.2\n"))
    found = whole(content[: content.rindex(b"PK\x03\x04")], name="x.zip")
    assert (found.column("address"), found.reasons) == (["192.0.2.1"], ["truncated"])


def test_a_stored_file_that_breaks_off_says_so():
    content = zipped(("report.csv", TABLE), method=zipfile.ZIP_STORED)
    assert whole(content[:2000]).reasons == ["truncated"]


def test_a_stream_zip_that_breaks_within_its_sizes_says_so():
    content = zipped(("a.txt", b"192.0.2.1\n"), stream=True)
    assert whole(content[: content.index(b"PK\x07\x08") + 6], name="x.zip").reasons == ["truncated"]


def test_a_flipped_bit_is_damage():
    content = bytearray(zipped(("report.csv", TABLE), method=zipfile.ZIP_STORED))
    content[500] ^= 1
    assert whole(bytes(content)).reasons[-1] == "damaged"
    packed = bytearray(gzip.compress(TABLE))
    packed[-5] ^= 1
    assert whole(bytes(packed)).reasons == ["damaged"]


def test_what_follows_a_gzip_file_is_damage():
    assert whole(gzip.compress(TABLE) + b"and more").reasons == ["damaged"]


def test_what_follows_a_file_in_a_zip_is_damage():
    content = zipped(("a.txt", b"192.0.2.1\n"))
    cut = content.index(b"PK\x01\x02")
    assert whole(content[:cut] + b"garbage!" + content[cut:], name="x.zip").reasons == ["damaged"]


def test_sizes_without_their_signature_are_read():
    content = zipped(("a.txt", b"192.0.2.1\n"), ("b.txt", b"192.0.2.2\n"), stream=True).replace(b"PK\x07\x08", b"")
    found = whole(content, name="x.zip")
    assert (found.column("address"), found.reasons) == (["192.0.2.1", "192.0.2.2"], [])


def test_sizes_of_eight_bytes_are_read():
    packed = zlib.compressobj(wbits=-15)
    data = packed.compress(b"192.0.2.1\n") + packed.flush()
    header = struct.pack("<4sHHHHHLLLHH", b"PK\x03\x04", 45, 8, 8, 0, 0, 0, 0xFFFFFFFF, 0xFFFFFFFF, 5, 20)
    extra = struct.pack("<HHQQ", 1, 16, 0, 0)
    tail = struct.pack("<4sLQQ", b"PK\x07\x08", zlib.crc32(b"192.0.2.1\n"), len(data), 10)
    found = whole(header + b"a.txt" + extra + data + tail + b"PK\x01\x02", name="x.zip")
    assert (found.column("address"), found.reasons) == (["192.0.2.1"], [])


def test_a_stored_size_of_eight_bytes_is_read():
    content = b"192.0.2.1\n"
    header = struct.pack(
        "<4sHHHHHLLLHH", b"PK\x03\x04", 45, 0, 0, 0, 0, zlib.crc32(content), 0xFFFFFFFF, 0xFFFFFFFF, 5, 28
    )
    extra = struct.pack("<HHL", 9, 4, 7) + struct.pack("<HHQQ", 1, 16, len(content), len(content))
    found = whole(header + b"a.txt" + extra + content + b"PK\x01\x02", name="x.zip")
    assert (found.column("address"), found.reasons) == (["192.0.2.1"], [])
    missing = header.replace(struct.pack("<HH", 5, 28), struct.pack("<HH", 5, 8)) + b"a.txt" + extra[:8]
    assert whole(missing + content, name="x.zip").reasons == ["truncated"]


def test_a_bomb_is_refused_at_its_ratio():
    with pytest.raises(FormatRefused, match="200 times") as refused:
        whole(gzip.compress(b"192.0.2.1\n" * 200_000, 9), limits=Limits(ratio_from_bytes=1 << 20))
    assert refused.value.reason == "bomb"


def test_a_file_above_the_limit_is_refused():
    for content in (TABLE, gzip.compress(TABLE), zipped(("report.csv", TABLE))):
        with pytest.raises(FormatRefused, match="larger than") as refused:
            whole(content, limits=Limits(decompressed_bytes=1000))
        assert refused.value.reason == "too-large"


def test_archives_in_archives_are_refused():
    inner = gzip.compress(TABLE)
    for content in (
        gzip.compress(inner),
        zipped(("report.csv.gz", inner)),
        zipped(("a.zip", zipped(("a.csv", TABLE)))),
    ):
        with pytest.raises(FormatRefused, match="unpack it first") as refused:
            whole(content)
        assert refused.value.reason == "nested-archive"


def test_locked_archives_are_refused():
    content = bytearray(zipped(("report.csv", TABLE)))
    content[6] |= 1
    with pytest.raises(FormatRefused, match="password"):
        whole(bytes(content))


def test_workbooks_and_other_archives_are_refused_in_words():
    with pytest.raises(FormatRefused, match="save it as CSV"):
        whole(zipped(("[Content_Types].xml", b"<x/>"), ("xl/workbook.xml", b"<x/>")))
    with pytest.raises(FormatRefused, match="Only gzip and zip"):
        whole(bz2.compress(TABLE))
    with pytest.raises(FormatRefused, match="do not open"):
        whole(zipped(("report.csv", TABLE), method=zipfile.ZIP_BZIP2))


@pytest.mark.parametrize(
    "content",
    [b"", zipped(), gzip.compress(b""), zipped(("report.csv", b""))],
    ids=[
        "plain",
        "zip",
        "gzip",
        "zip of nothing",
    ],  # Their bytes hold the time, so they would name a test anew each run.
)
def test_an_empty_file_is_no_rows_and_a_note(content):
    found = whole(content)
    assert found.rows == 0
    assert "empty" in found.notes[0]


def test_a_header_alone_is_no_rows_and_a_note():
    assert "no rows" in whole(b"ip,asn\n").notes[0]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["gzip", "zip"]), st.integers(0, 10**9), st.integers(1, 255))
def test_a_changed_byte_never_breaks_the_reading(kind, place, change):
    content = bytearray(gzip.compress(TABLE[:400]) if kind == "gzip" else zipped(("a.csv", TABLE[:400])))
    content[place % len(content)] ^= change
    try:
        whole(bytes(content))
    except FormatRefused as refused:
        assert refused.sentence  # noqa: PT017
