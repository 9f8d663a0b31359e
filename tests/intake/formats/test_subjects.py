"""What a text points at."""

import ipaddress

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schakel.intake.formats.subjects import are_addresses, networks_of, refanged, sorted_out


def addresses(*texts):
    return are_addresses(pl.Series(texts, dtype=pl.String)).to_list()


@settings(deadline=None)
@given(st.ip_addresses() | st.ip_addresses(v=4, network="192.0.2.0/24"))
def test_every_address_is_one(address):
    assert addresses(str(address)) == [True]


@settings(deadline=None)
@given(st.ip_addresses(), st.integers(0, 140))
def test_a_network_is_one_when_its_length_fits(address, bits):
    assert addresses(f"{address}/{bits}") == [bits <= address.max_prefixlen]


@settings(deadline=None)
@given(st.text(alphabet="0123456789abcdef.:/", max_size=20))
def test_only_what_the_standard_library_takes_is_an_address(text):
    try:
        ipaddress.ip_network(text, strict=False)
        expected = "/" not in text or (
            text.rpartition("/")[2].isdecimal()
            and len(str(int(text.rpartition("/")[2]))) == len(text.rpartition("/")[2])
        )
    except ValueError:
        expected = False
    assert addresses(text)[0] is expected or text.rpartition("/")[2] != str(text.rpartition("/")[2]).lstrip("0")


def test_near_misses_are_no_addresses():
    assert not any(
        addresses("999.1.1.1", "1.2.3", "01.2.3.4", "1.2.3.4/33", "fe80::1%eth0", "::1/x", "::1/1234", "", None, "a:b")
    )
    assert all(addresses("::ffff:192.0.2.1", "::/0", "0.0.0.0/0", "2001:DB8::1/128"))


SORTS = [
    ("192.0.2.1", "address", "192.0.2.1"),
    ("192.0.2.0/24", "address", "192.0.2.0/24"),
    ("2001:db8::1", "address", "2001:db8::1"),
    ("[2001:db8::1]", "address", "2001:db8::1"),
    ("harbour.example", "host", "harbour.example"),
    ("WWW.harbour.example.", "host", "WWW.harbour.example."),
    ("_dmarc.harbour.example", "host", "_dmarc.harbour.example"),
    ("café.example", "host", "café.example"),
    ("xn--caf-dma.xn--p1ai", "host", "xn--caf-dma.xn--p1ai"),
    ("https://harbour.example/a?b", "url", "https://harbour.example/a?b"),
    ("harbour.example/login", "url", "harbour.example/login"),
    ("jan@harbour.example", "email", "jan@harbour.example"),
    ("AS64496", "asn", "AS64496"),
    ("as 64496", "asn", "as 64496"),
]


@pytest.mark.parametrize(("text", "column", "value"), SORTS)
def test_each_sort_goes_to_its_column(text, column, value):
    found = sorted_out(pl.Series([text])).row(0, named=True)
    assert {name: one for name, one in found.items() if one is not None} == {column: value}


@pytest.mark.parametrize(
    "text",
    ["hello", "3.14", "1.2.3.4.5", "744c07e886497f7b68f6f7fe57b7ab54", "a..b", "a b.nl", "@", "", "a\ufffdb.example"],
)
def test_what_is_no_asset_goes_nowhere(text):
    assert set(sorted_out(pl.Series([text])).row(0)) == {None}


def test_a_port_behind_an_address_is_kept():
    found = sorted_out(pl.Series(["192.0.2.1:443", "[2001:db8::1]:8443"]))
    assert found.select("address", "port").rows() == [("192.0.2.1", "443"), ("2001:db8::1", "8443")]


@pytest.mark.parametrize(
    ("text", "meant"),
    [("hxxp://a[.]nl", "http://a.nl"), ("hXXps[:]//a(.)nl", "https://a.nl"), ("h**ps[://]a{.}nl", "https://a.nl"),
     ("jan[at]a[dot]nl", "jan@a.nl"), ("jan(at)a.nl", "jan@a.nl"), ("a[@]b.nl", "a@b.nl"), ("a.nl", "a.nl")],
)  # fmt: skip
def test_what_was_made_unclickable_is_turned_back(text, meant):
    assert pl.DataFrame({"t": [text]}).select(refanged(pl.col("t"))).item() == meant


def test_ranges_become_networks():
    assert networks_of("192.0.2.4-192.0.2.9") == ["192.0.2.4/30", "192.0.2.8/31"]
    assert networks_of("192.0.2.10\u201320") == ["192.0.2.10/31", "192.0.2.12/30", "192.0.2.16/30", "192.0.2.20"]
    assert networks_of("2001:db8::-2001:db8::1") == ["2001:db8::/127"]
    assert networks_of("192.0.2.1-2001:db8::1") is None
    assert networks_of("2001:db8::1-192.0.2.1") is None
    assert networks_of("de.be-fa") is None
    with pytest.raises(ValueError, match="greater than first"):
        networks_of("192.0.2.9-192.0.2.4")
