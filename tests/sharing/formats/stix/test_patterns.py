"""Plain patterns: read quickly, as the grammar reads them, and written so that both read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stix2patterns.validator import run_validator

from schakel.sharing import indicators
from schakel.sharing.formats.base import Unreadable
from schakel.sharing.formats.stix import patterns
from schakel.sharing.words import IndicatorKind

PATHS = st.sampled_from(
    [*patterns.KINDS, "file:hashes.MD5", "file:hashes.'SHA-256'", "file:hashes.SSDEEP", "x-a:b.c[0].d", "a:b[*].'c d'"]
)
LITERALS = st.integers(-9999, 9999).map(str) | st.text(max_size=8).map(patterns._quoted) | st.just(f"'{'a' * 32}'")
COMPARISONS = st.builds("{} = {}".format, PATHS, LITERALS)
OBSERVATIONS = st.lists(COMPARISONS, min_size=1, max_size=3).flatmap(
    lambda all_of: st.sampled_from([" AND ", " OR "]).map(lambda word: f"[{word.join(all_of)}]")
)
PLAIN = st.lists(OBSERVATIONS, min_size=1, max_size=3).flatmap(
    lambda all_of: st.sampled_from([" AND ", " OR "]).map(lambda word: word.join(all_of))
)
ALIKE = st.text("ab[]:='\\ .ANDOR1", max_size=25) | PLAIN


def passes(pattern):
    try:
        patterns.check(pattern, version="2.1", place="")
    except Unreadable:
        return False
    return True


@given(PLAIN)
def test_plain_patterns_are_read_as_terms(pattern):
    assert patterns.terms(pattern)


@given(ALIKE)
def test_the_grammar_of_the_package_decides_the_same(pattern):
    assert passes(pattern) == (bool(pattern.strip()) and run_validator(pattern, stix_version="2.1") == [])


VALUES = {
    "ip": ["192.0.2.1", "2001:db8::1"], "network": ["192.0.2.0/24", "2001:db8::/32"], "domain": ["kade.example"],
    "url": ["http://kade.example/a'b\\c"], "mail": ["a@kade.example"], "hash": ["a" * 32, "b" * 40, "c" * 64, "d" * 128],
    "asn": ["AS64500"], "subject": ["Uw 'factuur'"], "file-name": ["kraan.exe"], "mutex": ["m"], "account": ["root"],
    "registry-key": ["HKLM\\Software\\Kraan"], "user-agent": ["curl/8"], "wallet": ["abc"], "fingerprint": ["ja3"],
    "certificate": ["01:02"], "other": ["iets"], "pattern": ["x"],
}  # fmt: skip


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, values in VALUES.items() for value in values])
def test_what_is_written_is_read_back(kind, value):
    written = patterns.written(kind, value)
    assert run_validator(written, stix_version="2.1") == []
    [(path, text)] = patterns.terms(written).pairs
    found = patterns.kind_of(path, text)
    assert (found, indicators.normal(found, text)) == (kind, value)


def test_every_kind_of_value_is_written():
    assert set(VALUES) | {"rule"} == set(IndicatorKind)


def test_a_pattern_that_is_made_to_be_slow_is_refused_in_time():
    for hostile in ("[" * 3000, "[a:b = 'x'" + " OR a:b = 'x'" * 9000, "[" + "(" * 2000 + "a:b = 1" + ")" * 2000 + "]"):
        with pytest.raises(Unreadable):
            patterns.check(hostile, version="2.1", place="/pattern")
