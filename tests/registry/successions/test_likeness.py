"""How alike names are: the columns against the plain loop."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from schakel.registry.successions import likeness

WORDS = st.sampled_from(["haven", "zorg", "kring", "oost", "west", "bakker", "de", "b.v.", "Énergie", "x"])
NAMES = st.lists(st.lists(WORDS, min_size=1, max_size=4).map(" ".join), max_size=12)


def frame(names, first=0):
    return pl.DataFrame(
        {"id": range(first, first + len(names)), "name": names}, schema={"id": pl.Int64, "name": pl.String}
    )


def plain(name):
    return pl.DataFrame({"name": [name]}).select(likeness.plain(pl.col("name"))).item()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Bakkerij De Korenaar B.V.", "bakkerij korenaar"),
        ("Stichting Énergie-Nu", "energie nu"),
        ("B.V.", "bv"),
        ("De Groep", "de groep"),
        ("'s-Gravenhage & co", "s gravenhage co"),
        ("", ""),
        ("Debever", "debever"),
    ],
)
def test_a_name_in_its_plain_form(name, expected):
    assert plain(name) == expected


@given(NAMES, NAMES)
def test_the_columns_agree_with_the_plain_loop(left, right):
    found = likeness.alike(frame(left), frame(right, 100), cutoff=80)
    ours = {
        (i, 100 + j): score
        for i, one in enumerate(left)
        for j, other in enumerate(right)
        if (score := fuzz.token_sort_ratio(plain(one), plain(other))) >= 80
    }
    assert {(a, b) for a, b, _score in found.iter_rows()} == set(ours)
    assert all(abs(score - ours[a, b]) <= 1 for a, b, score in found.iter_rows())


@given(NAMES)
def test_each_pair_stands_once_and_nobody_is_a_pair_with_itself(names):
    pairs = [row[:2] for row in likeness.alike(frame(names), frame(names), cutoff=0).iter_rows()]
    assert len(pairs) == len(set(pairs))
    assert all(a < b for a, b in pairs)


@given(NAMES, NAMES)
def test_blocks_find_what_begins_or_ends_alike(left, right):
    every = likeness.alike(frame(left), frame(right, 100), cutoff=80)
    near = likeness.alike_in_blocks(frame(left), frame(right, 100), cutoff=80)
    joined = {key: "".join(sorted(plain(name).split(" "))) for key, name in [*enumerate(left), *enumerate(right, 100)]}
    wanted = {
        (a, b)
        for a, b, _score in every.iter_rows()
        if joined[a][:5] == joined[b][:5] or joined[a][-5:] == joined[b][-5:]
    }
    assert {(a, b) for a, b, _score in near.iter_rows()} == wanted


def test_one_slip_of_the_pen_spoils_one_end_only():
    right = frame(["Warmtebedrijf Lichtgaarde"], 10)
    for slip in (
        "Wrmtebedrijf Lichtgaarde",
        "Warmtebedrijf Lichtgarde",
        "Warmtebedrjf Lichtgaarde",
        "Lichtgaarde Warmtebedrijf",
    ):
        assert len(likeness.alike_in_blocks(frame([slip]), right, cutoff=90)) == 1


@given(NAMES, NAMES, st.integers(50, 100))
def test_whoever_is_alike_is_as_long_as_we_look_for(left, right, cutoff):
    ours, theirs = likeness.keyed(frame(left)), likeness.keyed(frame(right, 100))
    for end in likeness.ENDS:
        spans = likeness.lengths(ours, end, cutoff=cutoff)
        near = theirs.join(spans, on=end).filter(pl.col("length").is_between("least", "most"))
        every, found = (likeness.alike_at(ours, names, end, cutoff=cutoff) for names in (theirs, near))
        assert sorted(found.iter_rows()) == sorted(every.iter_rows())
