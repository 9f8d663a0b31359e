"""What recipients do with an item, and who may say so."""

from datetime import timedelta

import pytest

from schakel.kit.refusals import NotPermitted, WrongState
from schakel.sharing.ledger import answers
from schakel.sharing.models import Receipt
from tests.cast import NOON, member_of
from tests.sharing import world

HOUR = timedelta(hours=1)


def test_fetching_is_written_once_and_by_which_door(network, tell, receipt_of):
    item = world.out(by=network.member, owner=network.harbour)
    tell(item)
    answers.fetched([item], by=network.neighbour, at=NOON + HOUR, door="taxii")
    answers.fetched([item], by=network.neighbours_colleague, at=NOON + 2 * HOUR)
    receipt = receipt_of(item, partner=network.care)
    assert receipt.fetched_at == NOON + HOUR
    assert receipt.fetched_by == f"taxii {network.neighbour.name}"


def test_who_fetches_what_it_was_not_told_of_has_it_in_the_ledger_too(network, receipt_of):
    item = world.out(by=network.member, owner=network.harbour)
    for actor, party in (
        (network.neighbour, {"partner": network.care}),
        (network.client, {"organisation": network.country.harbour}),
        (network.desk, {"is_desk": True}),
    ):
        answers.fetched([item], by=actor, at=NOON)
        assert receipt_of(item, **party).fetched_at == NOON


def test_ones_own_items_and_who_takes_no_part_leave_no_trace(network):
    item = world.out(by=network.member, owner=network.harbour)
    for actor in (network.member, network.colleague, network.steward, network.auditor):
        answers.fetched([item], by=actor, at=NOON)
    assert not Receipt.objects.exists()


def test_fetching_many_costs_a_constant_number_of_queries(network, django_assert_max_num_queries):
    items = [world.out(by=network.member, owner=network.harbour) for _ in range(12)]
    with django_assert_max_num_queries(6):
        answers.fetched(items, by=network.neighbour, at=NOON)
    with django_assert_max_num_queries(6):
        answers.fetched(items, by=network.neighbour, at=NOON)
    assert Receipt.objects.count() == 12


def test_a_recipient_acknowledges_once_and_may_change_what_it_did(network, tell, receipt_of):
    item = world.out(by=network.member, owner=network.harbour)
    tell(item)
    answers.acknowledge(item=item, by=network.neighbour, at=NOON)
    answers.acknowledge(item=item, by=network.neighbours_colleague, at=NOON + HOUR)
    answers.act(item=item, outcome="not-for-us", by=network.neighbour, at=NOON + HOUR)
    answers.act(item=item, outcome="done", by=network.neighbour, at=NOON + 2 * HOUR)
    receipt = receipt_of(item, partner=network.care)
    assert (receipt.acknowledged_at, receipt.acted_at, receipt.outcome) == (NOON, NOON + 2 * HOUR, "done")
    assert receipt.acknowledged_by == network.neighbour.name


@pytest.mark.parametrize("name", ["steward", "auditor"])
def test_who_takes_no_part_cannot_answer(network, tell, name):
    item = world.out(by=network.member, owner=network.harbour, tlp="clear")
    tell(item)
    with pytest.raises(NotPermitted):
        answers.acknowledge(item=item, by=getattr(network, name), at=NOON)


def test_nobody_answers_for_its_own_item_or_for_what_it_never_got(network, tell):
    item = world.out(by=network.member, owner=network.harbour)
    with pytest.raises(WrongState):
        answers.act(item=item, outcome="done", by=network.member, at=NOON)
    with pytest.raises(WrongState):
        answers.acknowledge(item=item, by=network.neighbour, at=NOON)


def test_who_sees_which_receipts(network, tell):
    item = world.out(by=network.member, owner=network.harbour)
    tell(item)
    answers.fetched([item], by=network.client, at=NOON)
    seen = {
        name: Receipt.objects.visible_to(getattr(network, name)).count()
        for name in ("member", "neighbour", "client", "patient", "desk", "steward", "auditor")
    }
    assert seen == {"member": 4, "neighbour": 1, "client": 1, "patient": 1, "desk": 1, "steward": 0, "auditor": 0}
    assert not Receipt.objects.visible_to(member_of(network.care)).filter(organisation__isnull=False).exists()
