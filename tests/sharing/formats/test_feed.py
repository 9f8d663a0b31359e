from datetime import UTC, datetime
from io import BytesIO

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schakel.policy.sharing import Pap, Tlp
from schakel.sharing.document import Document, Indicator, Marking, Reference, Text, Weakness
from schakel.sharing.formats.base import Unreadable
from schakel.sharing.formats.feed import atom
from schakel.sharing.formats.feed.format import Feed
from schakel.sharing.words import IndicatorKind, ItemKind
from tests.sharing.formats.outcome import outcome

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>Haven ISAC TLP:GREEN</title><link>https://haven.example/</link><description>Nieuws</description>
<item><title>Beveiligingsadvies: lek in de &quot;poort&quot;</title><link>https://haven.example/1</link>
<guid isPermaLink="false">haven-1</guid><pubDate>Thu, 15 Jan 2026 09:30:00 +0100</pubDate>
<description>&lt;p&gt;CVE-2024-3400 via evil[.]example&lt;script&gt;x()&lt;/script&gt;&lt;/p&gt;</description></item>
<item><title>Bericht</title><category>TLP:AMBER</category>
<description>kort</description><content:encoded><![CDATA[<p>Een lang <b>verhaal</b></p>]]></content:encoded></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Linde</title><id>urn:x:1</id><updated>2026-01-15T10:00:00Z</updated>
<entry><id>urn:x:2</id><title type="html">&lt;i&gt;Eerste&lt;/i&gt;</title><updated>2026-01-15T10:00:00Z</updated>
<author><name>Anna</name></author><link href="https://linde.example/2"/><summary>woorden</summary></entry></feed>"""


def read(text):
    content = text.encode() if isinstance(text, str) else text
    assert Feed().recognises(content)
    return list(Feed().read(content))


def refused(text):
    with pytest.raises(Unreadable) as refusal:
        read(text)
    return refusal.value


def test_each_item_of_an_rss_feed_is_a_document():
    first, second = read(RSS)
    assert (first.kind, first.title) == (ItemKind.ADVISORY, 'Beveiligingsadvies: lek in de "poort"')
    assert (first.key, first.publisher, first.marking.tlp) == ("haven-1", "Haven ISAC TLP:GREEN", Tlp.GREEN)
    assert first.published_at == datetime(2026, 1, 15, 8, 30, tzinfo=UTC)
    assert first.texts[0].body == "CVE-2024-3400 via evil[.]example"
    assert [one.cve for one in first.weaknesses] == ["CVE-2024-3400"]
    assert [one.value for one in first.indicators] == ["evil.example"]
    assert [one.url for one in first.references] == ["https://haven.example/1"]
    assert (second.marking.tlp, second.texts[0].body) == (Tlp.AMBER, "Een lang verhaal")
    assert first.original.digest != second.original.digest


def test_each_entry_of_an_atom_feed_is_a_document():
    [entry] = read(ATOM)
    assert (entry.title, entry.key, entry.contributors) == ("Eerste", "urn:x:2", ("Anna",))
    assert entry.version == "2026-01-15T10:00:00+00:00"
    assert entry.original.version == "atom10"


def test_a_feed_in_wide_letters_is_read_too():
    wide = ATOM.replace("<feed", '<?xml version="1.0" encoding="utf-16"?><feed').encode("utf-16")
    assert read(wide)[0].title == "Eerste"


BOMB = '<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss version="2.0"><channel><title>&b;</title></channel></rss>'
FOREIGN = '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel><title>&a;</title></channel></rss>'
REFUSED = [
    ("<rss version='2.0'><channel><title>x</channel></rss>", "syntax", "line 1, column 39"),
    ("<rss version='2.0'>\n<channel>&nbsp;</channel></rss>", "syntax", "line 2, column 10"),
    (BOMB, "syntax", "line 1, column 27"),
    (FOREIGN, "syntax", "line 1, column 54"),
    ("<rss>" + "<a>" * 200 + "</a>" * 200 + "</rss>", "too-deep", "line 1, column 303"),
    ("<rss version='2.0'><channel><item></item></channel></rss>", "schema", "entry 1"),
    ("<rss version='2.0'><channel><item><title>TLP:PINK</title></item></channel></rss>", "label", "the subject"),
    ("<rss version='2.0'><channel>" + "<item><title>x</title></item>" * 10_001 + "</channel></rss>", "too-large", ""),
    ("<?xml version='1.0' encoding='no-such'?><rss/>", "encoding", ""),
    ("<rss>" + " " * (17 << 20) + "</rss>", "too-large", ""),
    ("<x:feed/>", "schema", ""),
]


@pytest.mark.parametrize(("text", "code", "place"), REFUSED, ids=lambda value: str(value)[:25])
def test_what_cannot_be_read_is_refused_with_place_and_reason(text, code, place):
    refusal = refused(text)
    assert (refusal.code, refusal.place) == (code, place)


@pytest.mark.parametrize("content", [b"<html><rss>", b"rss", b"", b"<svg/>", b'{"feed": 1}', b"<feedback/>"])
def test_what_is_no_feed_is_not_taken_for_one(content):
    assert not Feed().recognises(content)


FULL = Document(
    kind=ItemKind.ADVISORY,
    title='Lek & "poort" <1>',
    texts=(Text(language="nl", summary="Kort.", body="Een *lang* verhaal <script>x</script>", action="Werk bij."),),
    marking=Marking(tlp=Tlp.GREEN, pap=Pap.AMBER),
    key="a-1",
    publisher="Haven ISAC",
    published_at=datetime(2026, 1, 15, 9, tzinfo=UTC),
    revised_at=datetime(2026, 1, 16, 9, tzinfo=UTC),
    weaknesses=(Weakness(cve="CVE-2024-3400"),),
    references=(Reference(url="https://good.example/a?b=1&c=2"),),
    indicators=(Indicator(kind=IndicatorKind.DOMAIN, value="evil.example"),),
    valid_until=datetime(2026, 2, 1, tzinfo=UTC),
)


def test_a_reader_of_atom_reads_what_is_written():
    written = Feed().write(FULL)
    found = feedparser.parse(BytesIO(written.content))
    assert (found.bozo, found.version) == (False, "atom10")
    [entry] = found.entries
    assert entry.title == FULL.title
    assert (entry.updated, entry.published) == ("2026-01-16T09:00:00Z", "2026-01-15T09:00:00Z")
    assert {tag.term for tag in entry.tags} == {"TLP:GREEN", "PAP:AMBER", "advisory", "CVE-2024-3400"}
    assert "evil[.]example" in entry.content[0].value
    assert "<em>lang</em>" in entry.content[0].value
    assert "<script>" not in entry.content[0].value
    assert set(written.left_out) == {"valid_until"}
    assert Feed().write(FULL).content == written.content


def test_a_feed_has_all_that_the_standard_asks_for():
    entries = [atom.Entry(document=FULL, name="urn:x:1", url="https://schakel.example/1")]
    content = atom.feed(entries, name="urn:x:0", title="Alles", url="https://schakel.example/feed")
    found = feedparser.parse(BytesIO(content))
    assert (found.feed.id, found.feed.title, found.feed.updated) == ("urn:x:0", "Alles", "2026-01-16T09:00:00Z")
    assert found.feed.author == "Schakel"
    assert found.feed.links[0].href == "https://schakel.example/feed"
    assert found.entries[0].link == "https://schakel.example/1"


@given(st.text(max_size=60), st.text(max_size=200))
def test_whatever_the_words_the_feed_is_sound(title, body):
    document = Document(title=title, texts=(Text(body=body),))
    assert not feedparser.parse(BytesIO(Feed().write(document).content)).bozo


@given(st.text("<>/rsitemlncha&;!'\" ?x=[]-", max_size=120))
def test_any_feed_is_read_or_refused(text):
    content = f"<rss version='2.0'><channel><item><title>x</title>{text}</item></channel></rss>".encode()
    assert outcome(Feed(), content)
