"""Lines that people type, as things, and back."""

import pytest

from schakel.kit.refusals import Invalid
from schakel.sharing.document import Indicator, Product, Reference, Weakness
from schakel.sharing.items import editing


def test_a_line_that_was_left_as_it_was_stays_whole():
    before = (
        Product(
            name="Sluis",
            vendor="Zout",
            version="2",
            cpe="cpe:2.3:a:z",
            key="P1",
            status="affected",
            cves=("CVE-2026-1",),
        ),
    )
    lines = "\n".join(map(editing.product_line, before))
    assert editing.products(lines, before=before) == before
    weak = (
        Weakness(
            cve="CVE-2026-0001",
            name="Lek",
            cwe="CWE-79",
            scores=("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",),
            score=9.8,
        ),
    )
    assert editing.weaknesses(editing.weakness_line(weak[0]), before=weak) == weak
    more = (Reference(url="https://example.org", summary="a b"),)
    assert editing.references(editing.reference_line(more[0]), before=more) == more


def test_a_score_comes_from_its_vector():
    [one] = editing.weaknesses("cve-2026-0001 CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")
    assert (one.cve, one.score, len(one.scores)) == ("CVE-2026-0001", 9.8, 1)
    [four] = editing.weaknesses("CVE-2026-0001 CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N")
    assert four.score == 9.3
    assert editing.weaknesses("Zwak wachtwoord") == (Weakness(name="Zwak wachtwoord"),)


def test_indicators_are_read_in_their_normal_form_once():
    assert editing.indicators("KWAAD[.]example\nkwaad.example\n\n2001:db8::0:1") == (
        Indicator(kind="domain", value="kwaad.example"),
        Indicator(kind="ip", value="2001:db8::1"),
    )


@pytest.mark.parametrize(
    ("read", "text", "words"),
    [
        (editing.indicators, "192.0.2.1\nzomaar wat", "line 2: this is no address"),
        (editing.indicators, "x" * 10_000, "line 1: this is no address"),
        (editing.weaknesses, "CVE-2026-0001 11", "line 1: behind the number"),
        (editing.weaknesses, "CVE-2026-0001 CVSS:3.1/AV:X", "line 1: behind the number"),
        (editing.products, "Zout", "line 1: write vendor"),
        (editing.products, "Zout; Sluis; 1; kapot", "line 1: the status is one of"),
        (editing.references, "javascript:alert(1)", "line 1: begin with a web address"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(read, text, words):
    with pytest.raises(Invalid, match=words):
        read(text)
