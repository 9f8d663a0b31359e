"""Signed webhooks to a real receiver, whatever it answers."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from standardwebhooks import Webhook

from schakel.kit import lines
from schakel.post import steps
from schakel.post.channels import calls
from schakel.post.channels.webhook.channel import WebhookChannel
from schakel.post.models import Attempt, Delivery
from tests.cast import NOON
from tests.post.channels import certificates

pytestmark = pytest.mark.django_db
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def hook():
    opened = WebhookChannel()
    yield opened
    opened.close()


@pytest.fixture
def send(hook, hand_over, receiver):
    def act(key="one", **fields):
        usual = {"channel": "webhook", "address": receiver.url, "webhook_secret": SECRET}
        delivery = hand_over(key, **{**usual, **fields})
        return hook.send(delivery, Attempt.objects.create(delivery=delivery, started_at=timezone.now()))

    return act


def test_the_receiver_can_prove_that_it_is_ours(send, receiver):
    assert send(payload={"type": "notice", "data": {"één": 1}}).verdict == "sent"
    [(path, headers, body)] = receiver.requests
    assert path == "/hook"
    assert Webhook(SECRET).verify(body, headers) == {"type": "notice", "data": {"één": 1}}
    assert headers["webhook-id"] == Delivery.objects.get().message_id.strip("<>")
    assert headers["content-type"] == "application/json; charset=utf-8"


def test_without_a_payload_the_message_itself_is_carried(send, receiver):
    send()
    body = json.loads(receiver.requests[0][2])
    assert body["data"] == {"subject": "Let op", "body": "Werk uw server bij.\n", "language": "nl"}
    assert body["type"] == "message"


def test_an_empty_payload_is_a_payload(send, receiver):
    send(payload={})
    assert receiver.requests[0][2] == b"{}"


def test_a_second_try_carries_the_same_name(settings, receiver, hand_over):
    hand_over(channel="webhook", address=receiver.url, webhook_secret=SECRET)
    receiver.statuses = [503]
    assert steps.deliver_due(at=NOON)["later"] == 1
    assert steps.deliver_due(at=NOON + timedelta(hours=1))["sent"] == 1
    first, second = (headers["webhook-id"] for _, headers, _ in receiver.requests)
    assert first == second


@pytest.mark.parametrize(
    ("status", "verdict"),
    [(200, "sent"), (202, "sent"), (204, "sent"), (301, "never"), (307, "never"), (400, "later"), (401, "later"),
     (404, "later"), (410, "never"), (429, "later"), (500, "later"), (503, "later")],
)  # fmt: skip
def test_each_status_means_one_thing(send, receiver, status, verdict):
    receiver.statuses = [status]
    outcome = send()
    assert (outcome.verdict, outcome.is_away) == (verdict, False)
    assert outcome.reply.startswith(str(status))


def test_a_redirect_is_not_followed(send, receiver):
    receiver.statuses, receiver.headers = [302], {"location": receiver.url + "/else"}
    assert "another address" in send().reply
    assert len(receiver.requests) == 1


@pytest.mark.parametrize(
    ("asked", "given"),
    [("120", timedelta(minutes=2)), ("9999999", timedelta(days=1)), ("Wed, 21 Oct 2026 07:28:00 GMT", timedelta()),
     ("-5", timedelta()), ("99999999999999999999", timedelta()), ("", timedelta())],
)  # fmt: skip
def test_a_receiver_may_ask_for_time(send, receiver, asked, given):
    receiver.statuses, receiver.headers = [429], {"retry-after": asked}
    assert send().wait == given


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_€", "!"])
def test_a_secret_that_cannot_be_used_stops_the_message(send, receiver, secret):
    outcome = send(webhook_secret=secret)
    assert (outcome.verdict, receiver.requests) == ("never", [])
    assert "secret" in outcome.reply


def test_messages_to_one_receiver_share_a_connection(send, receiver):
    send("one")
    send("two")
    assert receiver.connections == 1


def test_a_connection_that_the_receiver_closed_is_replaced(send, receiver):
    import socket

    send("one")
    receiver.line.shutdown(socket.SHUT_RDWR)
    assert send("two").verdict == "sent"
    assert (receiver.connections, len(receiver.requests)) == (2, 2)


def test_a_long_answer_is_not_read_to_its_end(send, receiver):
    receiver.statuses, receiver.body = [200, 200], b"x" * (calls.ANSWER_LIMIT + 1)
    assert send("one").verdict == "sent"
    assert send("two").verdict == "sent"
    assert receiver.connections == 2


def test_a_receiver_that_is_not_there_is_away(send):
    outcome = send(address="http://127.0.0.1:9/hook")
    assert (outcome.verdict, outcome.is_away) == ("later", True)


def test_a_receiver_that_takes_too_long_is_away(send, receiver, monkeypatch):
    monkeypatch.setattr(calls, "WHOLE_SECONDS", 0.2)
    receiver.hang_seconds = 0.6
    outcome = send()
    assert (outcome.verdict, outcome.is_away) == ("later", True)


def test_a_receiver_that_has_gone_by_the_deadline_is_no_trouble():
    import socket

    line = socket.socket()
    line.close()
    lines._cut(line)


def test_a_receiver_that_is_away_does_not_hold_up_another(receiver, hand_over):
    for number in range(3):
        hand_over(f"gone {number}", channel="webhook", address="http://127.0.0.1:9/x", webhook_secret=SECRET)
    hand_over("there", channel="webhook", address=receiver.url, webhook_secret=SECRET)
    figures = steps.deliver_all(clock=lambda: NOON)
    assert (figures["sent"], figures["later"], figures["waiting"]) == (1, 1, 2)


def test_a_private_receiver_is_refused_where_they_are(send, receiver, settings):
    settings.WEBHOOKS_PRIVATE = False
    outcome = send()
    assert (outcome.verdict, receiver.requests) == ("never", [])
    assert "not public" in outcome.reply


@pytest.fixture
def over_tls(receiver, tmp_path):
    context, trusted = certificates.make(tmp_path)
    receiver.server.socket = context.wrap_socket(receiver.server.socket, server_side=True)
    return receiver.url.replace("http://127.0.0.1", "https://localhost"), trusted


def test_a_webhook_goes_encrypted(over_tls, send, receiver, monkeypatch):
    url, trusted = over_tls
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    assert send(address=url + "?a=b").verdict == "sent"
    assert receiver.requests[0][0] == "/hook?a=b"


def test_a_receiver_that_nobody_vouches_for_gets_nothing(over_tls, send, receiver):
    outcome = send(address=over_tls[0])
    assert (outcome.verdict, receiver.requests) == ("later", [])
    assert "CERTIFICATE" in outcome.reply
