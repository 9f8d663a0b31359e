"""The names a message keeps: Message-ID and return address; and when it is tried again."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from schakel.post import backoff, verp
from schakel.post.messages import message_id_of
from schakel.post.sending import Clock

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@given(st.text(), st.text())
def test_a_message_id_is_the_keys_own(one, other):
    assert message_id_of(one) == message_id_of(one)
    assert (message_id_of(one) == message_id_of(other)) == (one == other)
    assert message_id_of(one).endswith("@schakel.example>")


def test_nobody_without_our_secret_makes_a_message_id(settings):
    before = message_id_of("notice 1")
    settings.SECRET_KEY = "another"
    assert message_id_of("notice 1") != before


@given(st.integers(1, 10**12))
def test_a_return_address_leads_back_to_its_attempt(number):
    address = verp.return_address(number)
    assert verp.attempts_in(f"<{address}>") == [number]
    assert verp.attempts_in(address.upper()) == [number]
    assert len(address.partition("@")[0]) <= 64  # RFC 5321, 4.5.3.1.1


@given(st.integers(1, 10**6), st.integers(0, 23), st.sampled_from("0123456789abcdef-+@"))
def test_a_return_address_that_was_changed_leads_nowhere(number, place, letter):
    address = verp.return_address(number)
    start = address.index("+")
    changed = address[: start + place] + letter + address[start + place + 1 :]
    assert verp.attempts_in(changed) == ([number] if changed == address else [])


@given(st.integers(1, 10**12), st.integers(1, backoff.ATTEMPTS_LIMIT - 1))
def test_each_pause_is_longer_than_the_last_and_the_same_when_asked_again(number, count):
    due = backoff.next_due(delivery_id=number, attempts_count=count, at=NOON)
    assert due is not None
    pause = backoff.PAUSES[count - 1]
    assert pause <= due - NOON <= pause * (1 + backoff.SPREAD)
    assert due == backoff.next_due(delivery_id=number, attempts_count=count, at=NOON)


@given(st.integers(backoff.ATTEMPTS_LIMIT, 10**6))
def test_after_the_last_chance_there_is_none(count):
    assert backoff.next_due(delivery_id=1, attempts_count=count, at=NOON) is None


def test_the_clock_begins_at_the_doors_moment_and_runs():
    clock = Clock(NOON)
    first, second = clock.now(), clock.now()
    assert NOON <= first < second
    assert (second - NOON).total_seconds() < 5
