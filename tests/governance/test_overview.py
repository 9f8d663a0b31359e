from collections import Counter
from datetime import date

import pytest

from schakel.governance.overview import roles_of, standings, taking_part
from schakel.registry.models import Agreement, AgreementState, PartnerStanding
from tests.cast import DESK, STEWARD

DAY = date(2026, 11, 2)


def by_slug(actor):
    return {one.function.slug: one for one in standings(actor, day=DAY)}


def test_partners_count_once_in_their_heaviest_role():
    rows = [(1, "informer", ["knowledge"]), (1, "lead", ["knowledge", "exercise"]), (2, "contributor", ["knowledge"])]
    assert roles_of(rows) == {"knowledge": Counter(lead=1, contributor=1), "exercise": Counter(lead=1)}


@pytest.mark.parametrize(
    "change",
    [
        {"state": AgreementState.SUSPENDED},
        {"state": AgreementState.DRAFT},
        {"until_on": DAY},
        {"from_on": date(2026, 11, 3)},
    ],
)
def test_only_agreements_in_force_count(country, change):
    assert taking_part(day=DAY)["notification"].total() == 2
    Agreement.objects.filter(partner=country.care_csirt).update(**change)
    assert taking_part(day=DAY)["notification"].total() == 1


def test_who_does_not_take_part_is_not_counted(country):
    country.care_csirt.standing = PartnerStanding.JOINING
    country.care_csirt.save()
    assert by_slug(DESK)["notification"].partners_count == 1


def test_a_steward_sees_the_same_figures(country, begun, django_assert_num_queries):
    with django_assert_num_queries(3):
        assert by_slug(DESK)["exercise"].canvas.version == 1
    seen = by_slug(STEWARD)
    assert seen["notification"].partners_count == 2
    assert seen["exercise"].canvas.version == 1
    assert seen["notification"].questions_count == 0
