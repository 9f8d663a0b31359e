"""Rows are known again by a number, in whichever frame they stand."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from schakel.matching import marks

texts = st.lists(st.text("abé.", max_size=20) | st.none(), min_size=1, max_size=30)


@given(texts, texts)
def test_rows_have_one_number_where_they_are_equal_and_else_not(some, others):
    count = min(len(some), len(others))
    columns = [pl.Series(some[:count], dtype=pl.String), pl.Series(others[:count], dtype=pl.String)]
    rows = [(one or "", other or "") for one, other in zip(some, others, strict=False)]
    found = marks.of(columns).tolist()
    assert len(set(found)) == len(set(rows))
    assert dict(zip(rows, found, strict=True)) == dict(reversed(list(zip(rows, found, strict=True))))


def test_the_numbers_are_those_that_stand_in_files():
    """Another number for the same row means that every file of marks has to be made again: raise their form then."""
    rows = pl.DataFrame({"name": ["www.linde.example", "", None], "asn": [64500, 1, None]})
    assert marks.of([rows["name"], rows["asn"]]).tolist() == [
        12989054266854365418,
        6567847960336371949,
        13613877214104909022,
    ]


def test_what_one_cell_ends_with_is_not_what_the_next_begins_with():
    assert marks.of([pl.Series(["ab"]), pl.Series(["c"])]) != marks.of([pl.Series(["a"]), pl.Series(["bc"])])
