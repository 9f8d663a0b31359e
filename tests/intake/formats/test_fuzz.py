"""Any bytes at all: batches that add up, or a refusal in words, and nothing else."""

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schakel.intake.formats import FORMATS, FormatRefused, Limits
from tests.intake.formats.whole import whole

SEEDS = (
    b'"timestamp","ip","asn","geo","tag"\n"2026-01-15 00:00:00","192.0.2.1",1,"NL",x\n',
    b"ip;host\r\n192.0.2.1;a\r\n",
    b'{"ip":"192.0.2.1"}\n{"xarf_version":"4","source_identifier":"192.0.2.1"}\n',
    b"hxxp://a[.]example\n192.0.2.1-9 # x\n",
    b"\xff\xfei\x00p\x00\n\x00",
    b"PAR1",
    b"PK\x03\x04\x14\x00\x00\x00\x08\x00",
    b"\x1f\x8b\x08\x00",
)
pieces = st.lists(
    st.sampled_from(SEEDS) | st.binary(max_size=40) | st.sampled_from([b'"', b",", b"\n", b"\r", b"\x00", b"{", b"["]),
    max_size=6,
)


def try_to_read(content: bytes, **options):
    try:
        whole(content, limits=Limits(line_bytes=100, object_bytes=200, columns=50), **options)
    except FormatRefused as refused:
        assert refused.reason  # noqa: PT017
        assert refused.sentence.endswith(".")  # noqa: PT017


@settings(max_examples=300, deadline=None)
@given(pieces)
def test_any_bytes(some):
    try_to_read(b"".join(some))


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=80, deadline=None)
@given(some=pieces)
def test_any_bytes_as_a_stated_format(name, some):
    try_to_read(b"".join(some), format=name)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(SEEDS[:4]), st.text(max_size=40), st.integers(0, 90))
def test_any_text_in_the_middle_of_a_good_file(seed, text, place):
    try_to_read(seed[:place] + text.encode(errors="replace") + seed[place:])
    try_to_read(gzip.compress(seed + text.encode(errors="replace")))
