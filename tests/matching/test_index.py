"""The index against the plain loop, and each edge by itself."""

from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given, settings

from schakel.matching import BASES, NOBODY, ROLES, Index
from schakel.matching import index as index_module
from tests.matching import worlds
from tests.matching.plain import Claim, Row, counts, frames, holders, rows_frame

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def told(matches, row):
    """The lines of one row as the plain loop writes them."""
    chosen = [
        (int(rank), ROLES[role], BASES[basis], int(asset), int(organisation))
        for at, rank, role, basis, asset, organisation in zip(
            matches.row, matches.rank, matches.role, matches.basis, matches.asset, matches.organisation, strict=True
        )
        if at == row
    ]
    assert [line[0] for line in chosen] == sorted(line[0] for line in chosen)
    return sorted(chosen)


def held(index, **row):
    """(organisation, asset) of the holders of one row, in order."""
    matches = index.match(rows_frame([Row(**row)]))
    return list(zip(matches.organisation.tolist(), matches.asset.tolist(), strict=True))


def networks(*values):
    return Index.build(**frames([Claim("network", at, 100 + at, value) for at, value in enumerate(values)]))


def domains(*values):
    return Index.build(**frames([Claim("domain", at, 100 + at, value) for at, value in enumerate(values)]))


@settings(max_examples=150, deadline=None)
@given(worlds.claims(), worlds.rows)
def test_the_index_agrees_with_the_plain_loop(claims, rows):
    index = Index.build(**frames(claims))
    good = [claim for claim in claims if counts(claim)]
    assert sorted(index.refused["asset"].to_list()) == sorted(claim.asset for claim in claims if not counts(claim))
    matches = index.match(rows_frame(rows))
    for at, row in enumerate(rows):
        assert told(matches, at) == holders(good, row)


@settings(max_examples=60, deadline=None)
@given(worlds.claims(spans=False), worlds.rows)
def test_first_is_the_first_line_of_match(claims, rows):
    index = Index.build(**frames(claims))
    for table in (rows_frame(rows), rows_frame(rows).drop("email")):
        matches, first = index.match(table), index.first(table)
        for at in range(len(rows)):
            lines = [line for line, row in enumerate(matches.row) if row == at]
            assert first.is_held[at] == bool(lines)
            if lines:
                line = lines[0]
                assert first.asset[at] == matches.asset[line]
                assert first.organisation[at] == matches.organisation[line]
                assert first.basis[at] == matches.basis[line]
            else:
                assert first.asset[at] == first.organisation[at] == NOBODY


@settings(max_examples=30, deadline=None)
@given(worlds.claims(), worlds.rows)
def test_blocks_and_threads_change_nothing(claims, rows):
    index = Index.build(**frames(claims))
    whole = index.match(rows_frame(rows))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index_module, "_BLOCK", 2)
        in_blocks = index.match(rows_frame(rows))
    assert in_blocks.frame().equals(whole.frame())
    assert in_blocks.warned.equals(whole.warned)


def test_one_thread_gives_the_same(monkeypatch):
    index = networks("192.0.2.0/24")
    rows = rows_frame([Row(address=f"192.0.2.{last}") for last in range(9)])
    monkeypatch.setattr(index_module, "_BLOCK", 2)
    monkeypatch.setattr(pl, "thread_pool_size", lambda: 1)
    assert index.match(rows).row.tolist() == list(range(9))


def test_an_empty_registry_holds_nobody():
    index = Index.build()
    row = Row("192.0.2.1", "www.example.nl", 64496, "a@example.nl")
    assert held(index, **row._asdict()) == []
    assert not index.first(rows_frame([row])).is_held.any()
    assert len(index.refused) == 0


def test_no_rows_and_no_columns_give_no_lines():
    index = networks("192.0.2.0/24")
    assert len(index.match(rows_frame([]))) == 0
    assert len(index.match(pl.DataFrame({"other": [1, 2]}))) == 0
    assert not index.first(pl.DataFrame({"other": [1, 2]})).is_held.any()


