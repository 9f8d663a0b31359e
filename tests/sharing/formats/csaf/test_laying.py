"""A change of ours over a document that came as CSAF: it is there, and nothing else has moved."""

from dataclasses import replace
from datetime import UTC, datetime

import orjson
import pytest

from schakel.policy.sharing import Pap, Tlp
from schakel.sharing.document import Product, Reference, Revision, Text, Weakness
from schakel.sharing.formats.base import Uncarried
from schakel.sharing.formats.csaf.format import _said
from tests.sharing.formats.csaf.corpus import CSAF, read, sample, told

LATER = datetime(2026, 6, 1, tzinfo=UTC)
CAME = read(sample())


def expert(**given):
    """What came, with its text for experts changed."""
    return replace(CAME, texts=(replace(CAME.texts[0], **given), *CAME.texts[1:]))


def laid(document, **choices):
    """The JSON as written; reading it says what the document says."""
    made = CSAF.write(document, **choices)
    assert dict(made.left_out) == {}
    again = read(made.content)
    assert _said(again) == _said(document)
    return orjson.loads(made.content)


def moved(found, before=None, place=""):
    """The JSON pointers at which two values differ, the nearest that hold all of it."""
    before = told() if before is None else before
    if isinstance(found, dict) and isinstance(before, dict):
        names = found.keys() | before.keys()
        return {where for name in names for where in _moved(found, before, name, place)}
    if isinstance(found, list) and isinstance(before, list) and len(found) == len(before):
        return {where for at, one in enumerate(found) for where in moved(one, before[at], f"{place}/{at}")}
    return set() if found == before else {place}


def _moved(found, before, name, place):
    if name not in found or name not in before:
        return {f"{place}/{name}"}
    return moved(found[name], before[name], f"{place}/{name}")


def test_unchanged_it_goes_out_to_the_byte():
    made = CSAF.write(CAME)
    assert made.content == sample()
    assert made.name == "zws-2026_0007_b.json"


def test_a_title_moves_alone():
    found = laid(replace(expert(title="Nieuw"), title="Nieuw"))
    assert moved(found) == {"/document/title"}


def test_a_summary_moves_alone():
    assert moved(laid(expert(summary="Korter."))) == {"/document/notes/0/text"}
    gone = laid(expert(summary=""))
    assert gone["document"]["notes"] == told()["document"]["notes"][1:]


def test_a_part_that_was_added_is_one_more_note():
    found = laid(expert(body=CAME.texts[0].body + "\n\n## Onze duiding\n\nVooral havens."))
    assert found["document"]["notes"][-1] == {
        "category": "description",
        "title": "Onze duiding",
        "text": "Vooral havens.",
    }
    assert found["document"]["notes"][:-1] == told()["document"]["notes"]
    assert moved(found) == {"/document/notes"}


def test_a_part_that_is_gone_takes_its_note_along():
    found = laid(expert(body="## Feiten (beheerders)\n\nDe beheerpagina controleert de naam van het bestand niet."))
    assert moved(found) == {"/vulnerabilities/0/notes/0/text", "/vulnerabilities/0/notes/0/category",
                            "/vulnerabilities/0/notes/0/title", "/vulnerabilities/1/notes/0/category",
                            "/vulnerabilities/1/notes/0/text"} - {"/vulnerabilities/0/notes/0/category"}  # fmt: skip
    assert found["vulnerabilities"][0]["notes"] == [{"category": "description", "text": "Lezen buiten de map"}]


def test_a_course_of_action_grows_by_a_note():
    found = laid(expert(action=CAME.texts[0].action + "\n\nBel het bureau."))
    assert found["document"]["notes"][-1] == {
        "category": "general",
        "title": "Course of action",
        "text": "Bel het bureau.",
    }
    assert found["vulnerabilities"] == told()["vulnerabilities"]


def test_a_text_for_other_readers_is_added_for_them():
    text = Text(reader="small", language="nl", title="Voor u", summary="Bel.", body="Gewone woorden.", action="Bel nu.")
    found = laid(replace(CAME, texts=(*CAME.texts, text)))
    assert [note.get("audience") for note in found["document"]["notes"]].count("small") == 3
    assert moved(found) == {"/document/notes"}


def test_a_label_is_changed_in_the_words_of_its_version():
    found = laid(replace(CAME, marking=replace(CAME.marking, tlp=Tlp.RED)))
    assert found["document"]["distribution"]["tlp"]["label"] == "RED"
    assert moved(found) == {"/document/distribution/tlp/label", "/document/distribution/tlp/url"}
    with pytest.raises(Uncarried):
        CSAF.write(replace(CAME, marking=replace(CAME.marking, tlp=Tlp.AMBER_STRICT)))


def test_terms_that_are_gone_take_their_notes_along():
    marking = replace(CAME.marking, terms=("Alleen voor deelnemers.",), pap=Pap.AMBER)
    found = laid(replace(CAME, marking=marking))
    assert found["document"]["distribution"]["text"] == "Alleen voor deelnemers.\n\nPAP:AMBER"
    assert all(note["category"] != "legal_disclaimer" for note in found["document"]["notes"])


