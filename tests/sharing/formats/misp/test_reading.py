from datetime import UTC, datetime

import orjson
import pytest

from schakel.policy.sharing import Pap, Tlp
from schakel.sharing.document import Reference, Text, Weakness
from schakel.sharing.formats.misp import vocabulary
from schakel.sharing.formats.misp.format import Misp
from schakel.sharing.words import IndicatorKind, ItemKind
from tests.sharing.formats.misp.events import SAMPLE, attribute, few, read

SHA256 = "aaaa0000" * 8


@pytest.fixture(scope="module")
def document():
    return read(SAMPLE)


def by_key(document):
    return {indicator.key[-3:]: indicator for indicator in document.indicators}


def test_an_event_says_what_it_is_from_whom_and_when(document):
    assert (document.title, document.key, document.version) == ("Phishing at the harbour", SAMPLE["uuid"], "1772450000")
    assert (document.kind, document.publisher) == (ItemKind.THREAT_REPORT, "Vangnet")
    assert document.published_at == datetime.fromtimestamp(1772451000, UTC)
    assert document.revised_at == datetime.fromtimestamp(1772450000, UTC)
    assert (document.reliability, document.credibility) == ("b", "2")
    assert (document.marking.tlp, document.marking.pap) == (Tlp.GREEN, Pap.AMBER)


def test_names_of_threats_are_names_and_all_other_tags_are_labels(document):
    assert document.names == ("Grey Heron", "Mud Crab")
    assert document.labels == (
        'misp:threat-level="high-risk"',
        'misp:analysis="ongoing"',
        'rsit:fraud="phishing"',
        'misp-galaxy:sector="Maritime"',
    )


def test_report_remarks_and_course_of_action_are_one_text(document):
    assert document.texts == (
        Text(
            title="What happened",
            body="Mails with **invoices** came in.\n\nSeen at two terminals.",
            action="Block the sender and warn the quay.",
        ),
    )


def test_a_weakness_is_one_however_many_parts_speak_of_it(document):
    assert document.weaknesses == (Weakness(cve="CVE-2026-10001", score=8.1),)
    assert document.references == (Reference(url="https://vangnet.example/phishing", summary="the long story"),)


def test_an_indicator_has_all_that_its_attribute_says(document):
    found = by_key(document)["101"]
    assert (found.kind, found.value, found.for_detection) == (IndicatorKind.IP, "192.0.2.7", True)
    assert (found.confidence, found.comment) == (75, "sends the mails")
    assert found.valid_from == datetime(2026, 3, 1, 8, tzinfo=UTC)
    assert found.valid_until == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert found.labels == (
        "kill-chain:Delivery",
        'schakel:sighting="seen"',
        'schakel:sighting="false-positive"',
        'schakel:warning-list="Addresses for documentation"',
    )


def test_both_halves_of_a_pair_count(document):
    found = by_key(document)
    assert (found["102"].kind, found["102"].value) == (IndicatorKind.FILE_NAME, "invoice.iso")
    assert (found["2/2"].kind, found["2/2"].value) == (IndicatorKind.HASH, SHA256)


def test_values_have_their_normal_form(document):
    found = by_key(document)
    assert (found["103"].value, found["103"].for_detection) == ("login-harbour.example", False)
    assert (found["212"].kind, found["212"].value) == (IndicatorKind.NETWORK, "198.51.100.0/24")
    assert (found["108"].kind, found["108"].pattern_type) == (IndicatorKind.RULE, "yara")
    assert found["108"].pattern == "rule crab { condition: true }"


def test_what_its_author_took_back_and_what_we_do_not_understand(document):
    found = by_key(document)
    assert "104" not in found  # Deleted.
    assert "109" not in found  # An attachment: kept in the original, never decoded.
    assert (found["10a"].kind, found["10a"].value) == (IndicatorKind.OTHER, "qx:17")
    assert b"iVBORw0KGgo=" in document.original.content


def test_a_value_that_is_not_of_its_type_is_kept_but_nothing_to_search_by():
    (found,) = read(few(Attribute=[attribute("not an address")])).indicators
    assert (found.kind, found.value) == (IndicatorKind.OTHER, "not an address")


@pytest.mark.parametrize(("kinds", "expected"), [("ab", "f"), ("bb", "b"), ("g", "e")])
def test_where_two_judge_a_source_differently_it_cannot_be_judged(kinds, expected):
    tags = [{"name": f'admiralty-scale:source-reliability="{kind}"'} for kind in kinds]
    assert read(few(Tag=tags)).reliability == expected


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"Attribute": [attribute()]}, ItemKind.INDICATORS),
        ({"Attribute": [attribute("CVE-2026-10001", type="vulnerability")]}, ItemKind.ADVISORY),
        ({"EventReport": [{"name": "What happened", "content": "…"}]}, ItemKind.THREAT_REPORT),
        ({"Attribute": [attribute()], "Tag": [{"name": 'schakel:kind="situation-report"'}]}, ItemKind.SITUATION),
    ],
)
def test_the_kind_is_what_it_mostly_holds_unless_it_says_so(fields, kind):
    fields["Attribute"] = [one | {"category": None} for one in fields.get("Attribute", [])]
    assert read(few(**fields)).kind == kind


@pytest.mark.parametrize(
    "wrap", [lambda e: {"Event": e}, lambda e: {"response": [{"Event": e}]}, lambda e: e, lambda e: [{"Event": e}]]
)
def test_every_shape_in_which_misp_hands_out_an_event(wrap):
    content = orjson.dumps(wrap(SAMPLE))
    (document,) = Misp().read(content)
    assert Misp().recognises(content)
    assert document.title == "Phishing at the harbour"
    assert document.original.content == content


def test_many_events_are_many_documents_each_with_its_own_original():
    other = few(uuid="0a4f6c1e-77f3-4c55-9f3c-51d2a3b6c002", info="Another")
    one, two = Misp().read(orjson.dumps({"response": [{"Event": SAMPLE}, {"Event": other}, {"Event": other}]}))
    assert (one.title, two.title) == ("Phishing at the harbour", "Another")
    assert orjson.loads(two.original.content) == {"Event": other}


def test_every_type_that_misp_knows_has_one_place_in_our_table():
    others = [name for names in vocabulary.TABLE["others"].values() for name in names]
    listed = [name for names in vocabulary.TABLE["indicators"].values() for name in names]
    pairs = [name for pair in vocabulary.TABLE["pairs"] for name in pair["types"]]
    assert sorted([*others, *listed, *pairs]) == sorted(vocabulary.described()["types"])
