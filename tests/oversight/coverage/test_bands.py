"""Whatever the members behind the counts are, the truth lies within the band."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schakel.oversight.coverage import bands, tables
from schakel.oversight.coverage.bands import ESTIMATED, Estimates
from schakel.oversight.coverage.dimensions import REGION, SECTION, SECTOR, SIZE

PEOPLE = 14
# Each organisation's numbers by sector, section, region and size; few values, so that cells fill up.
country = st.lists(st.tuples(*[st.integers(1, 2)] * 4), min_size=PEOPLE, max_size=PEOPLE)
# A partner: whom it really reaches, whom of those it lists, and by which dimensions it counts.
partner = st.tuples(
    st.sets(st.integers(0, PEOPLE - 1)), st.sets(st.integers(0, PEOPLE - 1)), st.sets(st.integers(0, 3))
)
TABLES = [(), (SECTOR,), (REGION,), (SECTOR, REGION), (SECTION, REGION, SIZE)]


def estimates_of(country, partners):
    rows = []
    for group, (real, _listed, told) in enumerate(partners):
        counts = Counter(tuple(country[one][at] if at in told else 0 for at in range(4)) for one in real)
        rows += [(group, numbers, count) for numbers, count in counts.items()]
    return Estimates(
        groups=np.array([row[0] for row in rows], np.intp),
        numbers=np.array([row[1] for row in rows], np.intp).reshape(len(rows), 4),
        counts=np.array([row[2] for row in rows], np.int64),
        group_count=len(partners),
    )


def cell_of(numbers, table):
    """The cell's place among the table's, counted by hand."""
    at = 0
    for one in table:
        at = at * len(tables.dimensions.values(one)) + numbers[ESTIMATED.index(one)]
    return at


def by_cell(country, people, table):
    found = Counter(cell_of(country[one], table) for one in people)
    return np.array([found[cell] for cell in range(tables.size(table))], np.int64)


@pytest.mark.parametrize("table", TABLES, ids=tables.name)
@given(
    country=country,
    partners=st.lists(partner, min_size=1, max_size=3),
    objected=st.sets(st.integers(0, PEOPLE - 1)),
    waiting=st.sets(st.integers(1, 2)),
)
def test_the_truth_lies_within_the_band(table, country, partners, objected, waiting):
    partners = [(real, listed & real, told) for real, listed, told in partners]
    begun = {one for one in range(PEOPLE) if country[one][ESTIMATED.index(REGION)] not in waiting}
    least, most = bands.reach_of(estimates_of(country, partners).outside(sorted(waiting)), table)
    own = np.stack([by_cell(country, one[1] & begun, table) for one in partners])
    everybody, listed = (set().union(*(one[at] for one in partners)) & begun - objected for at in (0, 1))
    found = bands.band(
        by_cell(country, listed, table),
        by_cell(country, range(PEOPLE), table),
        held=by_cell(country, set(range(PEOPLE)) - (begun - objected), table),
        least=least.max(axis=0),
        most=bands.beyond(most, own).sum(axis=0),
    )
    truth = by_cell(country, everybody, table)
    assert (found.low <= truth).all()
    assert (truth <= found.high).all()
    assert (by_cell(country, listed, table) <= found.low).all()


def estimate(*rows, groups):
    return Estimates(
        groups=np.array([row[0] for row in rows], np.intp),
        numbers=np.array([row[1] for row in rows], np.intp).reshape(len(rows), 4),
        counts=np.array([row[2] for row in rows], np.int64),
        group_count=groups,
    )


def plain_band(listed, population, least, most, own=0):
    """The band where everybody may be told."""
    beyond = bands.beyond(most, np.full_like(most, own)).sum(axis=0)
    held = np.zeros_like(population)
    return bands.band(listed, population, held=held, least=least.max(axis=0, initial=0), most=beyond)


def test_without_estimates_the_band_is_the_list():
    least, most = bands.reach_of(estimate(groups=0), (SIZE,))
    listed, population = np.arange(6), np.full(6, 9)
    found = plain_band(listed, population, least, most)
    assert found.low.tolist() == found.high.tolist() == listed.tolist()


def test_two_descriptions_of_one_partner_are_not_taken_for_two_constituencies():
    rows = estimate((0, (1, 0, 0, 0), 30), (0, (0, 0, 2, 0), 20), groups=1)
    least, most = bands.reach_of(rows, ())
    assert (least.item(), most.item()) == (30, 50)


def test_an_estimate_larger_than_the_registry_is_believed():
    least, most = bands.reach_of(estimate((0, (0, 0, 0, 0), 50), groups=1), ())
    found = plain_band(np.array([3]), np.array([10]), least, most, own=3)
    assert (found.low.item(), found.high.item()) == (50, 50)


def test_a_count_without_a_region_may_be_anywhere():
    least, most = bands.reach_of(estimate((0, (1, 0, 0, 0), 8), groups=1), (REGION,))
    assert least.sum() == 0
    assert (most == 8).all()