def test_a_judgement_changes_its_note():
    found = laid(replace(CAME, probability="high"))
    assert {"category": "general", "title": "Kans", "text": "high"} in found["document"]["notes"]
    assert moved(found) <= {f"/document/notes/{at}/{name}" for at in range(6) for name in ("category", "text", "title")}


def test_references_and_thanks_come_and_go_one_by_one():
    wanted = replace(
        CAME,
        references=(
            *CAME.references[:1],
            replace(CAME.references[1], summary="Ander woord"),
            Reference(url="https://e.example/"),
        ),
        contributors=("Aart Voorbeeld", "Havenkring", "Zorgcentrum"),
    )
    made = CSAF.write(wanted)
    found = orjson.loads(made.content)
    assert found["document"]["references"][1]["summary"] == "Ander woord"
    assert found["document"]["references"][2] == {
        "category": "external",
        "summary": "https://e.example/",
        "url": "https://e.example/",
    }
    assert "references" not in found["vulnerabilities"][0]
    assert found["document"]["acknowledgments"][0]["names"] == ["Aart Voorbeeld"]
    assert "organization" not in found["document"]["acknowledgments"][0]
    assert found["document"]["acknowledgments"][1] == {"organization": "Zorgcentrum"}
    assert found["vulnerabilities"][0]["acknowledgments"] == [{"organization": "Havenkring"}]


def test_a_step_of_ours_goes_on_in_its_authors_counting():
    step = Revision(number="3", at=LATER, summary="Duiding erbij")
    found = laid(replace(CAME, revisions=(*CAME.revisions, step), revised_at=LATER))
    trace = found["document"]["tracking"]
    assert trace["revision_history"][-1] == {"date": "2026-06-01T00:00:00Z", "summary": "Duiding erbij", "number": "3"}
    assert (trace["version"], trace["current_release_date"]) == ("3", "2026-06-01T00:00:00Z")
    assert moved(found) == {
        f"/document/tracking/{name}" for name in ("revision_history", "version", "current_release_date")
    }


def test_a_weakness_that_is_added_or_changed_leaves_the_others_alone():
    added = Weakness(cve="CVE-2026-20001", name="Nog een", cwe="CWE-79")
    found = orjson.loads(CSAF.write(replace(CAME, weaknesses=(*CAME.weaknesses, added))).content)
    assert found["vulnerabilities"][:2] == told()["vulnerabilities"]
    assert (found["vulnerabilities"][2]["cve"], found["vulnerabilities"][2]["cwe"]["id"]) == (
        "CVE-2026-20001",
        "CWE-79",
    )
    named = (replace(CAME.weaknesses[0], name="Beter gezegd", cwe="CWE-79"), CAME.weaknesses[1])
    changed = orjson.loads(CSAF.write(replace(CAME, weaknesses=named)).content)
    assert moved(changed) == {
        "/vulnerabilities/0/title", "/vulnerabilities/0/cwe/id", "/vulnerabilities/0/cwe/name"
    }  # fmt: skip


def test_new_scores_take_the_place_of_the_old():
    vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    scored = (replace(CAME.weaknesses[0], scores=(vector,), score=9.8), CAME.weaknesses[1])
    found = laid(replace(CAME, weaknesses=scored))
    assert found["vulnerabilities"][0]["scores"][0]["cvss_v3"]["baseScore"] == 9.8


def test_what_is_said_of_one_product_changes_alone():
    products = tuple(replace(one, status="affected") if one.key == "ZW-42" else one for one in CAME.products)
    found = laid(replace(CAME, products=products))
    assert moved(found) == {
        "/vulnerabilities/0/product_status/known_affected",
        "/vulnerabilities/0/product_status/fixed",
    }
    assert found["vulnerabilities"][0]["product_status"]["known_affected"] == ["ZW-39", "ZW-4X", "ZW-42"]


def test_a_new_product_joins_the_tree():
    new = Product(name="Poortwachter", vendor="Zoutwijk Software", version="5.0", key="ZW-50", status="not-affected", cves=("CVE-2026-10007",))  # fmt: skip
    found = laid(replace(CAME, products=(*CAME.products, new)))
    leaves = found["product_tree"]["branches"][0]["branches"][0]["branches"]
    assert leaves[-1]["product"]["product_id"] == "ZW-50"
    assert leaves[:-1] == told()["product_tree"]["branches"][0]["branches"][0]["branches"]


def test_what_the_form_cannot_say_is_named():
    fewer = replace(CAME, products=CAME.products[:-1])
    assert "products" in CSAF.write(fewer).left_out  # A tree that others refer to loses nothing.


def test_a_change_that_breaks_a_rule_of_its_profile_is_refused_with_the_rule():
    vex = read(sample("vex-2.1"))
    affected = replace(vex, products=tuple(replace(one, status="affected") for one in vex.products))
    with pytest.raises(Uncarried) as no:
        CSAF.write(affected)
    assert "6.1.27.10" in str(no.value)


def test_it_can_be_withdrawn():
    found = laid(replace(CAME, is_withdrawn=True))
    assert found["document"]["notes"][-1]["title"] == "Reasoning for Withdrawal"
    again = read(orjson.dumps(found))
    assert laid(replace(again, is_withdrawn=False))["document"]["notes"] == told()["document"]["notes"]
