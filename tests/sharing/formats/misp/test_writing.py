import dataclasses
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymisp import MISPEvent

from schakel.policy.sharing import Pap, Tlp
from schakel.sharing.document import Document, Indicator, Marking, Product, Reference, Revision, Text, Weakness
from schakel.sharing.formats.misp.format import Misp
from schakel.sharing.formats.misp.vocabulary import categories
from schakel.sharing.words import IndicatorKind, ItemKind
from tests.sharing.formats.misp.events import SAMPLE, attribute, few, read, with_changes, written

UNORDERED = {"labels", "weaknesses"}
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
LATER = datetime(2026, 3, 5, 12, tzinfo=UTC)
K = IndicatorKind
FULL = Document(
    kind=ItemKind.ADVISORY,
    title="Hole in the gate system",
    texts=(
        Text(title="Hole in the gate system", summary="Anybody can open it.", body="Long.", action="Update it."),
        Text(reader="small", language="nl", title="Lek", body="Kort.", action="Vraag uw leverancier."),
    ),
    marking=Marking(tlp=Tlp.GREEN, pap=Pap.AMBER, terms=("Ask before you print it.",)),
    key="VN-2026-17",
    publisher="Vangnet",
    contributors=("Havenbedrijf",),
    published_at=NOON,
    revised_at=NOON,
    probability="high",
    damage="medium",
    reliability="b",
    credibility="2",
    phase="warm",
    weaknesses=(
        Weakness(cve="CVE-2026-10001", name="No lock", cwe="CWE-287", scores=("CVSS:3.1/AV:N",), score=9.8),
        Weakness(cve="CVE-2026-10002"),
        Weakness(name="no number yet"),
    ),
    products=(
        Product(name="Gate", vendor="Poort BV", version="1.2", cpe="cpe:2.3:a:poort:gate:1.2:*:*:*:*:*:*:*", key="P-1", status="affected", cves=("CVE-2026-10001",)),
    ),
    references=(Reference(url="https://vangnet.example/17", summary="ours"),),
    indicators=(
        Indicator(kind=K.IP, value="192.0.2.7", confidence=75, valid_from=NOON, valid_until=LATER, labels=("c2",)),
        Indicator(kind=K.HASH, value="ab" * 32, comment="the dropper", for_detection=False),
        Indicator(kind=K.ACCOUNT, value="crab@chat"),
        Indicator(kind=K.RULE, pattern="rule a { condition: true }", pattern_type="yara"),
        Indicator(kind=K.PATTERN, pattern="[mutex:name = 'x']", pattern_type="stix"),
    ),
    names=("Grey Heron",),
    labels=('rsit:fraud="phishing"', 'misp:threat-level="high-risk"'),
)  # fmt: skip
FORMS = {
    K.IP: "192.0.2.9", K.NETWORK: "198.51.100.0/24", K.ASN: "AS64500", K.DOMAIN: "evil.example",
    K.URL: "https://evil.example/a?b=1", K.MAIL: "crab@evil.example", K.SUBJECT: "Your invoice", K.FILE_NAME: "a.iso",
    K.HASH: "cd" * 20, K.CERTIFICATE: "ab" * 20, K.FINGERPRINT: "ef" * 16, K.REGISTRY_KEY: r"HKLM\Software\Crab",
    K.MUTEX: "crab", K.ACCOUNT: "crab", K.WALLET: "1BoatSLRHtKNngkdXEeobR76b53LETtpyT", K.USER_AGENT: "crab/1.0",
    K.OTHER: "anything",
}  # fmt: skip


def bare(document):
    """A document without what writing and reading again gives it: the names of its parts, and its original."""
    indicators = tuple(replace(one, key="") for one in document.indicators)
    products = tuple(replace(one, key="") for one in document.products)
    return replace(document, original=None, key="", version="", indicators=indicators, products=products)


def test_what_a_new_event_says_is_read_again():
    event = written(FULL)
    read_again = bare(read(event))
    for field in dataclasses.fields(Document):
        found, wanted = getattr(read_again, field.name), getattr(bare(FULL), field.name)
        assert found == wanted or (field.name in UNORDERED and set(found) == set(wanted)), field.name


