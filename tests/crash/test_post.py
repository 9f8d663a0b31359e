"""Senders, the mail server and the database are killed at any moment; no message is lost, none is doubled unseen."""

import json
import random
import tempfile
import time
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from tests.crash.world import World, kill

MESSAGES = 150
pytestmark = pytest.mark.slow


@pytest.fixture
def world():
    with tempfile.TemporaryDirectory(prefix="schakel-crash-") as folder:  # Not below pytest's, which is shut to others.
        Path(folder).chmod(0o755)
        made = World(Path(folder))
        try:
            yield made
        finally:
            made.close()


def kill_in_the_middle(world, sender):
    world.wait_for_copies(world.count() + random.randint(1, 12))
    time.sleep(random.uniform(0, 0.03))
    kill(sender)


def finish(world):
    """Start a sender until everything has gone; the clock moves on between."""
    for _ in range(4):
        world.time_passes()
        words, _ = world.sender().communicate(timeout=60)
        if not world.rows("SELECT 1 FROM post_delivery WHERE state <> 'sent' LIMIT 1"):
            return
    raise AssertionError(words)


def test_every_message_arrives_however_often_something_dies(world):
    world.hand_over(MESSAGES)
    world.start_mail_server()
    world.mood("drop")  # The first message is kept, and the line breaks before the answer.

    for _ in range(2):  # A sender dies at any moment; the next begins where it was.
        kill_in_the_middle(world, world.sender())

    first, second = world.sender(), world.sender()  # Two share the work, one dies.
    kill_in_the_middle(world, first)
    world.wait_for_copies(world.count() + 5)
    world.restart_database()  # The other lives through a crash of the database,
    world.wait_for_copies(world.count() + 5)
    kill(world.mail_server)  # and through one of the mail server.
    words, _ = second.communicate(timeout=60)
    assert second.returncode == 0, words
    assert json.loads(words.splitlines()[-1])["waiting"] > 0, "all went before everything could be tried"
    world.start_mail_server()

    world.time_passes()
    world.mood("hang")  # Kept, never answered, and then its sender dies.
    sender = world.sender()
    world.wait_for_the_mood()
    kill(sender)

    finish(world)
    prove(world, disturbances=7)


def prove(world, *, disturbances):
    """What must hold whatever happened."""
    deliveries = world.rows("SELECT message_id, state, id FROM post_delivery")
    attempts = world.rows(
        "SELECT message_id, a.started_at, a.ended_at, a.is_success, a.reply FROM post_attempt a"
        " JOIN post_delivery d ON d.id = a.delivery_id"
    )
    copies = world.copies()
    tried, arrived = Counter(row[0] for row in attempts), Counter(name for name, _, _ in copies)
    assert {state for _, state, _ in deliveries} == {"sent"}
    assert set(arrived) == {name for name, _, _ in deliveries}
    assert all(ended for _, _, ended, _, _ in attempts)
    assert Counter(name for name, _, _, success, _ in attempts if success) == Counter(list(arrived))
    assert all(count <= tried[name] for name, count in arrived.items())
    assert sum(count - 1 for count in arrived.values()) <= disturbances
    assert len({(name, content) for name, _, content in copies}) == len(arrived)
    starts: dict[str, datetime] = {}
    for name, started, *_ in attempts:
        starts[name] = min(started, starts.get(name, started))
    assert all(starts[name] <= came for name, came, _ in copies)
