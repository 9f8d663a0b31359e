import ipaddress
import re

import polars as pl
import publicsuffixlist
import pysequoia
import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from schakel.registry.files import TABLES, WORDS, forms, names, networks, proofs
from schakel.registry.files.lists import facts, slugs
from schakel.registry.files.refusals import MARK

PSL = publicsuffixlist.PublicSuffixList()


def judged(step, *values):
    """What a form makes of values: normal text, or None and the reason."""
    frame = pl.DataFrame({"v": values}, schema={"v": pl.String})
    found = frame.select(step(pl.col("v"))).to_series().to_list()
    return [(None, text[1:]) if text and text.startswith(MARK) else text for text in found]


def plain_eleven_proof(digits):
    weights = [9, 8, 7, 6, 5, 4, 3, 2, -1]
    return digits != "0" * 9 and sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11 == 0


@given(some.lists(some.integers(0, 10**9 - 1).map("{:09}".format), min_size=1))
@example(["822477348", "822477349", "000000000"])
def test_the_eleven_proof_agrees_with_the_plain_loop(numbers):
    found = judged(proofs.rsin, *numbers)
    assert [text == number for text, number in zip(found, numbers, strict=True)] == list(
        map(plain_eleven_proof, numbers)
    )


@given(some.integers(0, 10**8 - 1).map("{:08}".format))
def test_one_wrong_digit_never_passes_the_eleven_proof(base):
    last = sum(int(d) * w for d, w in zip(base, range(9, 1, -1), strict=True)) % 11
    if last < 10 and int(base):
        good = f"{base}{last}"
        wrong = [good[:at] + str((int(good[at]) + 1) % 10) + good[at + 1 :] for at in range(9)]
        assert judged(proofs.rsin, good) == [good]
        assert all(isinstance(text, tuple) for text in judged(proofs.rsin, *wrong))


@pytest.mark.parametrize(
    ("step", "good", "bad"),
    [
        (proofs.kvk, ["01234567"], {"1234567": "kvk-form", "123456789": "kvk-form", "1234567x": "kvk-form"}),
        (proofs.rsin, ["822477348"], {"82247734": "rsin-form", "822477349": "rsin-proof", "000000000": "rsin-proof"}),
        (
            proofs.oin,
            ["00000001822477348000", "00000003012345670000", "00000004123456789000", "00000099000000001000"],
            {
                "00000001822477349000": "oin-number",
                "00000003012345671000": "oin-form",
                "00000005012345670000": "oin-prefix",
                "0000000301234567": "oin-form",
                "00000003012345670001": "oin-form",
            },
        ),
        (
            names.name,
            ["example.org", "a-b.example", "xn--mnchen-3ya.example", "localhost"],
            {
                "a_b.example": "domain-form",
                "-a.example": "domain-form",
                "a..example": "domain-form",
                "x" * 64 + ".example": "domain-form",
                ".".join(["x" * 60] * 5): "domain-form",
                "192.0.2.1": "domain-form",
                "xn--a.example": "domain-form",
                "münchen..example": "domain-form",
                "a b.example": "domain-form",
            },
        ),
        (
            names.mail,
            ["info@example.org", "A.b+c@sub.example.org"],
            {
                "info": "mail-form",
                "info@localhost": "mail-form",
                "a..b@example.org": "mail-form",
                "x" * 65 + "@example.org": "mail-form",
                "a@b@example.org": "mail-form",
                "Jan <jan@example.org>": "mail-form",
                "info@" + ".".join(["x" * 60] * 4) + ".example": "mail-form",
                "é@example.org": "mail-form",
            },
        ),
        (
            names.webhook,
            ["https://hook.example.org", "https://hook.example.org:8443/a?b=c"],
            {
                "http://hook.example.org": "webhook-form",
                "https://me:pw@hook.example.org": "webhook-form",
                "https://localhost/": "webhook-form",
                "https://192.0.2.1/": "webhook-form",
                "https://hook.example.org/" + "x" * 2000: "webhook-form",
                "https://hook.example.org/a b": "webhook-form",
            },
        ),
        (
            networks.asn,
            ["1", "64496", "4294967294"],
            {
                "0": "asn-reserved",
                "23456": "asn-reserved",
                "65535": "asn-reserved",
                "4294967295": "asn-reserved",
                "4294967296": "asn-form",
                "-1": "asn-form",
                "AS": "asn-form",
                "12345678901": "asn-form",
            },
        ),
        (
            forms.DAY.clean,
            ["2026-01-31", "2024-02-29"],
            {"2026-02-29": "day", "26-01-31": "day", "31/01/2026": "day", "2026-01-31 12:00:00": "day", "1-1-26": "day"},
        ),
        (forms.SBI.clean, ["A", "6201", "62", "01"], {"W": "sbi-form", "6": "sbi-form", "0400": "sbi-form"}),
        (forms.YES_OR_NO.clean, ["yes", "no"], {"maybe": "yes-or-no"}),
        (forms.text(3).clean, ["abc", "éé\n"], {"abcd": "too-long", "a\x00": "control-character", "\x7f": "control-character"}),
    ],
)  # fmt: skip
def test_good_values_stay_and_bad_ones_say_why(step, good, bad):
    assert judged(step, *good) == good
    assert judged(step, *bad) == [(None, reason) for reason in bad.values()]