def test_pymisp_reads_a_new_event_and_agrees_with_each_type_and_category():
    event = MISPEvent()
    event.load(Misp().write(FULL).content.decode())
    assert (event.info, event.published, len(event.objects), len(event.event_reports)) == (FULL.title, True, 5, 2)
    for one in [*event.attributes, *(inner for part in event.objects for inner in part.attributes)]:
        assert one.category in categories()[one.type]


@pytest.mark.parametrize(("kind", "value"), FORMS.items())
def test_every_kind_of_indicator_has_a_type_and_comes_back(kind, value):
    (found,) = read(written(Document(title="x", indicators=(Indicator(kind=kind, value=value),)))).indicators
    assert (found.kind, found.value) == (kind, value)


def test_no_kind_of_indicator_is_forgotten():
    assert FORMS.keys() | {K.RULE, K.PATTERN} == set(IndicatorKind)


@pytest.mark.parametrize("language", ["yara", "sigma", "snort", "suricata", "zeek", "kql", "something-new"])
def test_a_rule_keeps_its_expression_whatever_its_language(language):
    rule = Indicator(kind=K.RULE, pattern="all of it", pattern_type=language)
    event = written(Document(title="x", indicators=(rule,)))
    assert event["Attribute"][0]["value"] == "all of it"


def test_the_same_document_is_the_same_event_for_ever():
    assert Misp().write(FULL).content == Misp().write(FULL).content
    assert written(FULL)["uuid"] == written(replace(FULL, title="Another title"))["uuid"]
    assert written(FULL)["uuid"] != written(replace(FULL, publisher="Another"))["uuid"]


def test_what_misp_has_no_place_for_is_told():
    purl = replace(FULL.products[0], purl="pkg:deb/gate")
    pattern = Indicator(kind=K.IP, value="192.0.2.7", pattern="[ipv4-addr:value = '192.0.2.7']", pattern_type="stix")
    full = replace(
        FULL, products=(purl,), indicators=(pattern,), valid_until=NOON, revisions=(Revision(number="1", at=NOON),)
    )
    told = Misp().write(replace(full, marking=replace(FULL.marking, iep={"id": "x"}))).left_out
    assert told.keys() == {"products.purl", "indicators.pattern", "valid_from, valid_until", "revisions", "marking.iep"}
    assert Misp().write(FULL).left_out == {}
    assert Misp().write(read(SAMPLE)).left_out == {}


@pytest.mark.parametrize(
    ("tlp", "distribution"),
    [(Tlp.CLEAR, "3"), (Tlp.GREEN, "1"), (Tlp.AMBER, "0"), (Tlp.AMBER_STRICT, "0"), (Tlp.RED, "0"), (None, "0")],
)
def test_no_server_carries_an_event_further_than_its_label(tlp, distribution):
    assert written(replace(FULL, marking=Marking(tlp=tlp)))["distribution"] == distribution


def test_an_original_that_nobody_changed_goes_out_as_it_came():
    assert written(read(SAMPLE)) == SAMPLE


def test_only_what_changed_is_laid_over_an_original():
    document = read(SAMPLE)
    event = written(replace(document, title="Phishing at two harbours", revised_at=LATER))
    moment = str(int(LATER.timestamp()))
    assert event == with_changes(info="Phishing at two harbours", timestamp=moment)


def test_an_indicator_that_is_gone_is_taken_back_and_a_new_one_added():
    document = read(SAMPLE)
    kept = tuple(one for one in document.indicators if not one.key.endswith("101"))
    event = written(
        replace(document, revised_at=LATER, indicators=(*kept, Indicator(kind=K.DOMAIN, value="new.example")))
    )
    first, *others, last = event["Attribute"]
    assert first == SAMPLE["Attribute"][0] | {"deleted": True, "timestamp": event["timestamp"]}
    assert others == SAMPLE["Attribute"][1:]
    assert (last["type"], last["value"], last["timestamp"]) == ("domain", "new.example", event["timestamp"])
    assert event["Object"] == SAMPLE["Object"]


