"""Plain lists, as people type them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schakel.intake.formats import Limits
from tests.intake.formats.whole import whole


def assets(text: str, **options):
    found = whole(text.encode(), name="list.txt", format="lists", **options)
    return [
        row["url"] or row["email"] or row["address"] or row["host"] or row["asn"] for row in found.observations
    ], found


@settings(deadline=None)
@given(st.lists(st.ip_addresses(), min_size=1, max_size=9), st.sampled_from(["\n", ", ", ";", " ", "\t", " | ", ",\n"]))
def test_any_separator_will_do(addresses, separator):
    assert assets(separator.join(map(str, addresses)))[0] == [str(address) for address in addresses]


@pytest.mark.parametrize("header", ["ip", "IP address", "# ip", "domein", "ip,domain", '"E-mail"'])
def test_a_header_is_no_row(header):
    found = assets(f"{header}\n192.0.2.1\n")[1]
    assert (found.rows, found.column("line")) == (1, [2])


def test_a_header_word_further_on_is_a_row():
    assert assets("192.0.2.1\nip\n")[1].reasons == ["not-an-asset"]


def test_remarks_and_blank_lines_are_no_rows():
    found = assets("# a\n; b\n// c\n   \n192.0.2.1 # d\n192.0.2.2 // e\n\n---\n")[1]
    assert (found.rows, found.column("line")) == (2, [5, 6])


def test_a_list_of_remarks_has_no_rows():
    assert "no rows" in assets("# nothing\n")[1].notes[0]


def test_web_addresses_keep_their_commas():
    assert assets("https://a.example/x,y;z?q=1, hxxp://b[.]example/#top")[0] == [
        "https://a.example/x,y;z?q=1",
        "http://b.example/#top",
    ]
    assert assets("https://a.example/x,https://b.example/y")[0] == ["https://a.example/x", "https://b.example/y"]


def test_a_word_beside_an_asset_is_kept_apart_alone():
    found = assets("192.0.2.1 webserver\n")[1]
    assert [(row["value"], row["raw"]) for row in found.quarantined] == [("webserver", "192.0.2.1 webserver")]


def test_a_covering_letter_is_a_row_a_line():
    found = assets("Dear colleague,\nthis is what we found:\n192.0.2.1\n")[1]
    assert [row["value"] for row in found.quarantined] == ["Dear colleague,", "this is what we found:"]


def test_ranges_are_filled():
    assert assets("192.0.2.0 - 192.0.2.255\n2001:db8::\u20132001:db8::1\n192.0.2.8-9")[0] == [
        "192.0.2.0/24",
        "2001:db8::/127",
        "192.0.2.8/31",
    ]


def test_over_long_lines_and_nul_are_kept_apart():
    found = assets("192.0.2.1\n" + "x" * 300 + "\na\x00b.example\n", limits=Limits(line_bytes=100))[1]
    assert [(row["line"], row["reason"]) for row in found.quarantined] == [(2, "line-too-long"), (3, "not-an-asset")]
    assert found.quarantined[1]["value"] == "a\ufffdb.example"


def test_many_rows_come_in_several_batches():
    found = assets("192.0.2.1\n" * 250_000)[1]
    assert (found.rows, len(found.batches) > 1) == (250_000, True)


def test_kind_and_severity_of_a_list_are_stated_by_who_hands_it_in():
    found = assets("192.0.2.1", default_kind="infected-host", default_severity="low")[1]
    assert (found.column("kind"), found.column("severity")) == (["infected-host"], ["low"])
