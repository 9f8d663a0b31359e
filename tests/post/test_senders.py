"""Who is alive, and how a sender lives through a database that goes away."""

import threading

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, connection

from schakel.post import senders, steps
from schakel.post.models import Delivery
from tests.cast import NOON


def elsewhere(query, *parameters):
    """Ask on a session of its own."""
    place = connection.get_connection_params()
    wanted = {name: place[name] for name in ("host", "port", "user", "password", "dbname") if name in place}
    with psycopg.connect(**wanted, autocommit=True) as session:
        return session.execute(query, parameters).fetchall()


def cut_our_session():
    elsewhere("SELECT pg_terminate_backend(%s, 10000)", connection.connection.info.backend_pid)


@pytest.fixture
def short_pauses(monkeypatch):
    monkeypatch.setattr(senders, "PAUSES", (0.01, 0.01))


def test_a_sender_is_alive_until_it_ends(db):
    with senders.sender() as one, senders.sender() as other:
        assert one != other
        assert {one, other} <= senders.alive()
    assert senders.alive().isdisjoint({one, other})


def test_a_sender_on_another_session_is_seen(real_commits):
    started, seen = threading.Event(), threading.Event()
    numbers = []

    def live():
        with senders.sender() as number:
            numbers.append(number)
            started.set()
            seen.wait(120)
        connection.close()

    thread = threading.Thread(target=live)
    thread.start()
    assert started.wait(120)
    assert numbers[0] in senders.alive()
    seen.set()
    thread.join()
    assert numbers[0] not in senders.alive()


def test_a_sender_that_loses_its_session_is_dead_until_it_writes_again(real_commits, short_pauses):
    with senders.sender() as number:
        cut_our_session()
        assert elsewhere("SELECT count(*) FROM pg_locks WHERE classid = %s AND objid = %s", senders.LOCK, number) == [
            (0,)
        ]
        assert senders.steadily(Delivery.objects.count, sender=number) == 0
        assert number in senders.alive()


def test_a_delivery_goes_out_once_though_the_database_restarts_in_the_middle(real_commits, relay, hand_over):
    delivery = hand_over()
    handle = relay.handle_DATA

    async def cut_first(server, session, envelope):
        [(sender_pid,)] = elsewhere(
            "SELECT pid FROM pg_locks WHERE classid = %s AND locktype = 'advisory'", senders.LOCK
        )
        elsewhere("SELECT pg_terminate_backend(%s, 10000)", sender_pid)
        return await handle(server, session, envelope)

    relay.handle_DATA = cut_first
    assert steps.deliver_due(at=NOON)["sent"] == 1
    delivery.refresh_from_db()
    assert (delivery.state, len(relay.received), delivery.attempts.count()) == ("sent", 1, 1)


def test_a_sender_gives_up_when_the_database_stays_away(real_commits, short_pauses):
    calls = []

    def write():
        calls.append(1)
        raise OperationalError

    with senders.sender() as number, pytest.raises(OperationalError):
        senders.steadily(write, sender=number)
    assert len(calls) == 3


def test_inside_a_transaction_nothing_is_tried_again(db):
    calls = []

    def write():
        calls.append(1)
        raise InterfaceError

    with pytest.raises(InterfaceError):
        senders.steadily(write, sender=1)
    assert calls == [1]
