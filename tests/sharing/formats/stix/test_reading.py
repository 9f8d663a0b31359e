"""What bundles become, and why some are refused."""

from contextlib import suppress
from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schakel.policy.sharing import Pap, Tlp
from schakel.sharing.formats.base import MAXIMUM_DEPTH, Unreadable
from schakel.sharing.formats.stix import Stix, limits
from tests.sharing.formats.stix import made

STIX = Stix()


def read(*objects, **given):
    return list(STIX.read(made.bundle(*objects, **given)))


def refused(content: bytes) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        list(STIX.read(content))
    return caught.value


def test_a_report_with_its_parts_becomes_one_document():
    author = made.one("identity", "Havenkring", name="Havenkring", identity_class="organization")
    weak = made.one(
        "vulnerability",
        "lek",
        name="CVE-2026-0101",
        external_references=[{"source_name": "cwe", "external_id": "CWE-79"}],
    )
    advice = made.one("course-of-action", "raad", name="Bijwerken", description="Werk bij tot 4.2.")
    seen = made.indicator("kraan", confidence=80, labels=["haven"])
    tie = made.relationship(advice["id"], weak["id"], "mitigates")
    note = made.one("note", "n", abstract="Nog iets", content="Ook in Zoutwijk.", object_refs=[weak["id"]])
    head = made.report(
        "Lek in Poortwachter", [weak["id"], seen["id"], advice["id"]], created_by_ref=author["id"],
        description="Een lek.", report_types=["vulnerability"], labels=["poort"], lang="nl", confidence=75,
        external_references=[{"source_name": "site", "url": "https://example.org/lek"}], object_marking_refs=[made.GREEN],
    )  # fmt: skip
    [document] = read(author, weak, advice, seen, tie, note, head)
    assert (document.kind, document.title, document.key) == ("advisory", "Lek in Poortwachter", head["id"])
    assert document.marking.tlp == Tlp.GREEN
    assert (document.publisher, document.credibility) == ("Havenkring", "2")
    assert document.published_at == datetime(2026, 3, 1, 8, tzinfo=UTC)
    [text] = document.texts
    assert text.language == "nl"
    assert text.body == "Een lek.\n\n**Nog iets**\n\nOok in Zoutwijk."
    assert text.action == "**Bijwerken**\n\nWerk bij tot 4.2."
    assert [(one.cve, one.cwe) for one in document.weaknesses] == [("CVE-2026-0101", "CWE-79")]
    assert [(one.kind, one.value, one.confidence, one.key) for one in document.indicators] == [
        ("domain", "kraan.example", 80, seen["id"])
    ]
    assert [one.url for one in document.references] == ["https://example.org/lek"]
    assert document.original
    assert document.original.version == "2.1"


def test_observables_are_to_look_for_and_raise_no_alarm():
    address = {"type": "ipv4-addr", "id": made.key("ipv4-addr", "a"), "value": "192.0.2.7"}
    file = {"type": "file", "id": made.key("file", "f"), "name": "kraan.exe", "hashes": {"MD5": "a" * 32}}
    hidden = {"type": "domain-name", "id": made.key("domain-name", "d"), "value": "kade[.]example", "defanged": True}
    [document] = read(address, file, hidden)
    assert document.kind == "indicators"
    assert {(one.kind, one.value, one.for_detection) for one in document.indicators} == {
        ("ip", "192.0.2.7", False),
        ("file-name", "kraan.exe", False),
        ("hash", "a" * 32, False),
        ("domain", "kade.example", False),
    }


def test_one_of_several_values_is_enough_or_only_all_of_them():
    any_of = made.indicator("any", "[ipv4-addr:value = '192.0.2.1' OR domain-name:value = 'kade.example']")
    all_of = made.indicator("all", f"[file:name = 'kraan.exe' AND file:hashes.MD5 = '{'b' * 32}']")
    more = made.indicator("more", "[url:value LIKE 'http://kade.example/%']")
    rule = made.indicator("rule", "rule kraan { condition: true }", pattern_type="yara")
    [document] = read(any_of, all_of, more, rule)
    assert [(one.kind, one.value, bool(one.pattern)) for one in document.indicators] == [
        ("ip", "192.0.2.1", True),
        ("domain", "kade.example", True),
        ("hash", "b" * 32, True),
        ("pattern", "", True),
        ("rule", "", True),
    ]