def test_nested_networks_come_most_specific_first():
    index = networks("0.0.0.0/0", "192.0.2.0/24", "192.0.2.128/25", "192.0.2.129")
    assert [asset for _organisation, asset in held(index, address="192.0.2.129")] == [3, 2, 1, 0]
    assert [asset for _organisation, asset in held(index, address="192.0.2.130")] == [2, 1, 0]
    assert [asset for _organisation, asset in held(index, address="198.51.100.1")] == [0]


def test_the_last_address_of_each_family_is_held():
    index = networks("255.255.255.255/32", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128", "::/0", "128.0.0.0/1")
    assert held(index, address="255.255.255.255") == [(100, 0), (103, 3)]
    assert held(index, address="ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff") == [(101, 1), (102, 2)]
    assert held(index, address="ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe") == [(102, 2)]


def test_holders_of_the_same_network_share_their_rank():
    claims = [Claim("network", 5, 1, "192.0.2.0/24"), Claim("network", 4, 2, "192.0.2.0/24")]
    matches = Index.build(**frames([*claims, Claim("network", 6, 3, "192.0.0.0/16")])).match(
        rows_frame([Row(address="192.0.2.1")])
    )
    assert matches.asset.tolist() == [4, 5, 6]
    assert matches.rank.tolist() == [0, 0, 1]


def test_the_whole_of_ipv6_does_not_hold_ipv4():
    assert held(networks("::/0"), address="192.0.2.1") == []
    assert held(networks("::/0"), address="::ffff:192.0.2.1") == []


def test_a_mapped_address_is_the_ipv4_address():
    index = networks("::ffff:192.0.2.0/120", "192.0.2.1/32")
    assert held(index, address="::ffff:c000:201") == [(101, 1), (100, 0)]
    assert held(index, address="192.0.2.2") == [(100, 0)]


def test_a_network_in_a_row_is_held_by_networks_that_contain_it_wholly():
    index = networks("192.0.2.0/24", "192.0.2.0/26", "192.0.2.0/28")
    assert held(index, address="192.0.2.0/26") == [(101, 1), (100, 0)]
    assert held(index, address="192.0.2.0/25") == [(100, 0)]
    assert held(index, address="192.0.2.7/25") == [(100, 0)]
    assert held(index, address="192.0.0.0/16") == []


def test_a_suffix_never_matches_inside_a_label():
    index = domains("example.nl")
    assert held(index, host="a.b.example.nl") == [(100, 0)]
    assert held(index, host="example.nl") == [(100, 0)]
    assert held(index, host="badexample.nl") == []
    assert held(index, host="example.nl.example.com") == []
    assert held(index, host="nl") == []


def test_the_longest_name_comes_first_and_unregistered_names_between_do_not_matter():
    index = domains("example.nl", "a.b.c.example.nl")
    assert held(index, host="x.a.b.c.example.nl") == [(101, 1), (100, 0)]
    assert held(index, host="b.c.example.nl") == [(100, 0)]


@pytest.mark.parametrize("host", ["WWW.Example.NL", "www.example.nl.", "user@Example.nl", "a@b@example.nl."])
def test_spelling_does_not_matter(host):
    assert held(domains("Example.NL."), host=host) == [(100, 0)]


@pytest.mark.parametrize(
    "host", ["www.MÜNCHEN.example", "www.xn--mnchen-3ya.example", "www。münchen。example", "_x.münchen.example"]
)
def test_international_names_are_compared_as_a_labels(host):
    for registered in ("münchen.example", "xn--mnchen-3ya.example", "MÜNCHEN.example."):
        assert held(domains(registered), host=host) == [(100, 0)]


def test_a_mail_address_under_a_name_that_is_not_ascii_has_its_holder():
    index = Index.build(domains=pl.DataFrame({"asset": [7], "domain": ["münchen.nl"], "organisation": [1]}))
    for address in ("post@münchen.nl", "POST@post.MÜNCHEN.nl", "zoë@xn--mnchen-3ya.nl"):
        assert index.match(pl.DataFrame({"email": [address]})).asset.tolist() == [7]


def test_a_label_that_cannot_be_encoded_hides_nothing_behind_it():
    assert held(domains("example.nl"), host="\u2603.example.nl") == [(100, 0)]
    assert held(domains("example.nl"), host="\ufffe.example.nl") in ([], [(100, 0)])


@pytest.mark.parametrize("suffix", ["nl", "co.uk", "github.io", "CO.UK.", "kobe.jp", "x.kobe.jp", "公司.cn"])
def test_a_public_suffix_belongs_to_nobody(suffix):
    index = domains(suffix)
    assert index.refused.rows() == [("domain", 0, suffix, "a public suffix belongs to nobody")]
    assert held(index, host=f"www.a.{suffix}") == []


def test_a_name_below_a_private_suffix_is_somebodys():
    index = domains("sub.github.io", "city.kobe.jp")
    assert held(index, host="www.sub.github.io") == [(100, 0)]
    assert held(index, host="www.city.kobe.jp") == [(101, 1)]


@pytest.mark.parametrize(
    ("table", "value", "reason"),
    [
        ("network", "192.0.2.1/24", "bits set behind the prefix length"),
        ("network", "2001:db8::1/64", "bits set behind the prefix length"),
        ("network", "2001:db8:1::/32", "bits set behind the prefix length"),
        ("network", "192.0.2.0/33", "not an address or network"),
        ("network", "", "not an address or network"),
        ("network", None, "not an address or network"),
        ("domain", "example..nl", "not a domain name"),
        ("domain", "-a.example.nl", "not a domain name"),
        ("domain", f"{'a' * 64}.example.nl", "not a domain name"),
        ("domain", ".".join(["abcdefgh"] * 30), "not a domain name"),
        ("domain", "192.0.2.1", "not a domain name"),
        ("domain", "a b.example.nl", "not a domain name"),
        ("domain", "\u2603.example.nl", "not a domain name"),
        ("domain", "", "not a domain name"),
        ("domain", None, "not a domain name"),
        ("asn", 0, "not an autonomous system number"),
        ("asn", 4294967295, "not an autonomous system number"),
        ("asn", None, "not an autonomous system number"),
    ],
)
def test_what_cannot_count_is_kept_with_its_reason(table, value, reason):
    index = Index.build(**frames([Claim(table, 7, 1, value)]))
    assert index.refused.rows() == [(table, 7, None if value is None else str(value), reason)]


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        (Claim("network", 7, 1, "192.0.2.0/24", "tenant"), "role is neither owner nor operator"),
        (Claim("network", 7, None, "192.0.2.0/24"), "no asset or no organisation"),
        (Claim("network", 7, 1, "192.0.2.0/24", "owner", NOON, NOON), "ends before it begins"),
    ],
)
def test_a_claim_that_makes_no_sense_is_refused(claim, reason):
    assert Index.build(**frames([claim])).refused["reason"].to_list() == [reason]