@pytest.mark.parametrize(
    ("step", "raw", "normal"),
    [
        (names.name, "EXAMPLE.org.", "example.org"),
        (names.name, "München.Example", "xn--mnchen-3ya.example"),
        (names.mail, "Jan@München.Example", "Jan@xn--mnchen-3ya.example"),
        (networks.network, "192.0.2.7", "192.0.2.7/32"),
        (networks.network, "2001:DB8:0:0::/32", "2001:db8::/32"),
        (networks.network, "::ffff:192.0.2.0/120", "192.0.2.0/24"),
        (networks.network, "0.0.0.0/0", "0.0.0.0/0"),
        (networks.network, "::/0", "::/0"),
        (networks.asn, "AS64496", "64496"),
        (networks.asn, "as 00064496", "64496"),
        (forms.DAY.clean, "31-1-2026", "2026-01-31"),
        (forms.DAY.clean, "2026-01-31T00:00:00Z", "2026-01-31"),
        (forms.SBI.clean, "62.01", "6201"),
        (forms.YES_OR_NO.clean, "Ja", "yes"),
        (forms.choice(("NL-DR",)).clean, "nl-dr", "NL-DR"),
    ],
)
def test_values_get_their_normal_form(step, raw, normal):
    assert judged(step, raw) == [normal]


def plain_network(text):
    try:
        return str(ipaddress.ip_network(text))
    except ValueError:
        return None


ADDRESSES = some.one_of(
    some.integers(0, 2**32 - 1).map(ipaddress.IPv4Address),
    some.integers(2**64, 2**128 - 1).map(ipaddress.IPv6Address),
)


@given(some.lists(some.tuples(ADDRESSES, some.integers(0, 129), some.booleans()), min_size=1))
def test_networks_agree_with_the_standard_library(parts):
    raw = [
        str(ipaddress.ip_network(f"{address}/{min(bits, address.max_prefixlen)}", strict=False))
        if is_aligned
        else f"{address}/{bits}"
        for address, bits, is_aligned in parts
    ]
    found = [text if isinstance(text, str) else None for text in judged(networks.network, *raw)]
    mapped = re.compile(r"^::ffff:")
    for text, mine in zip(raw, found, strict=True):
        if not mapped.match(text):
            expected = plain_network(text)
            assert (mine and ipaddress.ip_network(mine)) == (expected and ipaddress.ip_network(expected))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("192.0.2.1/24", "host-bits"),
        ("2001:db8::1/64", "host-bits"),
        ("192.0.2.256/32", "network-form"),
        ("192.0.2.0/33", "network-form"),
        ("192.0.02.0/24", "network-form"),
        ("192.0.2.0/024", "network-form"),
        ("2001:db8::/129", "network-form"),
        ("2001:db8::/", "network-form"),
        ("2001:db8::/x", "network-form"),
        ("2001:db8::/032", "network-form"),
        ("2001:db8:::", "network-form"),
        ("a:\x00", "network-form"),
        ("example.org", "network-form"),
    ],
)
def test_what_is_no_network_says_why(text, reason):
    assert judged(networks.network, text) == [(None, reason)]


@pytest.mark.parametrize("suffix", ["nl", "co.uk", "github.io", "foo.ck", "example", "公司.cn"])
def test_nobody_holds_a_public_suffix(suffix):
    assert judged(names.domain, suffix, "own." + suffix)[0] == (None, "public-suffix")
    assert isinstance(judged(names.domain, "own." + suffix)[0], str)


