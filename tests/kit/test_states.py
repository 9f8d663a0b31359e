"""Moves: along the table only, and once only."""

import pytest
from django.db import models

from schakel.kit.refusals import WrongState
from schakel.kit.states import move, sources_of
from schakel.registry.models import Agreement, AgreementState
from tests.cast import NOON

MOVES = {
    AgreementState.DRAFT: {AgreementState.SIGNED},
    AgreementState.SIGNED: {AgreementState.ENDED},
}


@pytest.fixture
def agreement(country):
    return Agreement.objects.get(partner=country.harbour_circle)


def test_a_row_moves_along_its_table_and_takes_fields_with_it(agreement):
    move(agreement, AgreementState.ENDED, moves=MOVES, until_on=NOON.date())
    assert (agreement.state, agreement.until_on) == (AgreementState.ENDED, NOON.date())
    agreement.refresh_from_db()
    assert (agreement.state, agreement.until_on) == (AgreementState.ENDED, NOON.date())


@pytest.mark.parametrize("to", [AgreementState.DRAFT, AgreementState.SIGNED])
def test_a_move_that_is_not_in_the_table_is_refused(agreement, to):
    with pytest.raises(WrongState):
        move(agreement, to, moves=MOVES)
    agreement.refresh_from_db()
    assert agreement.state == AgreementState.SIGNED


def test_the_second_of_two_who_move_the_same_row_is_refused(agreement):
    seen_before = Agreement.objects.get(pk=agreement.pk)
    move(agreement, AgreementState.ENDED, moves=MOVES)
    with pytest.raises(WrongState):
        move(seen_before, AgreementState.ENDED, moves=MOVES, until_on=NOON.date())
    agreement.refresh_from_db()
    assert agreement.until_on is None


def test_a_row_that_is_gone_does_not_move(agreement):
    Agreement.objects.all().delete()
    with pytest.raises(WrongState):
        move(agreement, AgreementState.ENDED, moves=MOVES)


def test_the_sources_of_a_state_are_those_that_lead_to_it():
    assert sources_of(AgreementState.ENDED, moves=MOVES) == [AgreementState.SIGNED]
    assert sources_of(AgreementState.DRAFT, moves=MOVES) == []
    assert issubclass(AgreementState, models.TextChoices)
