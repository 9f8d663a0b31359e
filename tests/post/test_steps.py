"""The outgoing post, against a real mail server."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F

from schakel.journal.models import Event
from schakel.kit.refusals import NotPermitted
from schakel.policy.access import SYSTEM
from schakel.post import actions, backoff, senders, sending, steps
from schakel.post.channels.base import Outcome
from schakel.post.channels.mail.channel import MailChannel
from schakel.post.messages import Message
from schakel.post.models import Attempt, Delivery, DeliveryState
from schakel.registry.models import ChannelKind
from tests.cast import NOON, STRANGER

pytestmark = pytest.mark.django_db
LATE = NOON + timedelta(days=1)


def deliver(at=NOON, **more):
    figures = steps.deliver_due(at=at, **more)
    assert figures["claimed"] == sum(figures[name] for name in ("sent", "later", "dead", "waiting", "lost"))
    return figures


def claimed(delivery, *, sender=7, at=NOON, begun=False):
    [held] = sending.claim(channel=delivery.channel, sender=sender, at=at, limit=1)
    if begun:
        sending.begin(held, sender=sender, at=at)
    return held


def test_a_delivery_is_sent_once_and_its_attempt_kept(relay, hand_over):
    delivery = hand_over()
    assert deliver()["sent"] == 1
    assert deliver()["claimed"] == 0
    delivery.refresh_from_db()
    attempt = delivery.attempts.get()
    assert (delivery.state, delivery.attempts_count, delivery.claimed_by) == (DeliveryState.SENT, 1, None)
    assert attempt.is_success
    assert attempt.reply == "250 2.0.0 taken"
    assert NOON <= attempt.started_at <= attempt.ended_at == delivery.sent_at
    [(_, to, content)] = relay.received
    assert to == ["beveiliging@haven.example"]
    assert f"Message-ID: {delivery.message_id}".encode() in content


def test_the_attempt_is_committed_before_the_network_is_touched(relay, hand_over, monkeypatch):
    seen = []
    hand_over()

    def send(self, delivery, attempt):
        seen.append((connection.savepoint_ids, Attempt.objects.get(ended_at=None).pk == attempt.pk))
        return Outcome.sent("250")

    monkeypatch.setattr(MailChannel, "send", send)
    deliver()
    assert seen == [([], True)]


def test_what_is_not_due_waits(relay, hand_over):
    hand_over()
    assert deliver(NOON - timedelta(seconds=1))["claimed"] == 0


def test_a_batch_goes_by_one_connection_and_is_journalled_once(relay, hand_over):
    for number in range(5):
        hand_over(f"key {number}")
    deliver()
    assert (len(relay.received), relay.talks) == (5, 1)
    event = Event.objects.get(tag="post.delivery.attempted")
    assert event.facts["sent"] == 5
    assert event.facts["channel"] == "mail"


def test_all_batches_of_a_run_go_by_one_connection(relay, db):
    messages = [Message(key=str(n), address="a@haven.example", subject="s", body="b") for n in range(steps.BATCH + 3)]
    actions.hand_over(messages, by=SYSTEM, at=NOON)
    figures = steps.deliver_all(clock=lambda: NOON)
    assert (figures["sent"], relay.talks) == (steps.BATCH + 3, 1)


def test_a_run_ends_when_its_time_is_up(relay, hand_over):
    hand_over()
    assert steps.deliver_all(clock=lambda: NOON, seconds=0)["claimed"] == 0


def test_a_temporary_failure_comes_back_ever_later_and_ends_at_the_desk(relay, hand_over):
    delivery = hand_over()
    at = NOON
    for pause in backoff.PAUSES:
        relay.replies["rcpt"] = ["450 4.2.0 grey"]
        assert deliver(at)["later"] == 1
        delivery.refresh_from_db()
        assert delivery.state == DeliveryState.QUEUED
        assert pause <= delivery.due_at - at <= pause * 1.3
        at = delivery.due_at
    relay.replies["rcpt"] = ["450 4.2.0 grey"]
    assert deliver(at)["dead"] == 1
    delivery.refresh_from_db()
    assert (delivery.state, delivery.failure) == (DeliveryState.DEAD, "450 4.2.0 grey")
    assert delivery.attempts.filter(is_success=False).count() == backoff.ATTEMPTS_LIMIT


def test_a_refused_recipient_goes_to_the_desk_at_once(relay, hand_over):
    delivery = hand_over()
    relay.replies["rcpt"] = ["550 5.1.1 nobody here"]
    assert deliver()["dead"] == 1
    delivery.refresh_from_db()
    assert (delivery.state, delivery.failure) == (DeliveryState.DEAD, "550 5.1.1 nobody here")


def test_a_server_that_is_away_is_asked_once_and_the_others_wait_untried(settings, relay, hand_over):
    relay.stop()
    deliveries = [hand_over(f"key {number}") for number in range(4)]
    assert deliver() == {"claimed": 4, "sent": 0, "later": 1, "dead": 0, "waiting": 3, "lost": 0}
    assert Attempt.objects.count() == 1
    waiting = Delivery.objects.filter(state=DeliveryState.QUEUED, attempts_count=0, claimed_by=None)
    assert waiting.count() == 3
    assert all(row.due_at >= NOON + sending.AWAY_PAUSE for row in waiting)
    relay.start()
    assert deliver(LATE)["sent"] == 4
    assert len({content for _, _, content in relay.received}) == len(deliveries)


def test_a_run_does_not_go_round_while_the_server_is_away(relay, db):
    relay.stop()
    messages = [Message(key=str(n), address="a@haven.example", subject="s", body="b") for n in range(steps.BATCH * 2)]
    actions.hand_over(messages, by=SYSTEM, at=NOON)
    assert steps.deliver_all(clock=lambda: NOON)["claimed"] == steps.BATCH
    relay.start()


def test_one_message_that_breaks_our_code_does_not_stop_the_others(relay, hand_over, monkeypatch, caplog):
    first, second = hand_over("first"), hand_over("second")
    send = MailChannel.send

    def broken(self, delivery, attempt):
        return send(self, delivery, attempt) if delivery.pk == second.pk else 1 / 0

    monkeypatch.setattr(MailChannel, "send", broken)
    assert deliver() == {"claimed": 2, "sent": 1, "later": 1, "dead": 0, "waiting": 0, "lost": 0}
    first.refresh_from_db()
    assert "ZeroDivisionError" in first.failure
    assert "division" in caplog.text


def test_a_channel_that_asks_to_wait_is_given_time(hand_over, monkeypatch):
    delivery = hand_over()
    monkeypatch.setattr(MailChannel, "send", lambda *_: Outcome.later("429\0", wait=timedelta(hours=7)))
    deliver()
    delivery.refresh_from_db()
    assert delivery.due_at - NOON >= timedelta(hours=7)
    assert delivery.failure == "429"


def test_a_claim_that_another_sender_has_taken_is_left_alone(relay, hand_over, monkeypatch):
    delivery = hand_over()
    claim = sending.claim

    def stolen(**arguments):
        rows = claim(**arguments)
        Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(claimed_by=F("claimed_by") + 1)
        return rows

    monkeypatch.setattr(sending, "claim", stolen)
    assert deliver()["lost"] == 1
    assert relay.received == []
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.SENDING


def test_ctrl_c_puts_back_what_was_not_tried(hand_over, monkeypatch):
    first, second = hand_over("first"), hand_over("second")

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(MailChannel, "send", interrupted)
    with pytest.raises(KeyboardInterrupt):
        deliver()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (DeliveryState.SENDING, DeliveryState.QUEUED)
    assert first.attempts.get().ended_at is None


def test_what_a_dead_sender_never_tried_goes_back_at_once(hand_over):
    delivery = claimed(hand_over())
    assert steps.recover(at=NOON) == {"recovered": 1, "dead": 0, "watched": 0}
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts_count, delivery.due_at) == (DeliveryState.QUEUED, 0, NOON)
    assert Event.objects.get(tag="post.delivery.recovered").facts == {"count": 1, "dead": 0}


def test_what_a_dead_sender_may_have_sent_is_given_time_and_keeps_its_name(relay, hand_over):
    delivery = claimed(hand_over(), begun=True)
    soon, later = NOON + timedelta(minutes=1), NOON + steps.GRACE
    assert steps.recover(at=soon) == {"recovered": 0, "dead": 0, "watched": 1}
    assert steps.recover(at=later) == {"recovered": 1, "dead": 0, "watched": 0}
    assert steps.recover(at=later)["recovered"] == 0
    assert delivery.attempts.get().reply == steps.INTERRUPTED
    assert deliver(later)["sent"] == 1
    assert f"Message-ID: {delivery.message_id}".encode() in relay.received[0][2]
    delivery.refresh_from_db()
    assert delivery.attempts_count == 2


def test_a_message_that_kills_its_sender_each_time_ends_at_the_desk(hand_over):
    delivery = hand_over()
    Delivery.objects.update(attempts_count=backoff.ATTEMPTS_LIMIT - 1)
    claimed(delivery, begun=True)
    assert steps.recover(at=LATE)["dead"] == 1
    delivery.refresh_from_db()
    assert (delivery.state, delivery.failure) == (DeliveryState.DEAD, steps.INTERRUPTED)


def test_what_a_living_sender_holds_is_its_own(hand_over):
    delivery = hand_over()
    with senders.sender() as number:
        claimed(delivery, sender=number, begun=True)
        assert steps.recover(at=LATE) == {"recovered": 0, "dead": 0, "watched": 0}
    assert steps.recover(at=LATE)["recovered"] == 1


def test_an_empty_post_costs_few_queries_and_writes_nothing(db, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        assert deliver()["claimed"] == 0
    assert not Event.objects.exists()


def test_claiming_costs_the_same_for_one_and_for_many(hand_over, django_assert_num_queries):
    for number in range(9):
        hand_over(f"key {number}")
    with django_assert_num_queries(4):  # Savepoint and its release among them.
        assert len(sending.claim(channel=ChannelKind.MAIL, sender=1, at=NOON, limit=9)) == 9


@pytest.mark.parametrize("act", [steps.deliver_due, steps.recover])
def test_a_stranger_delivers_nothing(act, hand_over):
    hand_over()
    with pytest.raises(NotPermitted):
        act(at=NOON, by=STRANGER)
    assert Delivery.objects.get().state == DeliveryState.QUEUED
