"""Handing over, and the dead-letter desk."""

from datetime import timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from schakel.journal.models import Event
from schakel.kit.refusals import Invalid, NotPermitted, WrongState
from schakel.policy.access import SYSTEM
from schakel.post import actions, sending
from schakel.post.messages import Message
from schakel.post.models import Delivery, DeliveryState
from schakel.registry.models import ChannelKind
from tests.cast import AUDITOR, DESK, NOON, STEWARD, STRANGER, member_of

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=2)


def message(key, **fields):
    return Message(key=key, **{"address": "a@haven.example", "subject": "s", "body": "b", **fields})


@pytest.fixture
def dead(hand_over):
    delivery = hand_over()
    Delivery.objects.update(state=DeliveryState.DEAD, attempts_count=8, failure="550 nobody here")
    delivery.refresh_from_db()
    return delivery


def test_messages_become_deliveries_in_their_order():
    made = actions.hand_over([message(key) for key in "cab"], by=SYSTEM, at=NOON)
    assert [delivery.key for delivery in made] == ["c", "a", "b"]
    assert {(delivery.state, delivery.due_at, delivery.made_at) for delivery in made} == {("queued", NOON, NOON)}
    assert len({delivery.message_id for delivery in made}) == 3


def test_every_field_of_a_message_is_kept():
    given = message(
        "k", channel=ChannelKind.WEBHOOK, language="en", body_html="<p>b</p>", attachment_name="r.csv",
        attachment=b"a,b", headers={"Reply-To": "x@haven.example"}, openpgp_key="key", webhook_secret="s",
        payload={"a": 1},
    )  # fmt: skip
    actions.hand_over([given], by=SYSTEM, at=NOON)
    kept = Delivery.objects.get()
    for name in ("channel", "language", "body_html", "attachment_name", "headers", "openpgp_key", "payload"):
        assert getattr(kept, name) == getattr(given, name)
    assert bytes(kept.attachment) == given.attachment
    assert kept.webhook_secret == given.webhook_secret


def test_a_subject_is_one_line_whatever_name_stands_in_it():
    [made] = actions.hand_over([message("k", subject="An account for A\r\nBcc: x@haven.example")], by=SYSTEM, at=NOON)
    assert made.subject == "An account for A Bcc: x@haven.example"


def test_the_same_key_again_gives_the_same_delivery_unchanged():
    [first] = actions.hand_over([message("k")], by=SYSTEM, at=NOON)
    again = actions.hand_over([message("k", subject="other"), message("k")], by=SYSTEM, at=LATER)
    assert [delivery.pk for delivery in again] == [first.pk, first.pk]
    assert Delivery.objects.get().subject == "s"
    assert Event.objects.filter(tag="post.delivery.handed_over").count() == 1


def test_handing_over_queues_the_job_with_the_rows():
    actions.hand_over([message("k")], by=SYSTEM, at=NOON)
    job = ProcrastinateJob.objects.get()
    assert (job.task_name, job.queue_name) == ("post.deliver_due", "outgoing")


def test_nothing_handed_over_does_nothing():
    assert actions.hand_over([], by=SYSTEM, at=NOON) == []
    assert not ProcrastinateJob.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.parametrize("count", [1, 40])
def test_one_costs_as_many_queries_as_many(count, django_assert_num_queries):
    messages = [message(str(number)) for number in range(count)]
    with django_assert_num_queries(14):
        actions.hand_over(messages, by=SYSTEM, at=NOON)


@pytest.mark.parametrize("actor", [STRANGER, AUDITOR, STEWARD], ids=lambda actor: actor.name)
def test_others_hand_nothing_over(actor):
    with pytest.raises(NotPermitted):
        actions.hand_over([message("k")], by=actor, at=NOON)
    assert not Delivery.objects.exists()


def test_the_desk_sends_a_dead_delivery_again(dead):
    actions.retry(delivery=dead, by=DESK, at=LATER)
    dead.refresh_from_db()
    assert (dead.state, dead.attempts_count, dead.due_at, dead.failure) == ("queued", 0, LATER, "")
    assert Event.objects.get(tag="post.delivery.retried").subject == f"post.delivery:{dead.pk}"


