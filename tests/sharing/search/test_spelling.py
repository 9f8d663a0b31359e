"""One spelling for what is indexed and what is asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schakel.sharing.search.spelling import cves_of, folded, parts_of, words_of


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("beveiligingslek", ("beveiliging", "lek")),
        ("beveiligingslekken", ("beveiliging", "lek")),
        ("kwetsbaarhedenscan", ("kwetsbaarheid", "scan")),
        ("informatiebeveiligingsbeleid", ("informatie", "beveiliging", "beleid")),
        ("sluiswachterskoppeling", ("sluis", "wachter", "koppeling")),
        ("zoutwijkkoppeling", ("zoutwijk", "koppeling")),
        ("rapport", ()),
        ("transport", ()),
        ("lek", ()),
        ("kwetsbaarheden", ()),
    ],
)
def test_compounds_come_apart_where_we_know_their_parts(word, parts):
    assert parts_of(word) == parts


@pytest.mark.parametrize(
    "written", ["CVE-2026-0101", "cve 2026 0101", "cve2026-0101", "CVE_2026_101", "CVE\u20112026\u20110101", "(cve:2026-0101)"]
)  # fmt: skip
def test_a_cve_is_one_whatever_its_writing(written):
    assert cves_of(f"over {written}.") == ["CVE-2026-0101"]


def test_words_have_no_accents_and_keep_their_dots():
    assert list(words_of("Coördinatie v4.2, gegevens_lek: café.")) == ["coordinatie", "v4.2", "gegevens", "lek", "cafe"]


@given(st.text())
def test_folding_again_changes_nothing(text):
    assert folded(folded(text)) == folded(text)