def test_an_exception_of_the_public_suffix_list_can_be_held():
    assert judged(names.domain, "www.ck", "a.www.ck") == ["www.ck", "a.www.ck"]


@given(
    some.sampled_from(sorted({rule for rules in names.suffix_rules() for rule in rules})),
    some.sampled_from(["", "a.", "a.b."]),
)
def test_public_suffixes_agree_with_the_library(rule, before):
    expected = PSL.privatesuffix(before + rule) is None
    assert (judged(names.domain, before + rule)[0] == (None, "public-suffix")) == expected


def test_only_a_public_openpgp_key_is_taken():
    secret = pysequoia.Tsk.generate("Test <test@example.org>")
    public = str(secret.extract_certificate()).strip()
    broken = public[:200] + public[260:]
    private = public.replace("PUBLIC", "PRIVATE")
    refused = (None, "openpgp")
    assert judged(forms.OPENPGP.clean, public, broken, private, "none", None) == [
        public,
        refused,
        refused,
        refused,
        None,
    ]


def row_of(table, **values):
    header = ",".join(values)
    return f"{header}\n{','.join(values.values())}\n", table


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (row_of("organisations", key="a", name="A", sector="enrgy"), "sector", "unknown-value"),
        (row_of("contacts", organisation="a", role="security", address="x"), "address", "mail-form"),
        (row_of("contacts", organisation="a", role="security", address="a@b.example", channel="webhook"), "address", "webhook-form"),
        (row_of("contacts", organisation="a", role="security", address="x", channel="fax"), "channel", "unknown-value"),
        (row_of("contacts", organisation="a", role="security", address=""), "address", "required"),
        (row_of("partners", key="a", name="A", type="csirt", functions="notification; foo"), "functions", "unknown-value"),
        (row_of("partners", key="a", name="A", type="isp", agreement_from="2026-01-02", agreement_until="2026-01-02"), "agreement_until", "span"),
        (row_of("assets", organisation="a", kind="network", value="x"), "value", "network-form"),
        (row_of("assets", organisation="a", kind="email_domain", value="co.uk"), "value", "public-suffix"),
        (row_of("assets", organisation="a", kind="asn", value="x"), "value", "asn-form"),
        (row_of("assets", organisation="a", kind="", value="x"), "kind", "required"),
        (row_of("assets", organisation="a", kind="asn", value="x" * 1001), "value", "too-long"),
        (row_of("assets", organisation="a", kind="asn", value="1", valid_from="x", valid_until="2026-01-01"), "valid_from", "day"),
        (row_of("constituencies", **{"partner": "p", "organisation": "a", "from": "2026-01-01", "until": "2025-01-01"}), "until", "span"),
    ],
)  # fmt: skip
def test_what_does_not_fit_its_column_says_where_and_why(read, row, column, reason):
    outcome = read(*row)
    assert outcome.faults == [(2, column, reason)]
    value = outcome.bad["value"][0]
    assert value is None or len(value) <= 200
    assert "{" not in outcome.bad["words"][0]


def test_good_rows_have_their_types_and_defaults(read):
    text = "key,name,type,functions,sectors,agreement_from,agreement_state\np,P,CSIRT,notification; knowledge,health,2026-01-01,signed\n"
    row = read(text, "partners").good.row(0, named=True)
    assert row["type"] == "csirt"
    assert row["functions"] == ["notification", "knowledge"]
    assert row["agreement_functions"] == []
    assert row["language"] == "nl"
    assert row["agreement_from"].isoformat() == "2026-01-01"
    assert row["agreement_until"] is None


def test_every_reason_has_words_and_every_list_a_source():
    assert all(words.endswith((".", "text.")) for words in WORDS.values())
    for name in ("sectors", "regions", "partner_types", "functions", "identifiers", "sbi", "country", "words"):
        assert facts(name)["source"]
        assert facts(name)["checked_on"]


def test_the_lists_hold_what_the_law_and_the_plan_name():
    assert len(slugs("sectors")) == 18
    assert len(slugs("regions")) == 18
    assert len(slugs("functions")) == 5
    assert "source" not in slugs("sectors")


def test_a_column_that_is_not_there_is_a_mistake_in_the_code():
    with pytest.raises(KeyError):
        TABLES["assets"].column("colour")
