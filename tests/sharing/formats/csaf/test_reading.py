"""What a CSAF document says, in our shape; and what is wrong with it, with its place."""

from copy import deepcopy
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schakel.policy.sharing import Pap, Tlp
from schakel.sharing.document import Reference, Revision
from schakel.sharing.formats.base import Unreadable
from schakel.sharing.formats.csaf import checks, tree
from schakel.sharing.formats.csaf import format as csaf_format
from tests.sharing.formats.csaf.corpus import CSAF, read, sample, told


def refusal(content):
    with pytest.raises(Unreadable) as no:
        read(content)
    return no.value


def changed(*path, to):
    """Our advisory with one value changed; taken away where `to` is None."""
    found = told()
    holder = found
    for step in path[:-1]:
        holder = holder[step]
    if to is None:
        del holder[path[-1]]
    else:
        holder[path[-1]] = to
    return found


def test_an_advisory_is_read_whole():
    found = read(sample())
    assert (found.kind, found.key, found.version) == ("advisory", "ZWS-2026:0007 b", "2")
    assert (found.publisher, found.probability, found.damage) == ("Zoutwijk Software", "medium", "high")
    assert found.published_at == datetime(2026, 3, 1, 7, tzinfo=UTC)
    assert found.marking.tlp == Tlp.AMBER
    assert found.marking.terms == ("Alleen voor deelnemers.", "Aan dit advies zijn geen rechten te ontlenen.")
    assert found.contributors == ("Aart Voorbeeld", "Zoutwijk Onderzoek", "Havenkring")
    assert found.references[2] == Reference(url="https://zoutwijk.example/uitleg/7", summary="Uitleg")
    assert found.revisions[0] == Revision(number="1", at=found.published_at, summary="Eerste versie.")
    assert (found.original.format, found.original.version) == ("csaf", "2.0")
    assert found.original.content == sample()


def test_its_words_become_sections_and_a_course_of_action():
    (text,) = read(sample()).texts
    assert text.language == "nl"
    assert text.summary == "Wie het netwerk bereikt, neemt Poortwachter over."
    assert text.body.split("\n\n")[0::2] == [
        "## Feiten (beheerders)", "## CVE-2026-10007: Omschrijving", "## Zwakke standaardsleutel"
    ]  # fmt: skip
    assert text.action == (
        "Sluit de beheerpagina af voor het internet.\n\nWerk bij tot versie 4.2.\nhttps://zoutwijk.example/42"
    )


def test_texts_for_other_readers_stand_apart():
    expert, small = read(sample("vex-2.1")).texts
    assert (expert.reader, small.reader) == ("expert", "small")
    assert (small.title, small.summary) == ("For small companies", "Your gate is safe.")
    assert expert.body == "## CVE-2026-10007\n\nThe page gives every file."


def test_its_weaknesses_have_numbers_kinds_and_scores():
    first, second = read(sample()).weaknesses
    assert (first.cve, first.cwe, first.score) == ("CVE-2026-10007", "CWE-22", 7.5)
    assert first.scores == ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N",)
    assert (second.cve, second.name, second.score) == ("", "Zwakke standaardsleutel", None)
    (vex,) = read(sample("vex-2.1")).weaknesses
    assert (vex.cwe, vex.score) == ("CWE-22", 8.7)


def test_its_products_are_named_by_their_branches_and_judged_per_weakness():
    found = {product.key: product for product in read(sample()).products}
    old = found["ZW-39"]
    assert (old.vendor, old.name, old.version, old.status) == ("Zoutwijk Software", "Poortwachter", "3.9", "affected")
    assert old.cpe.startswith("cpe:2.3:a:zoutwijk")
    assert old.cves == ()  # Of both weaknesses, so of all.
    assert (found["ZW-42"].status, found["ZW-42"].cves) == ("fixed", ("CVE-2026-10007",))
    assert found["ZW-39-SL-1"].status == "not-affected"
    assert (found["SL-1"].name, found["SL-1"].status) == ("Sluisbox", "unknown")


