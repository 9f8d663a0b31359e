"""The conversation with the mail server, whatever it answers."""

import pytest
from aiosmtpd.smtp import SMTP

from schakel.post import steps, verp
from schakel.post.channels.mail import relay as relays
from schakel.post.channels.mail.channel import MailChannel, words_of
from schakel.post.models import Attempt
from tests.cast import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail(relay):
    opened = MailChannel()
    yield opened
    opened.close()


@pytest.fixture
def send(mail, hand_over):
    def act(key="one", **fields):
        delivery = hand_over(key, **fields)
        return mail.send(delivery, Attempt.objects.create(delivery=delivery, started_at=NOON))

    return act


@pytest.mark.parametrize(
    ("stage", "reply", "verdict", "is_away"),
    [
        ("mail", "451 4.3.0 later", "later", False),
        ("mail", "550 5.7.1 not from you", "later", False),
        ("rcpt", "450 4.2.0 grey", "later", False),
        ("rcpt", "550 5.1.1 nobody", "never", False),
        ("rcpt", "421 4.3.2 closing", "later", True),
        ("data", "451 4.3.0 later", "later", False),
        ("data", "554 5.6.0 no", "never", False),
        ("data", "421 4.3.2 closing", "later", True),
        ("mail", "421 4.3.2 closing", "later", True),
        ("data", "252 maybe", "sent", False),
        ("rcpt", "199 what", "later", False),
    ],
)
def test_each_answer_means_one_thing(relay, send, stage, reply, *, verdict, is_away):
    relay.replies[stage] = [reply]
    outcome = send()
    assert (outcome.verdict, outcome.is_away, outcome.reply) == (verdict, is_away, reply)
    assert send("next").verdict == "sent"


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
def test_a_server_that_hangs_up_is_asked_again_later(relay, send, stage):
    relay.replies[stage] = [None]
    outcome = send()
    assert (outcome.verdict, outcome.is_away) == ("later", False)
    assert outcome.reply.startswith("The mail server went away")
    assert send("next").verdict == "sent"
    assert relay.talks == 2


def test_a_server_that_says_nothing_is_away(relay, send, monkeypatch):
    monkeypatch.setattr(relays, "CONTENT_SECONDS", 0.2)

    async def silent(server, session, envelope):
        import asyncio

        await asyncio.sleep(1)
        return "250 too late"

    relay.handle_DATA = silent
    outcome = send()
    assert (outcome.verdict, outcome.is_away) == ("later", True)


def test_a_server_that_was_restarted_between_two_messages_loses_none(relay, send):
    assert send("one").verdict == "sent"
    relay.stop()
    relay.start()
    assert send("two").verdict == "sent"
    assert len(relay.received) == 2


def test_a_server_that_says_goodbye_between_two_messages_loses_none(relay, send):
    async def goodbye(*_):
        return "421 4.4.2 you were silent too long"

    relay.handle_RSET = goodbye
    send("one")
    assert send("two").verdict == "sent"
    assert (relay.talks, len(relay.received)) == (2, 2)


def test_a_message_that_is_refused_before_it_is_read_is_refused(relay, send, monkeypatch):
    async def refuse(server, _argument):
        await server.push("554 5.7.1 not today")

    monkeypatch.setattr(SMTP, "smtp_DATA", refuse)
    assert send().reply == "554 5.7.1 not today"


def test_the_second_message_goes_by_the_same_connection(relay, send, mail):
    send("one")
    send("two")
    assert relay.talks == 1
    mail.close()
    mail.close()
    send("three")
    assert relay.talks == 2


def test_a_goodbye_that_nobody_hears_is_no_trouble(relay, send, mail):
    send("one")
    relay.stop()
    mail.close()


def test_the_envelope_names_the_attempt(relay, send):
    send()
    [(sender, to, _)] = relay.received
    assert verp.attempts_in(sender + " ") == [Attempt.objects.get().pk]
    assert sender.startswith("retour+")
    assert to == ["beveiliging@haven.example"]


def test_an_international_host_name_goes_in_ascii(relay, send):
    assert send(address="a@züri.example").verdict == "sent"
    assert relay.received[0][1] == ["a@xn--zri-hoa.example"]


def test_a_server_that_does_not_ask_for_sizes_is_not_told_any(relay, send, mail):
    send("one")
    mail._connection.esmtp_features.pop("size")
    assert send("two").verdict == "sent"


def test_our_own_missing_key_is_no_fault_of_the_message(settings, relay, send):
    settings.OPENPGP_KEY = "/nowhere/key.asc"
    outcome = send()
    assert (outcome.verdict, outcome.is_away) == ("later", False)
    assert "key cannot be used" in outcome.reply


def test_a_refusal_at_the_door_reads_as_it_was_said(relay, hand_over, monkeypatch):
    delivery = hand_over()

    async def refuse(server, session, envelope, hostname, responses):
        return ["554 5.7.1 not you"]

    relay.handle_EHLO = refuse
    steps.deliver_due(at=NOON)
    delivery.refresh_from_db()
    assert delivery.state == "queued"
    assert words_of(TimeoutError()) == "TimeoutError"
