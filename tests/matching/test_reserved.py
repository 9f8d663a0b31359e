"""Ranges that belong to nobody."""

import polars as pl
import pytest

from schakel.matching import Index, reserved
from tests.matching.plain import Claim, Row, frames, rows_frame

EVERYTHING = [Claim("network", 1, 2, "0.0.0.0/0"), Claim("network", 3, 4, "::/0")]


def warned(address, *, documentation):
    index = Index.build(**frames(EVERYTHING), warnings=reserved.never_matching(documentation=documentation))
    assert len(index.refused) == 0
    return index.match(rows_frame([Row(address)])).warned["list"].to_list()


@pytest.mark.parametrize(
    "address",
    ["10.1.2.3", "127.0.0.1", "169.254.1.1", "172.31.255.255", "192.168.0.1", "100.64.0.1", "255.255.255.255",
     "224.0.0.1", "::", "::1", "fe80::1", "fd00::1", "ff02::1", "::ffff:10.0.0.1", "2002::1"],
)  # fmt: skip
def test_special_addresses_never_match(address):
    assert warned(address, documentation=False) == ["special-purpose"]


@pytest.mark.parametrize("address", ["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"])
def test_documentation_ranges_match_unless_asked_otherwise(address):
    assert warned(address, documentation=False) == []
    assert warned(address, documentation=True) == ["documentation"]


@pytest.mark.parametrize("address", ["172.32.0.1", "100.128.0.1", "9.255.255.255", "2a00::1", "::ffff:9.9.9.9"])
def test_ordinary_addresses_are_left_alone(address):
    assert warned(address, documentation=True) == []


def test_the_lists_are_a_frame_of_kind_value_and_name():
    assert reserved.never_matching().schema == {"kind": pl.String, "value": pl.String, "name": pl.String}
