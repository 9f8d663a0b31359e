"""Reading addresses, against `ipaddress`."""

import ipaddress

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schakel.matching import addresses
from tests.matching import worlds

scrambled = st.text(alphabet="0123456789abcdefABCDEFg:::...//%x ", max_size=24)
groups = st.lists(st.integers(0, 0xFFFFF).map(lambda number: f"{number:x}"), min_size=6, max_size=9)
gapped = st.builds(lambda parts, at: ":".join([*parts[:at], "", *parts[at:]]), groups, st.integers(0, 9))
dotted = st.lists(st.sampled_from(["0", "00", "1", "01", "255", "256", "1000", ""]), min_size=3, max_size=5)
lengths = st.sampled_from(["", "/0", "/8", "/32", "/33", "/96", "/128", "/129", "/", "/08", "/255.0.0.0", "/8/8"])
texts = st.builds(
    str.__add__,
    scrambled | groups.map(":".join) | gapped | dotted.map(".".join) | worlds.addresses(),
    st.just("") | lengths,
)


def plain(text):
    try:
        found = ipaddress.ip_interface(text or "")
    except ValueError:
        return 0, 0, 0
    length, number = found.network.prefixlen, int(found.ip)
    if found.version == 6 and number >> 32 == 0xFFFF and length >= 96:
        return 4, number & 0xFFFFFFFF, length - 96
    return found.version, number, length


def read(values):
    found = addresses.read(pl.Series(values, dtype=pl.String))
    return [
        (int(family), int(high) << 64 | int(low), int(length))
        for family, high, low, length in zip(found.family, found.high, found.low, found.length, strict=True)
    ]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.none() | texts, max_size=40))
def test_reading_agrees_with_the_standard_library(values):
    assert read(values) == [plain(value) for value in values]


@pytest.mark.parametrize(
    "text",
    [
        "::", "::1", "1::", "1::2", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1:2:3::5:6:7:8",
        "1:2:3:4:5:6:7:8:9", "1::2::3", ":::", "::::", ":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:", ":1::2", "1::2:", "1:2",
        "1:2:3:4::5:6:7:8", "::12345", "::g", "1:2:3:4:5:6:1.2.3.4", "::1.2.3.4", "::ffff:1.2.3.4", "::FFFF:1.2.3.4",
        "::ffff:1.2.3.4/120", "::ffff:1.2.3.4/95", "::ffff:1.2.3.999", "fe80::1%eth0", "1.2.3.4", "01.2.3.4",
        "1.2.3.4.", ".1.2.3.4", "1.2.3.4/32", "1.2.3.4/33", "1.2.3.4/-1", "1.2.3.4/+1", "1.2.3.4/ 1", " 1.2.3.4",
        "1.2.3.\u0664", "\u0661.2.3.4", "1.2.3.4/\u0661", "1.2.3.4\x00", "0x1.2.3.4", "1.2.3.4:80", "1;2;3;4",
    ],
)  # fmt: skip
def test_each_edge_agrees_with_the_standard_library(text):
    assert read([text]) == [plain(text)]
    assert read(["192.0.2.1", None, text, "2001:db8::1"])[2] == plain(text)


def test_a_slice_of_a_column_is_read_from_its_own_place():
    column = pl.Series(["192.0.2.1", "192.0.2.2", "192.0.2.3"])[1:2]
    assert addresses.read(column).low.tolist() == [int(ipaddress.ip_address("192.0.2.2"))]
