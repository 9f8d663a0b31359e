"""Encodings, line ends and lines of any length."""

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schakel.intake.formats.flows import Flow
from schakel.intake.formats.shapes import FormatRefused, Reject
from schakel.intake.formats.text import Block, Text
from tests.intake.formats.whole import whole


def lines(*pieces: bytes, limit: int = 1 << 20, encoding: str | None = None):
    notes: list[str] = []
    items = list(Text(Flow(pieces), line_bytes=limit, notes=notes, encoding=encoding))
    return items, notes


def body(*pieces: bytes, **options) -> bytes:
    return b"".join(item.body for item in lines(*pieces, **options)[0] if isinstance(item, Block))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_text_is_read_by_its_byte_order_mark(encoding):
    mark = "\ufeff" if encoding in {"utf-16-le", "utf-16-be"} else ""
    assert body((mark + "é,€\nü\n").encode(encoding)) == "é,€\nü\n".encode()


def test_a_lone_half_of_a_character_does_not_stop_the_reading():
    assert body(b"\xff\xfea\x00\n\x00\x00\xd8") == "a\n\ufffd\n".encode()


def test_lines_that_are_not_utf8_are_read_as_windows_1252_with_one_note():
    found, notes = lines(b"caf\xe9\nna\xc3\xafve\n\x80\x81\n")
    assert found == [Block(1, "café\nnaïve\n€\ufffd\n".encode())]
    assert len(notes) == 1


def test_an_encoding_can_be_stated():
    assert body(b"caf\xe9\n", encoding="latin-1") == "café\n".encode()
    with pytest.raises(FormatRefused, match="unknown encoding"):
        lines(b"", encoding="klingon")


@pytest.mark.parametrize("pieces", [(b"a\r\nb\r\n",), (b"a\r", b"\nb\r\n"), (b"a\nb",), (b"a\rb\r",), (b"a\rb", b"\r")])
def test_every_line_end_becomes_a_newline(pieces):
    assert body(*pieces) == b"a\nb\n"


@settings(deadline=None)
@given(st.lists(st.sampled_from([b"a", b"\r", b"\n", b"\r\n"]), max_size=12), st.integers(1, 5))
def test_the_pieces_of_a_stream_do_not_matter(parts, size):
    content = b"x\n" + b"".join(parts)
    pieces = [content[at : at + size] for at in range(0, len(content), size)]
    assert body(*pieces) == body(content)


def test_over_long_lines_are_kept_apart_with_their_number():
    found, _ = lines(b"a\n" + b"b" * 50 + b"\nc\n" + b"d" * 50 + b"\n" + b"e" * 50 + b"\nf\n", limit=20)
    assert [(item.line, getattr(item, "body", b"")) for item in found] == [
        (1, b"a\n"),
        (2, b""),
        (3, b"c\n"),
        (4, b""),
        (5, b""),
        (6, b"f\n"),
    ]
    assert [item.raw for item in found if isinstance(item, Reject)] == ["b" * 50, "d" * 50, "e" * 50]


def test_a_line_at_the_limit_is_kept():
    assert body(b"a" * 20 + b"\n" + b"b" * 21 + b"\n", limit=20) == b"a" * 20 + b"\n"


def test_a_last_line_without_its_end_is_a_line():
    assert lines(b"a\nb" + b"b" * 30, limit=20)[0][1] == Reject(line=2, reason="line-too-long", raw="b" * 31)


def test_a_hundred_megabytes_on_one_line_cost_little_memory():
    class Long:
        """100 MB of one letter within two good rows, made as it is read."""

        def __init__(self) -> None:
            self._pieces = iter([b"ip,asn\n192.0.2.1,64496\n", *([b"x" * (1 << 20)] * 100), b"\n192.0.2.2,64496\n"])

        def read(self, size: int) -> bytes:
            return next(self._pieces, b"")

    tracemalloc.start()
    found = whole_stream(Long())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == (["192.0.2.1", "192.0.2.2"], [(3, "line-too-long")], [2, 4])
    assert peak < 80 << 20


def whole_stream(stream):
    from schakel.intake.formats import ReadOptions, read
    from tests.intake.formats.whole import NOON

    batches = list(read(stream, name="long.csv", options=ReadOptions(received_at=NOON)))
    rows = [row for batch in batches for row in batch.observations.to_dicts()]
    bad = [(row["line"], row["reason"]) for batch in batches for row in batch.quarantined.to_dicts()]
    return [row["address"] for row in rows], bad, [row["line"] for row in rows]


def test_a_nul_in_a_record_is_kept_apart_and_shown():
    found = whole(b"ip,host\n192.0.2.1,a\x00b\n192.0.2.2,c.example\n")
    assert (found.column("address"), found.reasons) == (["192.0.2.2"], ["nul-byte"])
    assert found.quarantined[0]["raw"] == "192.0.2.1,a\ufffdb"