def test_loose_objects_become_a_document_for_each_label_and_their_originals_hold_nothing_of_the_others():
    open_one = made.indicator("open", object_marking_refs=[made.GREEN])
    closed_one = made.indicator("closed", "[domain-name:value = 'geheim.example']", object_marking_refs=[made.RED])
    tie = made.relationship(open_one["id"], closed_one["id"])
    documents = {one.marking.tlp: one for one in read(open_one, closed_one, tie)}
    assert set(documents) == {Tlp.GREEN, Tlp.RED}
    assert documents[Tlp.GREEN].original
    assert documents[Tlp.RED].original
    assert b"geheim" not in documents[Tlp.GREEN].original.content
    assert closed_one["id"].encode() not in documents[Tlp.GREEN].original.content
    held = orjson.loads(documents[Tlp.RED].original.content)["objects"]
    assert [one["type"] for one in held] == ["indicator", "relationship"]


def test_a_report_is_as_closed_as_its_most_closed_part():
    closed = made.indicator("closed", object_marking_refs=[made.RED])
    [document] = read(closed, made.report("open", [closed["id"]], object_marking_refs=[made.GREEN]))
    assert document.marking.tlp == Tlp.RED


def test_a_note_that_is_more_closed_than_the_report_does_not_come_along():
    part = made.indicator("part", object_marking_refs=[made.GREEN])
    head = made.report("open", [part["id"]], object_marking_refs=[made.GREEN])
    note = made.one("note", "n", content="geheim", object_refs=[head["id"]], object_marking_refs=[made.RED])
    first, second = read(part, head, note)
    assert (first.marking.tlp, second.marking.tlp) == (Tlp.GREEN, Tlp.RED)
    assert first.original
    assert b"geheim" not in first.original.content


def test_a_part_that_is_open_opens_no_report_without_a_label():
    part = made.indicator("part", object_marking_refs=[made.WHITE_1])
    [document] = read(part, made.report("bare", [part["id"]]))
    assert document.marking.tlp is None
    closed = made.indicator("part", object_marking_refs=[made.RED])
    [document] = read(closed, made.report("bare", [closed["id"]]))
    assert document.marking.tlp == Tlp.RED


def test_what_the_only_report_forgot_to_list_goes_with_it_under_the_same_label():
    part, spare = made.indicator("part"), made.one("malware", "spare", name="Kraanvogel", is_family=True)
    [document] = read(part, spare, made.report("whole", [part["id"]]))
    assert document.names == ("Kraanvogel",)


def test_each_of_two_reports_keeps_its_own_parts_and_both_what_they_share():
    ours, theirs, both = (made.indicator(name) for name in ("ours", "theirs", "both"))
    first = made.report("first", [ours["id"], both["id"]])
    second = made.report("second", [theirs["id"], both["id"]])
    documents = read(ours, theirs, both, first, second)
    assert [one.title for one in documents] == ["first", "second"]
    assert [sorted(part.comment for part in one.indicators) for one in documents] == [
        ["both", "ours"],
        ["both", "theirs"],
    ]


def test_the_newest_version_counts_and_a_revoked_report_is_withdrawn():
    old = made.report("old", [made.key("indicator", "x")])
    new = old | {"name": "new", "modified": "2026-04-01T08:00:00.000Z", "revoked": True}
    [document] = read(new, old)
    assert (document.title, document.is_withdrawn) == ("new", True)


def test_terms_and_other_markings_are_kept():
    term = made.statement("Copyright Havenkring")
    pap = {
        "type": "marking-definition", "spec_version": "2.1", "id": made.key("marking-definition", "p"), "created": made.AT,
        "name": "PAP:AMBER",
        "extensions": {
            "extension-definition--f8d78575-edfd-406e-8e84-6162a8450f5b": {
                "extension_type": "property-extension", "pap": "amber",
            }
        },
    }  # fmt: skip
    iep = {
        "type": "marking-definition", "spec_version": "2.1", "id": made.key("marking-definition", "i"), "created": made.AT,
        "extensions": {
            "extension-definition--762e2e97-ee51-43e5-a9ea-165fbb862c4a": {
                "extension_type": "property-extension", "tlp": "green", "unmodified_resale": "must-not",
            }
        },
    }  # fmt: skip
    absent = made.key("marking-definition", "never came")
    part = made.indicator("x", object_marking_refs=[term["id"], pap["id"], iep["id"], absent])
    [document] = read(term, pap, iep, part)
    assert (document.marking.tlp, document.marking.pap) == (Tlp.GREEN, Pap.AMBER)
    assert document.marking.iep == {"tlp": "green", "unmodified_resale": "must-not"}
    assert document.marking.terms == ("Copyright Havenkring", absent)