def test_without_a_label_it_has_none():
    assert read(changed("document", "distribution", to={"text": "Vraag ons."})).marking.tlp is None
    assert read(changed("document", "distribution", to=None)).marking.tlp is None


@pytest.mark.parametrize(
    ("word", "tlp"), [("WHITE", Tlp.CLEAR), ("GREEN", Tlp.GREEN), ("AMBER", Tlp.AMBER), ("RED", Tlp.RED)]
)
def test_the_labels_of_tlp_1_are_read(word, tlp):
    assert read(changed("document", "distribution", "tlp", "label", to=word)).marking.tlp == tlp


def test_pap_and_iep_stand_in_the_text_of_the_distribution():
    text = 'Vraag ons.\n\nPAP:AMBER\n\nIEP 2.0: {"encrypt_in_transit":"must"}'
    found = read(changed("document", "distribution", "text", to=text)).marking
    assert (found.pap, found.iep) == (Pap.AMBER, {"encrypt_in_transit": "must"})
    assert found.terms[0] == "Vraag ons."


@pytest.mark.parametrize("text", ["PAP:PURPLE", "PAP:RED\n\nPAP:CLEAR", "IEP 2.0: {", "IEP 2.0: []"])
def test_a_marking_that_cannot_be_read_is_no_marking_to_ignore(text):
    no = refusal(changed("document", "distribution", "text", to=text))
    assert (no.code, no.place) == ("label", "/document/distribution/text")


def test_chances_are_read_from_the_severity_too():
    found = changed("document", "aggregate_severity", to={"text": "H/M"})
    found["document"]["notes"] = [{"category": "summary", "text": "Kort."}]
    assert (read(found).probability, read(found).damage) == ("high", "medium")


def test_a_withdrawn_document_is_known_as_one():
    note = {"category": "description", "title": "Reasoning for Withdrawal", "text": "Vergissing."}
    assert read(changed("document", "notes", to=[note])).is_withdrawn
    assert not read(sample()).is_withdrawn


@pytest.mark.parametrize(
    ("path", "to", "code", "place"),
    [
        (("document", "title"), None, "schema", "/document"),
        (("document", "csaf_version"), "1.9", "schema", "/document/csaf_version"),
        (("document", "distribution", "tlp", "label"), "PURPLE", "label", "/document/distribution/tlp/label"),
        (("document", "distribution", "tlp", "label"), "AMBER+STRICT", "label", "/document/distribution/tlp/label"),
        (("document", "tracking", "current_release_date"), "2026-02-30T00:00:00Z", "time",
         "/document/tracking/current_release_date"),
        (("vulnerabilities", 0, "product_status", "fixed"), ["NOBODY"], "reference",
         "/vulnerabilities/0/product_status/fixed/0"),
        (("product_tree", "relationships", 0, "product_reference"), "NOBODY", "reference",
         "/product_tree/relationships/0/product_reference"),
        (("product_tree", "full_product_names"), [{"name": "S", "product_id": "SL-1"}, {"name": "T", "product_id": "SL-1"}],
         "duplicate", "/product_tree/full_product_names/1/product_id"),
        (("product_tree", "relationships", 0, "product_reference"), "ZW-39-SL-1", "cycle", None),
        (("vulnerabilities", 0, "scores", 0, "cvss_v3", "baseScore"), 9.8, "6.1.9", None),
        (("vulnerabilities", 0, "cve"), "CVE-26-1", "schema", "/vulnerabilities/0/cve"),
        (("document", "tracking", "version"), "7", "6.1.16", None),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(path, to, code, place):
    no = refusal(changed(*path, to=to))
    assert no.code == code
    assert place is None or no.place == place
    assert no.reason


def test_two_hashes_of_one_kind_are_too_many():
    found = told()
    product = found["product_tree"]["branches"][0]["branches"][0]["branches"][0]["product"]
    hashes = product["product_identification_helper"]["hashes"][0]["file_hashes"]
    hashes.append(deepcopy(hashes[0]) | {"value": "cd" * 32})
    assert refusal(found).code == "6.1.25"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (sample()[:-20], "syntax"),
        (sample().replace(b'"lang": "nl",', b'"lang": "nl", "lang": "en",'), "duplicate"),
        (sample().replace(b"Feiten", b"\xff\xfe"), "encoding"),
        (b"[" * 5000 + b"]" * 5000, "too-deep"),
        (b'{"document":' * 101 + b"1" + b"}" * 101, "too-deep"),
        (b"{}", "unknown-format"),
        (b"[]", "unknown-format"),
        (b'{"document": []}', "unknown-format"),
        (b"", "syntax"),
        (b"NaN", "syntax"),
    ],
)
def test_what_is_no_sound_json_is_refused(content, code):
    assert refusal(content).code == code


