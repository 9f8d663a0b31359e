"""What changed between two texts: nothing is lost, and nothing is said that did not change."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from schakel.sharing.document import Text
from schakel.sharing.items.differences import LONGEST, difference, pieces
from tests.sharing.world import document

TEXTS = st.text("ab c\n", max_size=60)


@given(TEXTS, TEXTS)
def test_both_texts_come_back_out_of_their_comparison(before, after):
    found = list(pieces(before, after))
    assert "".join(text for sign, text in found if sign != "new") == before
    assert "".join(text for sign, text in found if sign != "gone") == after


def test_a_word_that_changed_is_all_that_changed():
    assert list(pieces("Werk bij tot 4.2 nu.\nKlaar.", "Werk bij tot 4.3 nu.\nKlaar.")) == [
        ("same", "Werk bij tot "), ("gone", "4.2"), ("new", "4.3"), ("same", " nu.\nKlaar."),
    ]  # fmt: skip


def test_very_long_texts_are_compared_as_a_whole():
    before, after = "a\n" * (LONGEST + 1), "b\n" * (LONGEST + 1)
    assert list(pieces(before, after)) == [("gone", before), ("new", after)]


def test_the_same_document_differs_in_nothing():
    same = difference(document(), document())
    assert (same.facts, same.texts, same.lists) == ([], [], [])


def test_texts_lists_and_facts_are_told_apart():
    later = replace(
        document(), probability="high", products=(), texts=(*document().texts, Text(reader="small", title="Kort"))
    )
    found = difference(document(), later)
    assert [(one.name, one.before, one.after) for one in found.facts] == [("probability", "", "high")]
    assert [(one.reader, one.parts) for one in found.texts] == [("small", {"title": [("new", "Kort")]})]
    assert [(one.name, len(one.gone), one.new) for one in found.lists] == [("products", 1, ())]
