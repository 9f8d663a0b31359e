"""The log of changes: each item once, tombstones for what one could have had, nothing lost whoever writes."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from schakel.policy.access import SYSTEM
from schakel.registry.models import Agreement, AgreementState
from schakel.sharing import changes
from schakel.sharing.items import drafting, publishing
from schakel.sharing.ledger import expiry, following
from schakel.sharing.models import ItemChange, SharedItem
from tests.cast import NOON
from tests.sharing import world


def follow(by, cursor="", size=50):
    return following.follow(by=by, cursor=cursor, size=size, at=timezone.now())


def told(part):
    return [(step.uid, step.gone) for step in part.steps]


def test_each_item_comes_once_as_it_is_now(network):
    one = world.out(by=network.member, owner=network.harbour)
    two = world.out(by=network.member, owner=network.harbour)
    first = follow(network.neighbour)
    assert told(first) == [(str(one.uid), ""), (str(two.uid), "")]
    again = follow(network.neighbour, first.cursor)
    assert (told(again), again.cursor) == ([], first.cursor)


def test_pages_follow_each_other_without_gap_or_double(network):
    items = [world.out(by=network.member, owner=network.harbour) for _ in range(5)]
    seen, cursor, has_more = [], "", True
    while has_more:
        part = follow(network.neighbour, cursor, size=2)
        seen += [uid for uid, _gone in told(part)]
        cursor, has_more = part.cursor, part.has_more
    assert seen == [str(one.uid) for one in items]


def test_a_reader_sees_only_what_it_may(network):
    item = world.out(by=network.member, owner=network.harbour, addresses=[f"partner:{network.care.pk}"])
    assert told(follow(network.neighbour)) == [(str(item.uid), "")]
    assert told(follow(network.desk)) == []
    assert told(follow(network.steward)) == []
    assert told(follow(network.member)) == [(str(item.uid), "")]  # Its own.


def test_what_was_retracted_is_a_tombstone_for_who_could_have_had_it_and_nothing_for_others(network):
    item = world.out(by=network.member, owner=network.harbour, addresses=[f"partner:{network.care.pk}"])
    had, stranger = follow(network.neighbour), follow(network.desk)
    publishing.retract(item=item, reason="Fout.", by=network.member, at=NOON)
    assert told(follow(network.neighbour, had.cursor)) == [(str(item.uid), "retracted")]
    assert told(follow(network.desk, stranger.cursor)) == []
    assert told(follow(network.neighbour)) == []  # Who begins now never had it.


def test_who_dropped_out_of_the_audience_gets_a_tombstone_that_says_nothing_more(network):
    item = world.out(by=network.member, owner=network.harbour, addresses=[f"partner:{network.care.pk}"])
    had = follow(network.neighbour)
    drafting.revise(
        item=item, document=world.document("Geheim"), terms=world.terms("green", ["desk:"]), by=network.member, at=NOON
    )
    publishing.publish(item=item, by=network.member, at=NOON)
    part = follow(network.neighbour, had.cursor)
    assert told(part) == [(str(item.uid), "withdrawn")]
    assert part.steps[0].item is None
    assert told(follow(network.desk)) == [(str(item.uid), "")]


def test_what_is_over_is_a_tombstone(network):
    now = timezone.now()
    item = world.out(by=network.member, owner=network.harbour)
    had = follow(network.neighbour)
    SharedItem.objects.filter(pk=item.pk).update(valid_until=now - timedelta(minutes=1))
    ItemChange.objects.update(at=now - timedelta(days=1))
    assert expiry.note_expired(by=SYSTEM, at=now) == 1
    assert expiry.note_expired(by=SYSTEM, at=now) == 0
    assert told(follow(network.neighbour, had.cursor)) == [(str(item.uid), "expired")]


def test_a_reader_that_is_no_longer_the_same_begins_again(network):
    world.out(by=network.member, owner=network.harbour)
    had = follow(network.neighbour)
    Agreement.objects.filter(partner=network.care).update(state=AgreementState.SUSPENDED)
    with pytest.raises(following.Outdated):
        follow(network.neighbour, had.cursor)
    for cursor in ("x", "0.0.0", had.cursor + "9" * 30, "\x00.1.2"):
        with pytest.raises(following.Outdated):
            follow(network.neighbour, cursor)


def test_a_page_costs_the_same_however_long_it_is(network, django_assert_max_num_queries):
    for _ in range(8):
        world.out(by=network.member, owner=network.harbour)
    with django_assert_max_num_queries(14):
        follow(network.neighbour)


def test_what_commits_late_is_not_jumped_over(real_commits, network):
    """The transaction that took its number first commits last: a reader in between must not pass it by."""
    one = world.out(by=network.member, owner=network.harbour)
    two = world.out(by=network.member, owner=network.harbour)
    cursor = follow(network.neighbour).cursor
    is_written, may_commit = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            changes.note(one, at=NOON)
            is_written.set()
            may_commit.wait(20)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert is_written.wait(20)
    with transaction.atomic():
        changes.note(two, at=NOON)
    between = follow(network.neighbour, cursor)
    assert told(between) == []  # Neither: the second is above a transaction that still runs.
    may_commit.set()
    thread.join(20)
    after = follow(network.neighbour, between.cursor)
    assert told(after) == [(str(one.uid), ""), (str(two.uid), "")]
    assert told(follow(network.neighbour, after.cursor)) == []
