"""Who is counted as reachable on paper is whom the policy lets a partner tell."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schakel.oversight.coverage import dimensions, laying, paper, snapshot
from schakel.oversight.coverage.dimensions import REGION, functions
from schakel.oversight.coverage.population import Population
from schakel.policy.sharing import AgreementTerms, Refusal, held_back, paper_refusal
from schakel.registry.models import Agreement, Constituency, Organisation
from tests.oversight.coverage.scene import DAY, STARTS, WAITING, Network

REGIONS = len(dimensions.values(REGION))
people = st.lists(st.tuples(st.integers(0, dimensions.cells() - 1), st.booleans()), min_size=1, max_size=20)


@given(people, st.lists(st.integers(0, 31), min_size=REGIONS, max_size=REGIONS))
def test_masks_say_of_everybody_what_the_policy_says(people, begun):
    codes, objected = (np.array(column) for column in zip(*people, strict=True))
    population = Population(np.arange(len(people)), codes.astype(np.int32), objected, 0)
    found = paper.open_to(population, np.array(begun, np.uint8)).tolist()
    for (code, has_objected), mask in zip(people, found, strict=True):
        region = dimensions.parts(REGION)[code]
        for bit in range(len(functions())):
            has_started = bool(begun[region] >> bit & 1)
            assert bool(mask >> bit & 1) == (held_back(has_objected=has_objected, has_started=has_started) is None)


@pytest.mark.parametrize("seed", range(3))
def test_who_is_counted_is_whom_the_policy_lets_a_partner_tell(db, own_functions, seed):
    own_functions(STARTS)
    Network(random.Random(seed))
    held = snapshot.current(DAY)
    laid = laying.lay(held, before=None, masks=paper.in_force(DAY), day=DAY, kept=None).laid
    counted = dict(zip(held.population.ids.tolist(), laid.layers.once.tolist(), strict=True))
    for organisation in Organisation.objects.all():
        for bit, function in enumerate(functions()):
            assert bool(counted[organisation.pk] >> bit & 1) == may_be_told(organisation, function)


def may_be_told(organisation, function):
    """By the rule alone, asked for every partner that lists it that day."""
    listed = [
        one.partner_id
        for one in Constituency.objects.filter(organisation=organisation)
        if (one.valid_from is None or one.valid_from <= DAY) and (one.valid_until is None or one.valid_until > DAY)
    ]
    refusals = [
        paper_refusal(
            terms_of(partner),
            function=function,
            day=DAY,
            has_objected=organisation.has_objected,
            has_started=organisation.region not in WAITING.get(function, []),
        )
        for partner in listed
    ]
    return None in refusals


def terms_of(partner):
    return [
        AgreementTerms(one.state, frozenset(one.functions), one.from_on, one.until_on)
        for one in Agreement.objects.filter(partner_id=partner)
    ]


@pytest.mark.parametrize(
    ("function", "has_objected", "has_started", "refusal"),
    [
        ("knowledge", True, True, Refusal.OBJECTED),
        ("knowledge", True, False, Refusal.OBJECTED),
        ("knowledge", False, False, Refusal.NOT_STARTED),
        ("knowledge", False, True, None),
        ("exercise", False, True, Refusal.FUNCTION_NOT_COVERED),
        ("exercise", False, False, Refusal.NOT_STARTED),
    ],
)
def test_an_objection_outweighs_everything_and_an_agreement_comes_last(function, has_objected, has_started, refusal):
    ours = [AgreementTerms("signed", frozenset({"knowledge"}), DAY)]
    found = paper_refusal(ours, function=function, day=DAY, has_objected=has_objected, has_started=has_started)
    assert found == refusal
