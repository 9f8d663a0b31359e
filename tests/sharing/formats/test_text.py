import pytest
from hypothesis import given
from hypothesis import strategies as st

from schakel.policy.sharing import Pap, Tlp
from schakel.sharing.document import Document, Indicator, Marking, Reference, Text, Weakness
from schakel.sharing.formats.base import Unreadable
from schakel.sharing.formats.text.format import MAXIMUM_BYTES, PlainText
from schakel.sharing.words import IndicatorKind, ItemKind
from tests.sharing.formats.outcome import outcome

REPORT = """\
TLP:AMBER+STRICT
PAP:GREEN

# Lek in de poortwachter

De aanvaller gebruikt hxxps://evil[.]example/x en CVE-2024-3400. Het lek wordt misbruikt met een script.
Zie https://good.example/advies.

## Samenvatting
Er is een lek.

## Maatregelen
Werk bij voor vrijdag.

## Achtergrond
Meer over het lek.
"""


def read(text):
    [document] = PlainText().read(text.encode() if isinstance(text, str) else text)
    return document


def refused(content):
    with pytest.raises(Unreadable) as refusal:
        list(PlainText().read(content if isinstance(content, bytes) else content.encode()))
    return refusal.value


def test_a_report_is_read_with_its_label_its_parts_and_what_it_points_at():
    document = read(REPORT)
    assert (document.kind, document.title) == (ItemKind.THREAT_REPORT, "Lek in de poortwachter")
    assert (document.marking.tlp, document.marking.pap) == (Tlp.AMBER_STRICT, Pap.GREEN)
    [text] = document.texts
    assert (text.language, text.summary, text.action) == ("nl", "Er is een lek.", "Werk bij voor vrijdag.")
    assert text.body.endswith("## Achtergrond\nMeer over het lek.")
    assert [weakness.cve for weakness in document.weaknesses] == ["CVE-2024-3400"]
    assert [one.value for one in document.indicators] == ["https://evil.example/x"]
    assert [one.url for one in document.references] == ["https://good.example/advies"]
    assert document.original.content == REPORT.encode()


def test_a_list_of_indicators_is_a_set_of_them():
    document = read("TLP:GREEN\nevil.example\n192.0.2.7\nhttp://evil.example/x\n")
    assert document.kind == ItemKind.INDICATORS
    assert [one.value for one in document.indicators] == ["evil.example", "192.0.2.7", "http://evil.example/x"]


LABELS = [
    ("TLP:AMBER\nwoorden", Tlp.AMBER),
    ("Classificatie: TLP: green", Tlp.GREEN),
    ("[TLP:WHITE] nieuws", Tlp.CLEAR),
    ("tlp:amber strict", Tlp.AMBER_STRICT),
    ("TLP:AMBER-STRICT", Tlp.AMBER_STRICT),
    ("TLP RED", Tlp.RED),
    ("TLP:CLEAR\n\nTLP:RED", Tlp.RED),
    ("Wij leggen uit wat het label TLP:CLEAR voor iedereen in ons netwerk betekent.", None),
    ("niets\n" * 20 + "TLP:GREEN", Tlp.GREEN),
    ("niets\n" * 20 + "TLP:GREEN\n" + "niets\n" * 20, None),
    ("geen label", None),
]


@pytest.mark.parametrize(("text", "tlp"), LABELS, ids=lambda value: str(value)[:30])
def test_a_label_counts_where_it_marks_and_not_where_it_is_spoken_of(text, tlp):
    assert read(text).marking.tlp == tlp


REFUSED = [
    (b"TLP:PURPLE\nwords", "label", "line 1"),
    (b"words\nPAP:PINK", "label", "line 2"),
    (b"words \x00 more", "encoding", "byte 6"),
    (b"\xff\xfea\x00\x00", "encoding", "byte 4"),
    (b"abc \x81", "encoding", "byte 4"),
    (b" \n ", "schema", ""),
    (b"a" * (MAXIMUM_BYTES + 1), "too-large", ""),
]


@pytest.mark.parametrize(("content", "code", "place"), REFUSED, ids=lambda value: str(value)[:20])
def test_what_cannot_be_read_is_refused_with_place_and_reason(content, code, place):
    refusal = refused(content)
    assert (refusal.code, refusal.place) == (code, place)
    assert refusal.reason


def test_old_and_wide_texts_are_read_too():
    assert read("caf\xe9".encode("cp1252")).title == "caf\xe9"
    assert read(b"\xff\xfe" + "caf\xe9\r\n".encode("utf-16-le")).title == "caf\xe9"


FULL = Document(
    kind=ItemKind.ADVISORY,
    title="Lek in de poortwachter",
    texts=(Text(language="nl", title="Lek", summary="Kort.", body="Lang verhaal.", action="Werk bij."),),
    marking=Marking(tlp=Tlp.GREEN, pap=Pap.AMBER, terms=("Alleen voor leden.",)),
    key="a-1",
    publisher="Haven ISAC",
    weaknesses=(Weakness(cve="CVE-2024-3400"),),
    references=(Reference(url="https://good.example/a", summary="Advies"),),
    indicators=(Indicator(kind=IndicatorKind.DOMAIN, value="evil.example", comment="stuurt aan"),),
)


def test_what_is_written_can_be_read_again_and_clicked_nowhere():
    written = PlainText().write(FULL)
    again = read(written.content)
    assert (again.title, again.marking.tlp, again.marking.pap) == (FULL.title, Tlp.GREEN, Pap.AMBER)
    assert [one.value for one in again.indicators] == ["evil.example"]
    assert [one.url for one in again.references] == ["https://good.example/a"]
    assert again.weaknesses == FULL.weaknesses
    assert (again.texts[0].summary, again.texts[0].action.splitlines()[0]) == ("Kort.", "Werk bij.")
    assert b"evil[.]example" in written.content
    assert b"evil.example" not in written.content
    assert set(written.left_out) == {"key"}


@given(st.text(max_size=400) | st.text("TLPAP:RED+ #*-.\n[]()hxtp/", max_size=200))
def test_any_text_is_read_or_refused(text):
    assert outcome(PlainText(), text.encode(errors="surrogatepass"))


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content):
    assert outcome(PlainText(), content)