def test_tables_without_the_optional_columns_will_do():
    index = Index.build(
        networks=pl.DataFrame({"asset": [1], "organisation": [2], "network": ["192.0.2.0/24"]}),
        asns=pl.DataFrame({"asset": [3], "organisation": [4], "asn": pl.Series([64496], dtype=pl.UInt32)}),
    )
    assert held(index, address="192.0.2.9", asn=64496) == [(2, 1), (4, 3)]


@pytest.mark.parametrize("asn", [0, -1, 2**32, 2**40 + 64496, None])
def test_an_odd_number_in_a_row_is_no_asn(asn):
    assert held(Index.build(**frames([Claim("asn", 1, 2, 64496)])), asn=asn) == []


def test_operators_come_after_every_owner():
    claims = [
        Claim("network", 1, 10, "192.0.2.0/28", "operator"),
        Claim("network", 2, 20, "192.0.2.0/24"),
        Claim("domain", 3, 30, "example.nl"),
        Claim("asn", 4, 40, 64496, "operator"),
    ]
    matches = Index.build(**frames(claims)).match(rows_frame([Row("192.0.2.1", "www.example.nl", 64496)]))
    assert matches.frame().drop("row").rows() == [
        (20, 2, "network", 0, "owner"),
        (30, 3, "domain", 1, "owner"),
        (10, 1, "network", 2, "operator"),
        (40, 4, "asn", 3, "operator"),
    ]


