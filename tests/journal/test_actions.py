"""The journal: it grows, it proves itself, and whoever forges it is found."""

import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import ProgrammingError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from schakel.journal import actions
from schakel.journal.models import Event
from tests.cast import AUDITOR, DESK, NOON, STEWARD, STRANGER


@pytest.fixture
def five_events(db):
    return [actions.record("tests.thing.counted", by=DESK, at=NOON, number=number) for number in range(5)]


@contextmanager
def forger():
    """Somebody who owns the server and switches the triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        yield cursor
        cursor.execute("SET session_replication_role = origin")


def flawed_rows():
    return [flaw.number for flaw in actions.flaws()]


def test_an_untouched_journal_has_no_flaws(five_events):
    assert flawed_rows() == []
    assert [event.number for event in five_events] == [1, 2, 3, 4, 5]


def test_an_empty_journal_has_no_flaws(db):
    assert flawed_rows() == []
    assert actions.head() == (0, "00" * 32)


def test_an_event_says_who_did_what_to_what(country):
    event = actions.record("tests.organisation.seen", by=DESK, at=NOON, on=country.harbour, count=3)
    event.refresh_from_db()
    assert (event.actor, event.tag, event.at) == ("desk", "tests.organisation.seen", NOON)
    assert event.subject == f"registry.organisation:{country.harbour.pk}"
    assert event.facts == {"count": 3}


@pytest.mark.parametrize(
    "statement",
    ["UPDATE journal_event SET actor = 'x' WHERE number = 3", "DELETE FROM journal_event", "TRUNCATE journal_event"],
)
def test_the_database_takes_new_rows_only(five_events, statement):
    with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Event.objects.count() == 5


@pytest.mark.parametrize(
    "altered",
    [
        "actor = 'somebody else'",
        "tag = 'tests.thing.denied'",
        "at = at + interval '1 microsecond'",
        "subject = 'x'",
        "facts = '{\"number\": 7}'",
        "hash = sha256('x')",
    ],
)
def test_an_altered_row_is_found(five_events, altered):
    with forger() as cursor:
        cursor.execute(f"UPDATE journal_event SET {altered} WHERE number = 3")
    assert 3 in flawed_rows()


def test_a_row_altered_and_sealed_anew_is_found_at_the_next(five_events):
    forged = five_events[2]
    forged.actor = "somebody else"
    with forger() as cursor:
        cursor.execute(
            "UPDATE journal_event SET actor = %s, hash = %s WHERE number = 3", [forged.actor, actions.seal(forged)]
        )
    assert flawed_rows() == [4]


def test_a_missing_row_is_found(five_events):
    with forger() as cursor:
        cursor.execute("DELETE FROM journal_event WHERE number = 3")
    assert flawed_rows() == [4]


def test_reordered_rows_are_found(five_events):
    with forger() as cursor:
        cursor.execute("UPDATE journal_event SET number = number + 100 WHERE number IN (2, 3)")
        cursor.execute("UPDATE journal_event SET number = 105 - number WHERE number > 100")
    assert {2, 3} <= set(flawed_rows())


def test_a_tail_cut_off_is_found_by_the_head_kept_elsewhere(five_events):
    kept = actions.head()
    with forger() as cursor:
        cursor.execute("DELETE FROM journal_event WHERE number = 5")
    assert flawed_rows() == []
    assert actions.head() != kept == (5, five_events[4].hash.hex())


def test_an_event_goes_with_the_transaction_that_it_is_about(db):
    with transaction.atomic():
        actions.record("tests.thing.counted", by=DESK, at=NOON)
        transaction.set_rollback(True)
    assert Event.objects.count() == 0


def test_only_auditors_read_the_journal(five_events):
    assert Event.objects.visible_to(AUDITOR).count() == 5
    for actor in (DESK, STEWARD, STRANGER):
        assert not Event.objects.visible_to(actor).exists()


def test_an_event_reads_as_number_and_tag(five_events):
    assert str(five_events[0]) == "1 tests.thing.counted"


def test_concurrent_writers_keep_one_chain(real_commits):
    def write():
        for number in range(10):
            actions.record("tests.thing.counted", by=DESK, at=NOON, number=number)
        connection.close()

    before = Event.objects.count()
    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert Event.objects.count() == before + 40
    assert flawed_rows() == []


class Facts(TestCase):
    """Whatever plain facts an event holds, it proves itself once read back."""

    @settings(max_examples=50, deadline=None)
    @given(
        facts=st.dictionaries(
            st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"])),
            st.none()
            | st.booleans()
            | st.integers(-(2**53), 2**53)
            | st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"])),
        ),
        hours=st.integers(-12, 12),
    )
    def test_an_event_proves_itself_once_read_back(self, facts, hours):
        at = datetime(2026, 11, 2, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=hours)))
        facts = {name: value for name, value in facts.items() if name not in {"tag", "by", "at", "on"}}
        actions.record("tests.thing.counted", by=DESK, at=at, **facts)
        assert list(actions.flaws()) == []
        assert Event.objects.latest("number").at.astimezone(UTC) == at
