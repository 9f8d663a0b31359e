from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schakel.sharing.incoming.standing import Edition, Standing, standing

EARLY, LATE = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
CASES = [
    (("1", EARLY, "a"), None, Standing.NEW),
    (("1", EARLY, "a"), ("2", LATE, "a"), Standing.KNOWN),
    (("1", LATE, "b"), ("2", EARLY, "a"), Standing.UPDATE),
    (("2", EARLY, "b"), ("1", LATE, "a"), Standing.OLDER),
    (("1.10", None, "b"), ("1.9", None, "a"), Standing.UPDATE),
    (("1.9", None, "b"), ("1.10", None, "a"), Standing.OLDER),
    (("v2", EARLY, "b"), ("v1", EARLY, "a"), Standing.UPDATE),
    (("1", EARLY, "b"), ("1", EARLY, "a"), Standing.CLASH),
    (("herfst", None, "b"), ("zomer", None, "a"), Standing.UPDATE),
    (("", None, "b"), ("", None, "a"), Standing.UPDATE),
]


@pytest.mark.parametrize(("coming", "last", "what"), CASES)
def test_what_comes_in_stands_in_one_way_to_what_is_there(coming, last, what):
    assert standing(Edition(*coming), last=Edition(*last) if last else None) == what


EDITIONS = st.builds(Edition, st.from_regex(r"v?[0-9]{1,3}(\.[0-9]{1,3}){0,2}", fullmatch=True) | st.just(""),
                     st.none() | st.datetimes(timezones=st.just(UTC)), st.text("ab", min_size=1, max_size=2))  # fmt: skip


@given(EDITIONS, EDITIONS)
def test_of_two_editions_never_both_are_older(one, other):
    found = {standing(one, last=other), standing(other, last=one)}
    assert found != {Standing.OLDER}
