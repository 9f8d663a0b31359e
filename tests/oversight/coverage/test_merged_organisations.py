"""Who became part of another is not counted twice."""

from schakel.oversight.coverage.population import Population
from schakel.registry.successions import merging
from tests.cast import DESK, NOON


def test_an_organisation_that_became_part_of_another_is_no_part_of_the_population(country):
    before = Population.read()
    merger = merging.merge_organisations(old=country.bakery, new=country.harbour, words="Overname.", by=DESK, at=NOON)
    after = Population.read()
    assert set(before.ids.tolist()) - set(after.ids.tolist()) == {country.bakery.pk}
    merging.undo(merger=merger, by=DESK, at=NOON)
    assert Population.read().ids.tolist() == before.ids.tolist()
    assert country.bakery.pk in Population.read(after=after.revision).ids
