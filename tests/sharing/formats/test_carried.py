"""From one format to another through a document: what the table says is carried, is."""

from dataclasses import replace

import pytest

from schakel.policy.sharing import Tlp
from schakel.sharing.document import Document, Marking
from schakel.sharing.formats.base import Uncarried
from tests.sharing.formats.carried import FORMATS, FULL, again, facts, table

CSAF, STIX, MISP = FORMATS
ROWS = {name: dict(zip(FORMATS, words, strict=True)) for name, *words in table()}


def kept(formats):
    """The fields that all of these formats carry."""
    return [name for name, words in ROWS.items() if all(words[form] == "yes" for form in formats)]


def test_the_whole_document_says_something_in_every_field():
    empty = dict(facts(Document(title="")))
    assert {name for name, value in facts(FULL) if value == empty[name]} == {"is_withdrawn"}


@pytest.mark.parametrize("way", [(CSAF, STIX), (CSAF, MISP), (STIX, CSAF), (MISP, CSAF), (STIX, MISP), (MISP, STIX)])
def test_what_both_carry_comes_through_both_and_back(way):
    there, back = way
    between = again(FULL, FORMATS[there])
    found, wanted = dict(facts(again(again(between, FORMATS[back]), FORMATS[there]))), dict(facts(between))
    names = kept(way)
    assert len(names) > 20
    assert {name: found[name] for name in names} == {name: wanted[name] for name in names}


@pytest.mark.parametrize("form", [STIX, MISP])
def test_real_advisories_come_through(shared_samples, form):
    files = sorted((shared_samples / "csaf" / "cisa-ot").rglob("*.json"))[::4]
    assert len(files) > 10
    for file in files:
        (document,) = FORMATS[CSAF].read(file.read_bytes())
        found, wanted = dict(facts(again(document, FORMATS[form]))), dict(facts(document))
        assert {name: found[name] for name in kept([form])} == {name: wanted[name] for name in kept([form])}, file.name


def test_a_label_that_a_format_has_no_word_for_is_refused_or_narrowed_never_dropped():
    strict = replace(FULL, marking=Marking(tlp=Tlp.AMBER_STRICT))
    amber = replace(FULL, marking=Marking(tlp=Tlp.AMBER))
    with pytest.raises(Uncarried):
        FORMATS[CSAF].write(strict)
    assert again(strict, FORMATS[MISP]).marking.tlp == Tlp.AMBER_STRICT
    assert again(amber, FORMATS[MISP]).marking.tlp == Tlp.AMBER_STRICT
    assert again(strict, FORMATS[STIX]).marking.tlp == Tlp.AMBER_STRICT
