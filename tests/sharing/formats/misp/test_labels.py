import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schakel.policy.sharing import Pap, Tlp, strictest
from schakel.sharing.formats.misp.markings import CEILINGS
from tests.conftest import ROOT
from tests.sharing.formats.misp.events import attribute, few, read

STRICT, GREEN, AMBER, RED, CLEAR = Tlp.AMBER_STRICT, Tlp.GREEN, Tlp.AMBER, Tlp.RED, Tlp.CLEAR
# Tags of the event, its distribution, and the label that both together leave.
LABELS = [
    ([], None, None),
    ([], "3", None),
    ([], "0", STRICT),
    ([], "1", GREEN),
    ([], "2", GREEN),
    ([], "4", STRICT),
    (["tlp:clear"], None, CLEAR),
    (["tlp:white"], "3", CLEAR),
    (["TLP:CLEAR"], "1", GREEN),
    (["tlp:clear"], "0", STRICT),
    (["tlp:green"], "2", GREEN),
    (["tlp:amber"], "1", AMBER),
    (["tlp:amber"], "3", AMBER),
    (["tlp:amber"], "4", STRICT),
    (["tlp:amber+strict"], "3", STRICT),
    (["tlp:red"], "3", RED),
    (["tlp:red"], "0", RED),
    (["tlp:clear", "tlp:red"], "3", RED),
    (["tlp:green", "tlp:white"], None, GREEN),
    (["tlp:green", "tlp:ex:chr"], None, GREEN),
]


def tagged(names, **fields):
    return few(Tag=[{"name": name} for name in names], **{name: value for name, value in fields.items() if value})


@pytest.mark.parametrize(("names", "distribution", "label"), LABELS)
def test_the_label_is_the_strictest_of_tags_and_distribution(names, distribution, label):
    assert read(tagged(names, distribution=distribution)).marking.tlp == label


def test_the_rule_of_chatham_house_is_a_term_and_no_label():
    (term,) = read(tagged(["tlp:green", "tlp:ex:chr"])).marking.terms
    assert "Chatham" in term


PARTS = [
    ({"Attribute": [attribute(distribution="0")]}, STRICT),
    ({"Attribute": [attribute(Tag=[{"name": "tlp:red"}])]}, RED),
    ({"Attribute": [attribute(Tag=[{"name": "tlp:red"}], deleted=True)]}, RED),
    ({"Object": [{"name": "file", "distribution": "4"}]}, STRICT),
    ({"Object": [{"name": "file", "Attribute": [attribute(Tag=[{"name": "tlp:amber"}])]}]}, AMBER),
    ({"EventReport": [{"name": "x", "distribution": "0"}]}, STRICT),
    ({"Attribute": [attribute(distribution="5", Tag=[{"name": "tlp:clear"}])]}, GREEN),
]


@pytest.mark.parametrize(("parts", "label"), PARTS)
def test_a_part_narrows_the_label_of_the_event_and_never_widens_it(parts, label):
    assert read(tagged(["tlp:green"], **parts)).marking.tlp == label


@pytest.mark.parametrize(("inner", "label"), [("clear", None), ("green", STRICT), ("amber", STRICT), ("red", RED)])
def test_where_the_event_has_no_label_a_part_does_not_speak_for_the_rest(inner, label):
    part = attribute(Tag=[{"name": f"tlp:{inner}"}])
    assert read(few(Attribute=[part])).marking.tlp == label


@given(st.sets(st.sampled_from(Tlp)), st.sampled_from(["0", "1", "2", "3", "4"]), st.sets(st.sampled_from(Tlp)))
def test_no_combination_is_wider_than_its_narrowest_word(own, distribution, inner):
    parts = {"Attribute": [attribute(Tag=[{"name": f"tlp:{one}"} for one in inner])]}
    found = read(tagged([f"tlp:{one}" for one in own], distribution=distribution, **parts)).marking.tlp
    words = [*own, *inner, *filter(None, [CEILINGS[distribution]])]
    if words and found:
        assert found == strictest([found, *words])
    assert found is not None or (not own and inner <= {CLEAR} and distribution == "3")


@pytest.mark.parametrize(
    ("names", "label"),
    [([], None), (["PAP:WHITE"], Pap.CLEAR), (["pap:amber"], Pap.AMBER), (["PAP:GREEN", "PAP:RED"], Pap.RED)],
)
def test_the_strictest_label_of_pap_holds(names, label):
    assert read(tagged(names)).marking.pap == label


def test_a_sharing_group_is_told_of_with_its_members():
    members = [{"Organisation": {"name": name}} for name in ("Vangnet", "Havenbedrijf")]
    group = {"name": "Quay watch", "SharingGroupOrg": members}
    assert read(few(distribution="4", SharingGroup=group)).marking.terms == (
        "Sharing group Quay watch: Vangnet, Havenbedrijf",
    )


def test_the_table_for_operators_is_the_one_that_is_obeyed():
    page = (ROOT / "docs" / "how-to" / "connect-misp.md").read_text(encoding="utf-8")
    told = {found[1]: found[2] for found in re.finditer(r"^\| (\d), [^|]*\| (TLP:[A-Z+]+|none)", page, re.MULTILINE)}
    obeyed = {number: label.marking if label else "none" for number, label in CEILINGS.items() if number != "5"}
    assert told == obeyed
