"""Members that are assumed fit what was counted, and never more than there are."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from schakel.oversight.advice.assuming import Drawer
from schakel.oversight.coverage import dimensions
from schakel.oversight.coverage.dimensions import Profile
from schakel.oversight.coverage.population import Population

profiles = st.builds(
    Profile,
    sector=st.sampled_from(["", "energy"]),
    sbi=st.sampled_from(["", "Q", "01"]),
    region=st.sampled_from(["", "NL-ZH", "NL-GR"]),
    size_class=st.sampled_from(["unknown", "one"]),
    nis2=st.just("none"),
)
rows = st.tuples(
    st.just(7), st.sampled_from(["member", "customer"]), st.sampled_from(["", "energy"]), st.sampled_from(["", "Q"]),
    st.sampled_from(["", "NL-ZH"]), st.sampled_from(["unknown", "one"]), st.integers(0, 30),
)  # fmt: skip


def fits(profile, row):
    told = zip(
        row[2:6], (profile.sector, dimensions.section(profile.sbi), profile.region, profile.size_class), strict=True
    )
    return all(value in {"", "unknown", held} for value, held in told)


def population_of(people):
    codes = np.array([dimensions.code(one) for one in people], np.int32)
    return Population(np.arange(1, len(people) + 1), codes, np.zeros(len(people), np.bool_), 0)


@given(st.lists(profiles, min_size=1, max_size=30), rows)
def test_one_count_becomes_that_many_members_that_fit(people, row):
    drawer = Drawer(population_of(people))
    drawn = drawer.draw([row]).tolist()
    able = [at for at, one in enumerate(people) if fits(one, row)]
    assert len(drawn) == len(set(drawn)) == min(row[6], len(able))
    assert set(drawn) <= set(able)
    assert drawn == drawer.draw([row]).tolist()


@given(st.lists(profiles, min_size=1, max_size=30), st.lists(rows, max_size=4))
def test_every_assumed_member_fits_one_of_the_counts(people, several):
    drawn = Drawer(population_of(people)).draw(several).tolist()
    assert drawn == sorted(set(drawn))
    assert all(any(fits(people[at], row) for row in several) for at in drawn)
    assert len(drawn) <= sum(row[6] for row in several)


def test_of_two_descriptions_the_fuller_one_is_taken():
    people = [Profile("energy", "", "NL-ZH", "one", "none")] * 20
    by_sector = (7, "member", "energy", "", "", "unknown", 6)
    by_region = [(7, "member", "", "", "NL-ZH", "unknown", 9)]
    assert len(Drawer(population_of(people)).draw([by_sector, *by_region])) == 9
