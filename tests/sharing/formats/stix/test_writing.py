"""What we write: read by others' library, the same for ever, and read back as what it was."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
import pytest
import stix2
from hypothesis import given
from hypothesis import strategies as st

from schakel.policy.sharing import Pap, Tlp
from schakel.sharing.document import (
    Document,
    Indicator,
    Marking,
    Original,
    Product,
    Reference,
    Revision,
    Text,
    Weakness,
)
from schakel.sharing.formats.base import Uncarried
from schakel.sharing.formats.stix import Stix
from tests.sharing.formats.stix import made

STIX = Stix()
THEN = datetime(2026, 3, 1, 8, tzinfo=UTC)
FULL = Document(
    kind="advisory",
    title="Lek in Poortwachter",
    texts=(
        Text(language="nl", title="Lek in Poortwachter", summary="Een lek.", body="**Ernstig.**", action="Werk bij."),
        Text(reader="small", language="nl", title="Kort", body="Bel uw beheerder.", action="Bel."),
    ),
    marking=Marking(
        tlp=Tlp.AMBER_STRICT, pap=Pap.GREEN, iep={"unmodified_resale": "must-not"}, terms=("Niet in de krant",)
    ),
    key="havenkring-2026-1",
    version="3",
    publisher="Havenkring",
    contributors=("Zoutwijk",),
    published_at=THEN,
    revised_at=THEN + timedelta(days=1),
    valid_from=THEN,
    valid_until=THEN + timedelta(days=30),
    probability="high",
    damage="medium",
    reliability="b",
    credibility="2",
    phase="warm",
    weaknesses=(Weakness(cve="CVE-2026-0101", name="Poortgat", cwe="CWE-79", scores=("CVSS:3.1/AV:N",), score=9.8),),
    products=(
        Product(name="Poortwachter", vendor="Zoutwijk", version="4.1", key="p1", status="affected", purl="pkg:a/b"),
    ),
    references=(Reference(url="https://example.org/lek", summary="Meer"),),
    indicators=(
        Indicator(kind="domain", value="kade.example", valid_from=THEN, confidence=0, labels=("c2",), comment="Let op"),
        Indicator(kind="hash", value="a" * 64, valid_from=THEN, for_detection=False),
        Indicator(kind="rule", pattern="rule x { condition: true }", pattern_type="yara", valid_from=THEN),
        Indicator(kind="fingerprint", value="ja3:1", valid_from=THEN, valid_until=THEN + timedelta(days=3)),
    ),
    names=("Kraanvogel",),
    labels=("haven",),
    revisions=(Revision(number="1", at=THEN, summary="Eerste"),),
)


def read(content):
    [document] = STIX.read(content)
    return document


def normal(document):
    """What comes back differs in nothing but the original, the ids that STIX gave indicators, and one title for both."""
    bare = tuple(replace(one, key="") for one in document.indicators)
    first, *others = document.texts
    texts = (replace(first, title=document.title), *others)
    return replace(document, original=None, indicators=bare, texts=texts)


def test_nothing_of_ours_is_lost_on_the_way():
    assert normal(read(STIX.write(FULL).content)) == normal(FULL)


def test_others_read_what_we_write():
    parsed = stix2.parse(STIX.write(FULL).content.decode())
    kinds = [one["type"] for one in parsed.objects]
    assert kinds.count("indicator") == 4
    assert {"report", "vulnerability", "software", "course-of-action", "note", "relationship", "identity"} <= set(kinds)
    [report] = [one for one in parsed.objects if one.type == "report"]
    assert report.name == "Lek in Poortwachter"
    assert report.confidence == 70
    assert "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003" in report.object_marking_refs
    held = {one["id"] for one in parsed.objects}
    refs = {ref for one in parsed.objects for ref in one.get("object_marking_refs", [])}
    assert held.issuperset({*report.object_refs, *refs, report.created_by_ref})


def test_every_object_is_under_the_label():
    objects = orjson.loads(STIX.write(FULL).content)["objects"]
    told = [one for one in objects if one["type"] not in {"identity", "marking-definition", "extension-definition"}]
    label = "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"
    assert all(label in one["object_marking_refs"] for one in told)


def test_the_same_document_has_the_same_ids_for_ever_and_another_one_others():
    first, again = STIX.write(FULL).content, STIX.write(replace(FULL, title="Anders", revised_at=THEN)).content
    ids = [{one["id"] for one in orjson.loads(content)["objects"]} for content in (first, again)]
    assert ids[0] == ids[1]
    other = orjson.loads(STIX.write(replace(FULL, key="havenkring-2026-2")).content)["objects"]
    shared = {one["id"].partition("--")[0] for one in other if one["id"] in ids[0]}
    assert shared == {"identity", "marking-definition", "extension-definition"}


def test_a_withdrawn_document_is_revoked():
    back = STIX.write(replace(FULL, is_withdrawn=True)).content
    assert read(back).is_withdrawn
    assert all(one["revoked"] for one in orjson.loads(back)["objects"] if one["type"] in {"report", "indicator"})


def test_without_any_time_it_says_what_is_missing():
    with pytest.raises(Uncarried) as caught:
        STIX.write(Document(title="x"))
    assert caught.value.fields == ("published_at",)
    with pytest.raises(Uncarried):
        STIX.write(FULL, version="2.0")


def test_a_document_of_another_format_is_written_anew():
    csaf = Original(format="csaf", version="2.0", content=b"{}", digest="d")
    assert normal(read(STIX.write(replace(FULL, original=csaf)).content)) == normal(FULL)


HEAD = made.report(
    "Van buiten", [made.key("indicator", "a"), made.key("indicator", "b"), made.key("x-kade", "k")],
    description="Zo kwam het.", object_marking_refs=[made.GREEN], confidence=75, labels=["haven"],
    external_references=[{"source_name": "ons", "external_id": "7"}], x_kade_eigen="blijft",
)  # fmt: skip
CAME = (
    HEAD,
    made.indicator("a", object_marking_refs=[made.GREEN], x_kade_eigen=[1]),
    made.indicator("b", "[ipv4-addr:value = '192.0.2.9']", object_marking_refs=[made.GREEN]),
    made.one("x-kade", "k", object_marking_refs=[made.GREEN], diepte=4),
    made.relationship(made.key("indicator", "a"), made.key("x-kade", "k")),
)
OURS = Indicator(kind="domain", value="nieuw.example", valid_from=THEN)
CHANGES = {
    "title": {"title": "Nieuwe titel"},
    "label": {"marking": Marking(tlp=Tlp.RED, terms=("Alleen gelezen",))},
    "withdrawn": {"is_withdrawn": True},
    "judged": {"kind": "situation-report", "probability": "high", "damage": "low", "phase": "warm", "reliability": "b"},
    "indicator gone": {"indicators": ()},
    "weakness": {"weaknesses": (Weakness(cve="CVE-2026-0101", score=5.0),)},
    "products": {"products": (Product(name="Poortwachter", key="p", status="fixed"),)},
    "texts": {
        "texts": (
            Text(language="nl", title="Van buiten", summary="Kort.", body="Lang.", action="Doe dit."),
            Text(reader="small", language="en", title="Short", body="Call."),
        )
    },
    "labels": {"labels": ("sluis",), "names": ("Kraanvogel",)},
    "references": {"references": (Reference(url="https://example.org/x"),)},
    "rated": {"credibility": "1"},
    "told": {"contributors": ("Zoutwijk",), "valid_until": THEN, "revisions": (Revision(number="2", at=THEN),)},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("came", [CAME, CAME[1:]], ids=["report", "loose"])
def test_what_changed_is_laid_over_what_came(came, change):
    document = read(made.bundle(*came))
    changed = replace(document, **change, revised_at=THEN + timedelta(days=2))
    back = STIX.write(changed).content
    again = read(back)
    keep = {name: getattr(changed, name) for name in ("key", "version", "revised_at", "published_at", "publisher")}
    assert normal(replace(again, **keep)) == normal(changed)
    stix2.parse(back.decode(), allow_custom=True)


def test_an_indicator_that_is_new_goes_in_and_one_that_changed_keeps_its_name():
    document = read(made.bundle(*CAME))
    first, second = document.indicators
    changed = replace(document, indicators=(replace(first, confidence=10), second, OURS))
    objects = {one["id"]: one for one in orjson.loads(STIX.write(changed).content)["objects"]}
    assert objects[first.key]["confidence"] == 10
    assert objects[first.key]["x_kade_eigen"] == [1]
    assert objects[first.key]["modified"] > made.AT
    assert objects[second.key] == CAME[2]
    assert len(objects[HEAD["id"]]["object_refs"]) == 4


def test_what_we_do_not_understand_goes_out_again():
    document = replace(read(made.bundle(*CAME)), title="Anders", marking=Marking(tlp=Tlp.RED))
    objects = {one["id"]: one for one in orjson.loads(STIX.write(document).content)["objects"]}
    assert objects[HEAD["id"]]["x_kade_eigen"] == "blijft"
    assert {"source_name": "ons", "external_id": "7"} in objects[HEAD["id"]]["external_references"]
    assert objects[made.key("x-kade", "k")]["diepte"] == 4
    assert made.GREEN not in json.dumps(list(objects.values()))


def test_an_object_that_did_not_change_keeps_its_version_and_one_that_did_gets_a_later_one():
    document = replace(read(made.bundle(*CAME)), title="Anders")
    objects = {one["id"]: one for one in orjson.loads(STIX.write(document).content)["objects"]}
    assert objects[CAME[1]["id"]] == CAME[1]
    assert objects[HEAD["id"]]["modified"] == "2026-03-01T08:00:00.001Z"


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20)


@given(title=WORDS, body=WORDS, values=st.lists(WORDS, max_size=3), tlp=st.none() | st.sampled_from(Tlp))
def test_any_words_come_back_as_they_were(title, body, values, tlp):
    found = tuple(Indicator(kind="mutex", value=value.strip(), valid_from=THEN) for value in values if value.strip())
    given = Document(
        title=title, key="k", published_at=THEN, revised_at=THEN, texts=(Text(title=title, body=body),),
        marking=Marking(tlp=tlp), version="1", indicators=tuple(dict.fromkeys(found)),
    )  # fmt: skip
    back = read(STIX.write(given).content)
    assert (back.title, back.texts, back.marking) == (given.title, given.texts, given.marking)
    assert len(back.indicators) == len(given.indicators)