def test_a_part_of_an_object_may_be_more_closed_than_the_whole():
    marked = made.indicator(
        "x", object_marking_refs=[made.GREEN], granular_markings=[{"selectors": ["name"], "marking_ref": made.RED}]
    )
    [document] = read(marked)
    assert document.marking.tlp == Tlp.RED


def test_an_old_bundle_is_read_in_the_words_of_today():
    old = {
        "type": "indicator", "id": made.key("indicator", "old"), "created": made.AT, "modified": made.AT,
        "labels": ["malicious-activity", "haven"], "pattern": "[file:hashes.'md5' = '" + "c" * 32 + "']",
        "valid_from": made.AT, "valid_until": made.AT, "object_marking_refs": [made.WHITE_1],
    }  # fmt: skip
    family = {
        "type": "malware", "id": made.key("malware", "m"), "created": made.AT, "modified": made.AT, "labels": ["worm"],
        "name": "Kraanvogel", "object_marking_refs": [made.WHITE_1],
    }  # fmt: skip
    [document] = read(old, family, spec_version="2.0")
    [found] = document.indicators
    assert (found.kind, found.value, found.labels) == ("hash", "c" * 32, ("haven", "malicious-activity"))
    assert found.valid_until is None
    assert document.marking.tlp == Tlp.CLEAR
    assert document.original
    assert document.original.version == "2.0"


