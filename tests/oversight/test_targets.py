"""The target population: ours, or a country's own."""

import pytest

from schakel.oversight import targets
from schakel.oversight.coverage.dimensions import REGION, SIZE
from schakel.registry.law import FactsUnreadable

ENTRY = {"nl": "'bakkers'", "en": "'bakers'", "count": "12", "source": "'gilde'", "is_certain": "true"}


@pytest.fixture
def own(settings, tmp_path):
    """Writes a country's own file, one entry of these fields."""
    settings.FACTS = str(tmp_path)

    def write(**fields):
        lines = [f"{name} = {value}" for name, value in (ENTRY | fields).items() if value]
        (tmp_path / "populations.toml").write_text("\n".join(["checked_on = 2026-11-22", "[bakers]", *lines]))
        targets._read.cache_clear()

    yield write
    targets._read.cache_clear()


def test_ours_tell_sizes_and_the_whole():
    assert targets.by(SIZE)["one"].count == 1_889_860
    assert [one.count for one in targets.targets() if not one.where and not one.is_of_law] == [2_316_555, 2_599_668]
    assert targets.by(REGION) == {}


def test_a_countrys_own_file_takes_the_place_of_ours(own):
    own(region="'NL-BQ2'")
    [found] = targets.targets()
    assert (found.count, found.source, found.words["en"]) == (12, "gilde", "bakers")
    assert targets.by(REGION) == {"NL-BQ2": found}


def test_what_is_told_by_two_things_is_the_whole_of_neither(own):
    own(region="'NL-BQ2'", size_class="'one'")
    assert targets.by(REGION) == targets.by(SIZE) == {}


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"region": "'NL-XX'"}, "[bakers] region: NL-XX"),
        ({"count": "'many'"}, "[bakers] count:"),
        ({"count": "true"}, "[bakers] count:"),
        ({"count": "0"}, "[bakers] count:"),
        ({"count": ""}, "[bakers] count:"),
        ({"source": ""}, "[bakers] source:"),
        ({"is_certain": "'yes'"}, "[bakers] is_certain:"),
        ({"regio": "'NL-BQ2'"}, "[bakers] regio:"),
        ({"nl": "'"}, "populations.toml"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(own, fields, place):
    own(**fields)
    with pytest.raises(FactsUnreadable) as refused:
        targets.targets()
    assert place in str(refused.value)
