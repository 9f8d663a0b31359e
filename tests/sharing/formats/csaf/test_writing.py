"""Documents of our own as CSAF: complete, sound, and honest about what has no place."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from schakel.policy.sharing import Pap, Tlp
from schakel.sharing.document import Document, Indicator, Marking, Product, Reference, Revision, Text, Weakness
from schakel.sharing.formats.base import Uncarried
from schakel.sharing.formats.csaf import checks
from schakel.sharing.formats.csaf.names import file_name
from tests.sharing.formats.csaf.corpus import CSAF, read, sample

MORNING = datetime(2026, 5, 4, 6, 30, tzinfo=UTC)
V3, V3_LOW, V2 = (
    "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N",
    "CVSS:3.0/AV:L/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N",
    "AV:N/AC:L/Au:N/C:P/I:N/A:N",
)
V4 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N"


def ours(**given):
    """An advisory that was written here."""
    text = Text(
        language="nl",
        title="Lek in Poortwachter",
        summary="Wie het netwerk bereikt, leest bestanden.",
        body="Lees dit eerst.\n\n## Wat er is\n\nEen lek.\n\n## CVE-2026-10007: Omschrijving\n\nDe pagina geeft elk bestand.",
        action="Werk bij tot 4.2.",
    )
    small = Text(reader="small", language="nl", title="Voor u", summary="Bel uw leverancier.", action="Bel vandaag.")
    told: dict[str, Any] = {
        "kind": "advisory",
        "title": "Lek in Poortwachter",
        "texts": (text, small),
        "marking": Marking(tlp=Tlp.GREEN, terms=("Vraag eerst.",)),
        "key": "SCH-2026-0012",
        "publisher": "Havenkring",
        "contributors": ("Zorgcentrum",),
        "published_at": MORNING,
        "revised_at": MORNING,
        "probability": "high",
        "damage": "medium",
        "weaknesses": (Weakness(cve="CVE-2026-10007", name="Lezen", cwe="CWE-22", scores=(V3,), score=7.5),),
        "products": (
            Product(name="Poortwachter", vendor="Zoutwijk", version="4.1", key="P1", status="affected", cpe="cpe:/a:z:p:4.1"),
            Product(name="Poortwachter", vendor="Zoutwijk", version="4.2", key="P2", status="fixed", purl="pkg:generic/p@4.2"),
            Product(name="Poortwachter", vendor="Zoutwijk", version="<4", key="P3", status="unknown"),
            Product(name="Sluisbox", key="P4", status="not-affected"),
        ),
        "references": (Reference(url="https://example.org/7", summary="Meer"), Reference(url="https://example.org/8")),
        "revisions": (Revision(number="1", at=MORNING, summary="Eerste"),),
    }  # fmt: skip
    return Document(**(told | given))


def written(document, **choices):
    made = CSAF.write(document, **choices)
    return orjson.loads(made.content), made


@pytest.mark.parametrize("version", ["2.0", "2.1"])
def test_what_we_wrote_is_read_again(version):
    _csaf, made = written(ours(), version=version)
    assert dict(made.left_out) == {}
    found = read(made.content)
    wanted = ours(contributors=("Havenkring", "Zorgcentrum"))
    for name in ("title", "texts", "marking", "key", "contributors", "published_at", "revised_at", "probability", "damage",
                 "weaknesses", "revisions"):  # fmt: skip
        assert getattr(found, name) == getattr(wanted, name), name
    assert set(found.products) == set(wanted.products)
    assert found.references[1] == Reference(url="https://example.org/8", summary="https://example.org/8")


def test_who_issues_it_is_this_installation_and_its_author_is_thanked(settings):
    settings.COORDINATOR, settings.BASE_URL, settings.HELP_LINE = "Het bureau", "https://schakel.example", "bel 12"
    csaf, _made = written(ours())
    assert csaf["document"]["publisher"] == {
        "category": "coordinator", "name": "Het bureau", "namespace": "https://schakel.example", "contact_details": "bel 12",
    }  # fmt: skip
    assert csaf["document"]["acknowledgments"][0] == {"organization": "Havenkring"}
    csaf, _made = written(ours(publisher="Het bureau", contributors=()))
    assert "acknowledgments" not in csaf["document"]


def test_it_has_the_most_telling_profile_that_it_fulfils():
    assert written(ours())[0]["document"]["category"] == "csaf_security_advisory"
    assert written(ours(products=()))[0]["document"]["category"] == "csaf_base"
    assert written(ours(weaknesses=()))[0]["document"]["category"] == "csaf_base"


def test_its_file_is_named_by_the_standard():
    assert written(ours(key="SCH 2026/0012+B"))[1].name == "sch_2026_0012+b.json"
    assert file_name("oasis_csaf_tc-csaf_2_0-2021-5-1-11") == "oasis_csaf_tc-csaf_2_0-2021-5-1-11.json"


@pytest.mark.parametrize(
    ("tlp", "old", "new"),
    [
        (Tlp.CLEAR, "WHITE", "CLEAR"),
        (Tlp.GREEN, "GREEN", "GREEN"),
        (Tlp.AMBER, "AMBER", "AMBER"),
        (Tlp.RED, "RED", "RED"),
    ],
)
def test_each_version_has_its_own_words_for_labels(tlp, old, new):
    document = ours(marking=Marking(tlp=tlp))
    assert written(document, version="2.0")[0]["document"]["distribution"]["tlp"]["label"] == old
    assert written(document, version="2.1")[0]["document"]["distribution"]["tlp"]["label"] == new


def test_amber_strict_never_enters_2_0_weakened():
    document = ours(marking=Marking(tlp=Tlp.AMBER_STRICT))
    with pytest.raises(Uncarried) as no:
        CSAF.write(document, version="2.0")
    assert no.value.fields == ("marking.tlp",)
    csaf, made = written(document, version="2.0", strict_as_red=True)
    assert csaf["document"]["distribution"]["tlp"]["label"] == "RED"
    assert "marking" in made.left_out
    assert written(document, version="2.1")[0]["document"]["distribution"]["tlp"]["label"] == "AMBER+STRICT"


def test_without_a_label_there_is_none_in_2_0_and_no_document_in_2_1():
    document = ours(marking=Marking())
    assert "distribution" not in written(document, version="2.0")[0]["document"]
    with pytest.raises(Uncarried) as no:
        CSAF.write(document, version="2.1")
    assert no.value.fields == ("marking.tlp",)


def test_pap_iep_and_terms_are_never_left_out():
    marking = Marking(tlp=Tlp.GREEN, pap=Pap.RED, iep={"encrypt_in_transit": "must"}, terms=("Eén.", "Twee."))
    csaf, made = written(ours(marking=marking))
    assert "PAP:RED" in csaf["document"]["distribution"]["text"]
    assert read(made.content).marking == marking


def test_what_has_no_place_is_named():
    document = ours(
        indicators=(Indicator(kind="ip", value="192.0.2.1"),),
        names=("Zeeslang",),
        phase="warm",
        reliability="b",
        valid_until=MORNING,
        texts=(*ours().texts, Text(language="en", title="Leak", body="Words.")),
    )
    _csaf, made = written(document)
    assert set(made.left_out) == {"indicators", "names", "phase", "reliability", "valid_until", "texts"}
    assert all(made.left_out.values())


def test_of_each_kind_of_score_the_highest_goes_in():
    weakness = replace(ours().weaknesses[0], scores=(V3_LOW, V3, V2, V4, "nonsense"))
    csaf, made = written(ours(weaknesses=(weakness,)), version="2.0")
    scores = csaf["vulnerabilities"][0]["scores"]
    assert [(name, one[name]["baseScore"]) for one in scores for name in one if name != "products"] == [
        ("cvss_v2", 5.0), ("cvss_v3", 7.5)
    ]  # fmt: skip
    assert scores[1]["cvss_v3"]["baseSeverity"] == "HIGH"
    assert "weaknesses.scores" in made.left_out
    csaf, _made = written(ours(weaknesses=(weakness,)), version="2.1")
    assert [list(one["content"]) for one in csaf["vulnerabilities"][0]["metrics"]] == [
        ["cvss_v2"],
        ["cvss_v3"],
        ["cvss_v4"],
    ]


def test_a_status_without_a_weakness_has_no_place():
    _csaf, made = written(ours(weaknesses=()))
    assert {"products.status", "products"} <= set(made.left_out)


def test_a_weakness_without_a_number_goes_by_its_name():
    weaknesses = (Weakness(name="Zwakke sleutel"), Weakness())
    products = (Product(name="Doos", key="D", status="affected", cves=("Zwakke sleutel",)),)
    csaf, made = written(ours(weaknesses=weaknesses, products=products, texts=()))
    assert [one.get("product_status") for one in csaf["vulnerabilities"]] == [{"known_affected": ["D"]}, None]
    assert read(made.content).products == products


def test_products_without_a_key_get_one_each_and_the_same_the_same():
    products = (
        Product(name="A", vendor="V", version="1", status="affected", cves=("CVE-2026-10007",)),
        Product(name="A", vendor="V", version="1", status="unknown"),
        Product(name="B"),
    )
    csaf, _made = written(ours(products=products[:1] + products[2:]))
    assert csaf["product_tree"]["full_product_names"][0]["product_id"] == "CSAFPID-0002"
    with pytest.raises(Uncarried):  # Affected and being looked at, for one weakness: the standard forbids it (6.1.6).
        CSAF.write(ours(products=products))


def test_versions_of_its_author_that_csaf_cannot_have_stand_beside():
    steps = (Revision(number="v0.9", at=MORNING), Revision(number="v1.0", at=MORNING, summary="Klaar"))
    csaf, made = written(ours(revisions=steps))
    history = csaf["document"]["tracking"]["revision_history"]
    assert [(one["number"], one["legacy_version"]) for one in history] == [("1", "v0.9"), ("2", "v1.0")]
    assert "revisions" in made.left_out
    kept = (Revision(number="1.0.0", at=MORNING, summary="a"), Revision(number="1.1.0", at=MORNING, summary="b"))
    assert read(written(ours(revisions=kept))[1].content).revisions == kept


@pytest.mark.parametrize("lacking", [{"key": " "}, {"published_at": None, "revised_at": None}])
def test_it_needs_a_lasting_name_and_a_date(lacking):
    with pytest.raises(Uncarried) as no:
        CSAF.write(ours(**lacking))
    assert no.value.fields == tuple(name for name in lacking if name != "revised_at")


def test_a_withdrawn_document_says_so_in_both_versions():
    document = ours(is_withdrawn=True)
    assert read(CSAF.write(document, version="2.0").content).is_withdrawn
    csaf, made = written(document, version="2.1")
    assert csaf["document"]["category"] == "csaf_withdrawn"
    assert read(made.content).is_withdrawn
    assert {"texts", "weaknesses", "products"} <= set(made.left_out)


def test_there_is_no_other_version():
    with pytest.raises(Uncarried):
        CSAF.write(ours(), version="3.0")


def test_what_came_as_2_0_goes_out_as_2_1_and_not_the_other_way_without_a_word():
    came = read(sample())
    csaf, _made = written(came, version="2.1")
    assert csaf["document"]["csaf_version"] == "2.1"
    assert checks.flaws(csaf, version="2.1") == []
    assert csaf["document"]["distribution"]["tlp"]["label"] == "AMBER"
    assert csaf["product_tree"]["product_paths"]
    _csaf, made = written(replace(read(sample("vex-2.1")), marking=Marking(tlp=Tlp.RED)), version="2.0")
    assert "original" in made.left_out


def test_a_document_without_a_label_does_not_become_public_on_the_way_to_2_1():
    unlabelled = replace(read(sample()), marking=Marking())
    with pytest.raises(Uncarried) as no:
        CSAF.write(unlabelled, version="2.1")
    assert no.value.fields == ("marking.tlp",)