FORGED = made.statement("x") | {"id": made.GREEN, "definition_type": "tlp", "definition": {"tlp": "white"}}
PURPLE = made.statement("x") | {"definition_type": "tlp", "definition": {"tlp": "purple"}}
TORN = made.statement("x") | {"definition_type": "tlp", "definition": {"tlp": "green"}, "name": "TLP:RED"}
SEEN = made.indicator("x")
REFUSED = {
    "no JSON": (b'{"type": "bundle"', "", "syntax"),
    "cut in a letter": (b'{"type": "bundle", "id": "\xff"}', "", "encoding"),
    "a NUL": (made.bundle(SEEN | {"name": "a\x00b"}), "", "encoding"),
    "no bundle": (b'{"objects": []}', "/type", "schema"),
    "no id": (b'{"type": "bundle", "objects": []}', "/id", "schema"),
    "empty": (made.bundle(), "/objects", "schema"),
    "no object": (b'{"type":"bundle","id":"bundle--1","objects":[7]}', "/objects/0", "schema"),
    "missing pattern": (made.bundle({k: v for k, v in SEEN.items() if k != "pattern"}), "/objects/0", "schema"),
    "bad pattern": (made.bundle(SEEN | {"pattern": "[a:b = "}), "/objects/0/pattern", "schema"),
    "confidence": (made.bundle(SEEN, SEEN | {"confidence": 101}), "/objects/1/confidence", "schema"),
    "id of another type": (made.bundle(SEEN | {"id": made.key("malware", "x")}), "/objects/0/id", "schema"),
    "custom id of another type": (made.bundle(made.one("x-kade", "x") | {"type": "x-kraan"}), "/objects/0/id", "schema"),
    "modified before created": (made.bundle(SEEN | {"modified": "2020-01-01T00:00:00.000Z"}), "/objects/0/modified", "time"),
    "no such day": (made.bundle(SEEN | {"valid_from": "2026-02-30T00:00:00Z"}), "/objects/0/valid_from", "time"),
    "ends as it begins": (made.bundle(SEEN | {"valid_until": made.AT}), "/objects/0/valid_until", "time"),
    "two contents": (made.bundle(SEEN, SEEN | {"name": "y"}), "/objects/1", "duplicate"),
    "selects nothing": (
        made.bundle(SEEN | {"granular_markings": [{"selectors": ["labels.[0]"], "marking_ref": made.RED}]}),
        "/objects/0/granular_markings/0/selectors/0",
        "reference",
    ),
    "author is no identity": (
        made.bundle(SEEN | {"created_by_ref": made.key("tool", "x")}), "/objects/0/created_by_ref", "reference",
    ),
    "marking is none": (
        made.bundle(SEEN | {"object_marking_refs": [made.key("tool", "x")]}), "/objects/0/object_marking_refs/0", "reference",
    ),
    "forged label": (made.bundle(FORGED, SEEN), "/objects/0/id", "label"),
    "unknown label": (made.bundle(PURPLE, SEEN), "/objects/0/definition/tlp", "label"),
    "name at odds with label": (made.bundle(TORN, SEEN), "/objects/0/name", "label"),
    "two labels": (
        made.bundle(SEEN | {"object_marking_refs": [made.GREEN, made.RED]}), "/objects/0/object_marking_refs", "label",
    ),
    "two labels of two standards": (
        made.bundle(SEEN | {"object_marking_refs": [made.GREEN, made.AMBER_1]}), "/objects/0/object_marking_refs", "label",
    ),
    "marks itself": (
        made.bundle(SEEN, made.statement("x", object_marking_refs=[made.key("marking-definition", "x")])),
        "/objects/1",
        "cycle",
    ),
    "reports in a circle": (
        made.bundle(made.report("a", [made.key("report", "b")]), made.report("b", [made.key("report", "a")])),
        "/objects/0/object_refs",
        "cycle",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("content", "place", "code"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_sound_is_refused_with_its_place_and_reason(content, place, code):
    refusal = refused(content)
    assert (refusal.code, refusal.place if place else "") == (code, place)
    assert str(refusal.reason)


def test_a_document_that_is_nested_too_deeply_or_too_long_is_refused(monkeypatch):
    deep = made.bundle(SEEN).replace(b'"x"', b'{"x":' * (MAXIMUM_DEPTH + 1) + b"1" + b"}" * (MAXIMUM_DEPTH + 1))
    assert refused(deep).code == "too-deep"
    assert refused(b"[" * 100_000 + b"]" * 100_000).code == "too-deep"
    monkeypatch.setattr(limits, "MAXIMUM_OBJECTS", 1)
    assert refused(made.bundle(SEEN, SEEN)).code == "too-large"
    monkeypatch.setattr(limits, "MAXIMUM_BYTES", 100)
    assert refused(made.bundle(SEEN)).code == "too-large"


def test_the_same_object_twice_counts_once():
    [document] = read(SEEN, SEEN)
    assert len(document.indicators) == 1


def test_labels_are_known_by_what_they_say_too():
    loose = made.statement("x") | {"definition_type": "TLP", "definition": {"TLP": "TLP:AMBER+STRICT"}}
    [document] = read(loose, made.indicator("x", object_marking_refs=[loose["id"]]))
    assert document.marking.tlp == Tlp.AMBER_STRICT


def test_it_recognises_bundles_by_content():
    assert STIX.recognises(made.bundle(SEEN))
    assert STIX.recognises(b'\xef\xbb\xbf {"objects": [' + b" " * 9000 + b'], "type" : "bundle"}')
    assert not STIX.recognises(b'{"Event": {"uuid": "x"}}')
    assert not STIX.recognises(b"type: bundle")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 200) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
WHOLE = [
    SEEN, FORGED, made.report("r", [SEEN["id"]]), made.relationship(SEEN["id"], made.RED),
    made.statement("x", granular_markings=[{"selectors": ["created"], "marking_ref": made.RED}]),
    made.one("observed-data", "o", first_observed=made.AT, last_observed=made.AT, number_observed=1, objects={}),
]  # fmt: skip


@given(st.sampled_from(WHOLE), st.data(), JSON, st.sampled_from(["2.0", "2.1"]))
def test_whatever_stands_in_a_property_it_is_read_or_refused_and_never_breaks(whole, data, value, version):
    name = data.draw(st.sampled_from([*sorted(whole), "object_marking_refs", "labels", "extensions", "definition"]))
    content = orjson.dumps(
        {"type": "bundle", "id": "bundle--x", "spec_version": version, "objects": [whole | {name: value}, SEEN]}
    )
    with suppress(Unreadable):
        list(STIX.read(content))


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_with_a_reason(content):
    assert str(refused(content).reason)