def test_a_returned_delivery_goes_to_a_new_address_under_its_old_name(dead):
    Delivery.objects.update(state=DeliveryState.BOUNCED, sent_at=NOON)
    actions.readdress(delivery=dead, address=" nieuw@haven.example ", by=DESK, at=LATER)
    dead.refresh_from_db()
    assert (dead.state, dead.address, dead.sent_at) == ("queued", "nieuw@haven.example", None)


def test_a_key_stays_unless_another_is_given(dead):
    Delivery.objects.update(openpgp_key="old")
    dead.refresh_from_db()
    actions.readdress(delivery=dead, address="nieuw@haven.example", by=DESK, at=LATER)
    assert Delivery.objects.get().openpgp_key == "old"
    Delivery.objects.update(state=DeliveryState.DEAD)
    actions.readdress(delivery=dead, address="nieuw@haven.example", by=DESK, at=LATER, openpgp_key=" new ")
    assert Delivery.objects.get().openpgp_key == "new"


@pytest.mark.parametrize(
    ("channel", "address"),
    [("mail", "nobody"), ("mail", "a@b.example, c@d.example"), ("webhook", "http://haven.example/x"), ("webhook", "")],
)
def test_an_address_that_cannot_be_used_is_refused(dead, channel, address):
    dead.channel = channel
    with pytest.raises(Invalid):
        actions.readdress(delivery=dead, address=address, by=DESK, at=LATER)
    dead.refresh_from_db()
    assert dead.state == DeliveryState.DEAD


def test_a_webhook_gets_a_new_address(dead):
    Delivery.objects.update(channel="webhook")
    dead.refresh_from_db()
    actions.readdress(delivery=dead, address="https://haven.example/hook", by=DESK, at=LATER)
    assert Delivery.objects.get().address == "https://haven.example/hook"


def test_a_delivery_is_given_up_with_a_reason(dead):
    with pytest.raises(Invalid):
        actions.drop(delivery=dead, by=DESK, at=LATER, reason=" ")
    actions.drop(delivery=dead, by=DESK, at=LATER, reason="Telefonisch verteld.")
    dead.refresh_from_db()
    assert dead.state == DeliveryState.DROPPED
    assert Event.objects.get(tag="post.delivery.dropped").facts == {"reason": "Telefonisch verteld."}


ACTS = {
    "retry": lambda delivery, by: actions.retry(delivery=delivery, by=by, at=LATER),
    "drop": lambda delivery, by: actions.drop(delivery=delivery, by=by, at=LATER, reason="x"),
    "readdress": lambda delivery, by: actions.readdress(delivery=delivery, address="b@c.example", by=by, at=LATER),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_only_the_desk_acts(act, dead, country):
    for actor in (country.member, country.neighbour, STRANGER, AUDITOR, STEWARD, member_of(country.care_csirt)):
        with pytest.raises(NotPermitted):
            act(dead, actor)
    dead.refresh_from_db()
    assert dead.state == DeliveryState.DEAD


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
@pytest.mark.parametrize("state", ["queued", "sent", "dropped"])
def test_what_is_not_at_the_desk_stays(act, state, dead):
    Delivery.objects.update(state=state, sent_at=NOON)
    with pytest.raises(WrongState):
        act(dead, DESK)
    assert Delivery.objects.get().state == state


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_what_is_being_sent_is_its_senders(act, hand_over):
    [held] = [hand_over()]
    sending.claim(channel="mail", sender=1, at=NOON, limit=1)
    with pytest.raises(WrongState):
        act(held, DESK)


def test_deliveries_are_seen_by_those_who_see_all(dead, country):
    assert list(Delivery.objects.visible_to(DESK)) == [dead]
    for actor in (country.member, country.neighbour, STRANGER, AUDITOR, STEWARD):
        assert not Delivery.objects.visible_to(actor).exists()


def test_rows_name_themselves(hand_over):
    delivery = hand_over()
    sending.claim(channel="mail", sender=1, at=NOON, limit=1)
    attempt = sending.begin(delivery, sender=1, at=NOON)
    assert str(delivery) == delivery.message_id
    assert str(attempt) == f"{delivery.pk} 2026-11-02 12:00:00"