def test_what_an_indicator_says_beside_its_value_is_laid_over_its_attribute():
    document = read(SAMPLE)
    first, *others = document.indicators
    changed = replace(first, comment="no longer", for_detection=False, confidence=25, labels=(*first.labels, "new"))
    event = written(replace(document, revised_at=LATER, indicators=(changed, *others)))
    found = event["Attribute"][0]
    assert (found["type"], found["value"], found["comment"], found["to_ids"]) == (
        "ip-src",
        "192.0.2.7",
        "no longer",
        False,
    )
    assert {tag["name"] for tag in found["Tag"]} == {
        "kill-chain:Delivery",
        'misp:confidence-level="rarely-confident"',
        "new",
    }
    assert found["Sighting"] == SAMPLE["Attribute"][0]["Sighting"]
    assert event["Attribute"][1:] == SAMPLE["Attribute"][1:]


def test_a_change_inside_an_object_leaves_the_object_in_its_place():
    document = read(SAMPLE)
    event = written(
        replace(document, indicators=tuple(one for one in document.indicators if not one.key.endswith("212")))
    )
    assert [part["uuid"] for part in event["Object"]] == [part["uuid"] for part in SAMPLE["Object"]]
    assert [one.get("deleted", False) for one in event["Object"][1]["Attribute"]] == [True, False]


CHANGES: dict[str, Any] = {
    "title": "Another",
    "texts": (Text(title="New", body="All new.", action="Do this."),),
    "marking": Marking(tlp=Tlp.RED, pap=Pap.RED),
    "contributors": ("Havenbedrijf",),
    "published_at": LATER,
    "probability": "low",
    "damage": "high",
    "reliability": "a",
    "credibility": "1",
    "phase": "lukewarm",
    "kind": ItemKind.SITUATION,
    "weaknesses": (Weakness(cve="CVE-2026-10003", score=5.0),),
    "references": (Reference(url="https://vangnet.example/new"),),
    "names": ("Mud Crab", "Blue Gull"),
    "labels": ('misp:threat-level="low-risk"', "another"),
    "indicators": (Indicator(kind=K.DOMAIN, value="only.example"),),
    "products": (Product(name="Gate", version="2", status="fixed"),),
}


@given(st.sets(st.sampled_from(sorted(CHANGES)), min_size=1))
def test_whatever_is_changed_is_read_again_from_the_changed_event(names):
    changed = replace(read(SAMPLE), revised_at=LATER, **{name: CHANGES[name] for name in names})
    found = read(written(changed))
    for field in {field.name for field in dataclasses.fields(Document)} - {"original", "version"}:
        again, wanted = getattr(bare(found), field), getattr(bare(changed), field)
        assert again == wanted or (field == "names" and set(again) == set(wanted)), field


def test_a_withdrawn_event_takes_all_of_its_parts_back():
    event = written(replace(read(SAMPLE), is_withdrawn=True))
    assert all(part["deleted"] for kind in ("Attribute", "Object", "EventReport") for part in event[kind])
    assert read(event).is_withdrawn


def test_a_label_that_is_narrowed_leaves_no_wider_one_behind():
    document = read(few(Tag=[{"name": "tlp:clear"}, {"name": "tlp:green"}], distribution="3", Attribute=[attribute()]))
    event = written(replace(document, marking=Marking(tlp=Tlp.AMBER_STRICT)))
    assert (event["Tag"], event["distribution"]) == ([{"name": "tlp:amber+strict"}], "0")


def test_a_label_of_a_part_stays_with_it():
    part = attribute(uuid="0a4f6c1e-77f3-4c55-9f3c-51d2a3b6c1ff", Tag=[{"name": "tlp:red"}])
    document = read(few(Attribute=[part]))
    event = written(replace(document, indicators=(replace(document.indicators[0], labels=("new",)),)))
    assert event["Attribute"][0]["Tag"] == [{"name": "tlp:red"}, {"name": "new"}]


def test_a_label_that_would_be_taken_for_more_is_quoted():
    document = Document(title="x", labels=("tlp:red", 'schakel:kind="request"', "plain"), names=('the "Crab"',))
    found = read(orjson.loads(Misp().write(document).content)["Event"])
    assert (found.labels, found.names) == (document.labels, document.names)
    assert found.marking.tlp == Tlp.AMBER_STRICT  # For its distribution alone.
