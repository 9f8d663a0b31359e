"""Which partners take part: the rule of the policy and the condition of the database say the same."""

from datetime import date, timedelta
from itertools import product

import pytest

from schakel.policy.sharing import Refusal
from schakel.registry.agreements import in_force
from schakel.registry.models import Agreement, AgreementState, Partner, PartnerStanding, active_on
from tests.cast import NOON

DAY = date(2026, 11, 2)
STARTS = [DAY - timedelta(days=1), DAY, DAY + timedelta(days=1)]
ENDS = [None, DAY, DAY + timedelta(days=1), DAY + timedelta(days=9)]
FUNCTIONS = [["notification"], ["knowledge", "notification"], ["knowledge"], []]


@pytest.mark.django_db
def test_the_rule_and_the_condition_say_the_same():
    for number, (state, start, end, functions) in enumerate(product(AgreementState, STARTS, ENDS, FUNCTIONS)):
        if end is None or start <= end:
            partner = Partner.objects.create(key=str(number), name=str(number), type="isac")
            Agreement.objects.create(partner=partner, state=state, from_on=start, until_on=end, functions=functions)
    active = set(Agreement.objects.filter(active_on(DAY, "notification")).values_list("partner_id", flat=True))
    refusals = in_force.refusals("notification", day=DAY)
    assert {partner for partner, refusal in refusals.items() if refusal is None} == active
    assert active
    assert set(in_force.refused("notification", day=DAY)) == set(refusals) - active


def test_who_left_takes_part_in_nothing(country):
    assert in_force.refusals("notification", day=DAY)[country.harbour_circle.pk] is None
    Partner.objects.filter(pk=country.harbour_circle.pk).update(standing=PartnerStanding.LEFT, left_at=NOON)
    assert in_force.refusals("notification", day=DAY)[country.harbour_circle.pk] == Refusal.AGREEMENT_ENDED


def test_a_prospect_is_no_partner(country, django_assert_num_queries):
    Partner.objects.filter(pk=country.harbour_circle.pk).update(standing=PartnerStanding.PROSPECT)
    with django_assert_num_queries(2):
        assert country.harbour_circle.pk not in in_force.refusals("notification", day=DAY)