def test_a_label_that_stands_twice_is_refused_rather_than_guessed():
    twice = sample().replace(b'"label": "AMBER"', b'"label": "AMBER", "label": "WHITE"')
    assert refusal(twice).code == "duplicate"
    assert refusal(twice).place == "label"


def test_a_byte_order_mark_is_read_over_and_kept():
    assert read(b"\xef\xbb\xbf" + sample()).original.content.startswith(b"\xef\xbb\xbf")


def test_a_long_document_is_refused_before_it_is_looked_at(monkeypatch):
    monkeypatch.setattr(csaf_format, "MAXIMUM_BYTES", len(sample()) - 1)
    assert refusal(sample()).code == "too-large"


def test_a_long_chain_of_products_breaks_nothing_and_a_closed_one_is_refused():
    found = told()
    chain = [
        {
            "category": "installed_on",
            "full_product_name": {"name": f"P{number}", "product_id": f"P{number}"},
            "product_reference": f"P{number + 1}",
            "relates_to_product_reference": "SL-1",
        }
        for number in range(5000)
    ]
    chain.append(
        chain[0] | {"full_product_name": {"name": "P5000", "product_id": "P5000"}, "product_reference": "SL-1"}
    )
    found["product_tree"]["relationships"] += chain
    assert len(read(found).products) == 5006
    chain[-1]["product_reference"] = "P0"
    assert refusal(found).code == "cycle"


def test_it_is_recognised_by_what_it_says_of_itself():
    assert CSAF.recognises(sample())
    assert CSAF.recognises(b'  {"document": {"csaf_version": "9"}}')
    assert not CSAF.recognises(b'{"type": "bundle"}')
    assert not CSAF.recognises(b'[{"csaf_version": "2.0"}]')


@given(st.data())
def test_no_document_breaks_its_reader(data):
    """Whatever stands in the place of any value, the answer is a document or a refusal."""
    found = told(data.draw(st.sampled_from(["advisory-2.0", "vex-2.1"])))
    holder, name = data.draw(st.sampled_from(list(_places(found))))
    holder[name] = data.draw(ODD)
    refused = []
    try:
        read(found)
    except Unreadable as no:
        refused.append(no)
    assert all(no.code and no.reason for no in refused)


ODD = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 10**20) | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


def _places(node):
    """Every value in it, as its holder and its name."""
    for name, value in node.items() if isinstance(node, dict) else enumerate(node):
        yield node, name
        if isinstance(value, dict | list):
            yield from _places(value)


def test_our_own_tests_look_at_every_place_that_may_name_products():
    mentions = dict(tree.references(told()))
    assert len(mentions) == 10
    assert "/vulnerabilities/0/scores/0/products" in mentions
    assert "/product_tree/product_groups/0/product_ids" in mentions


def test_a_document_of_an_older_draft_of_2_1_is_read():
    found = told("vex-2.1")
    found["document"]["publisher"]["contact_details"] = "csirt@zoutwijk.example"  # Gone from the third draft on.
    assert read(found).publisher == "Zoutwijk Software"
    assert checks.flaws(found, version="2.1") == []