def test_host_and_email_bring_each_holder_once():
    index = domains("example.nl", "a.example.nl", "b.example.nl")
    found = index.match(rows_frame([Row(host="x.a.example.nl", email="post@b.example.nl")]))
    assert found.asset.tolist() == [1, 2, 0]
    assert found.rank.tolist() == [0, 0, 1]


def test_an_asset_counts_within_its_span_only():
    index = Index.build(**frames([Claim("network", 1, 2, "192.0.2.0/24", "owner", NOON, NOON.replace(hour=13))]))
    assert held(index, address="192.0.2.1", observed_at=NOON) == [(2, 1)]
    assert held(index, address="192.0.2.1", observed_at=NOON.replace(hour=11, minute=59)) == []
    assert held(index, address="192.0.2.1", observed_at=NOON.replace(hour=13)) == []
    assert held(index, address="192.0.2.1") == []


def test_first_passes_over_an_asset_out_of_its_span():
    claims = [Claim("network", 1, 2, "192.0.2.0/28", "owner", NOON), Claim("network", 3, 4, "192.0.2.0/24")]
    rows = rows_frame([Row("192.0.2.1", observed_at=NOON.replace(hour=1)), Row("192.0.2.1", observed_at=NOON), Row()])
    assert Index.build(**frames(claims)).first(rows).asset.tolist() == [3, 1, NOBODY]


def test_spans_need_moments():
    index = Index.build(**frames([Claim("network", 1, 2, "192.0.2.0/24", "owner", NOON)]))
    with pytest.raises(ValueError, match="observed_at"):
        index.match(pl.DataFrame({"address": ["192.0.2.1"]}))


def warnings(*rows):
    return pl.DataFrame(rows, schema=["kind", "value", "name"], orient="row")


def test_what_is_on_a_warning_list_matches_nobody_and_is_named():
    claims = [Claim("network", 1, 2, "192.0.2.0/28"), Claim("domain", 3, 4, "example.nl"), Claim("asn", 5, 6, 64496)]
    lists = warnings(
        ("network", "192.0.2.0/24", "tests"), ("domain", "shared.example.nl", "hosters"), ("domain", "invalid", "names")
    )
    rows = [
        Row("192.0.2.1", "www.example.nl", 64496),
        Row("198.51.100.1", "a.shared.example.nl", 64496),
        Row("198.51.100.1", "www.example.nl", 64496),
        Row(host="a.invalid"),
    ]
    matches = Index.build(**frames(claims), warnings=lists).match(rows_frame(rows))
    assert matches.warned.rows() == [(0, "tests"), (1, "hosters"), (3, "names")]
    assert matches.row.tolist() == [2, 2]


def test_warned_rows_keep_their_number_across_blocks(monkeypatch):
    monkeypatch.setattr(index_module, "_BLOCK", 2)
    index = Index.build(warnings=warnings(("network", "192.0.2.0/24", "tests")))
    rows = [Row("198.51.100.1"), Row("198.51.100.1"), Row("198.51.100.1"), Row("192.0.2.1")]
    assert index.match(rows_frame(rows)).warned.rows() == [(3, "tests")]


def test_a_warning_that_cannot_be_read_is_refused():
    lists = warnings(("network", "192.0.2.1/24", "tests"), ("domain", "a..b", "names"))
    assert Index.build(warnings=lists).refused["value"].to_list() == ["192.0.2.1/24", "a..b"]
    with pytest.raises(ValueError, match="network or domain"):
        Index.build(warnings=warnings(("asn", "64496", "tests")))
