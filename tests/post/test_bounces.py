"""What mail servers return, tied to the attempt it is about."""

import mailbox
from datetime import timedelta

import pytest

from schakel.journal.models import Event
from schakel.kit.refusals import Invalid, NotPermitted
from schakel.post import actions, bounces, sending, steps, verp
from schakel.post.bounces import Fate
from schakel.post.models import Delivery, DeliveryState
from tests.cast import DESK, NOON, STRANGER
from tests.post.notes import note

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=2)


@pytest.fixture
def sent(relay, hand_over):
    delivery = hand_over()
    steps.deliver_due(at=NOON)
    delivery.refresh_from_db()
    return delivery


def own_address(delivery):
    return verp.return_address(delivery.attempts.last().pk)


def test_a_failure_puts_the_delivery_on_the_desk(sent):
    assert bounces.take_in(note(to=own_address(sent)), at=LATER) == Fate.BOUNCED
    sent.refresh_from_db()
    assert (sent.state, sent.failure) == (DeliveryState.BOUNCED, "5.1.1 550 5.1.1 nobody here")
    attempt = sent.attempts.get()
    assert not attempt.is_success
    assert attempt.reply == "250 2.0.0 taken\nfailed: 5.1.1 550 5.1.1 nobody here"
    assert Event.objects.get(tag="post.delivery.bounced").subject == f"post.delivery:{sent.pk}"


def test_the_envelope_is_enough(sent):
    assert bounces.take_in(note(to="x@else.example"), at=LATER, recipient=own_address(sent)) == Fate.BOUNCED


def test_so_is_the_returned_message(sent):
    assert bounces.take_in(note(original=f"Message-ID: {sent.message_id}"), at=LATER) == Fate.BOUNCED


def test_so_is_the_return_path_of_the_returned_message(sent):
    returned = f"Return-Path: <{own_address(sent)}>\nSubject: x"
    assert bounces.take_in(note(original=returned), at=LATER) == Fate.BOUNCED


def test_the_same_again_changes_nothing(sent):
    content = note(to=own_address(sent))
    bounces.take_in(content, at=LATER)
    assert bounces.take_in(content, at=LATER) == Fate.REPEATED
    assert Event.objects.filter(tag="post.delivery.bounced").count() == 1


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_what_is_no_failure_is_noted(sent, action):
    assert bounces.take_in(note(to=own_address(sent), action=action), at=LATER) == Fate.NOTED
    sent.refresh_from_db()
    assert sent.state == DeliveryState.SENT
    assert f"\n{action}: " in sent.attempts.get().reply


def test_a_late_failure_of_an_earlier_attempt_does_not_touch_the_later_one(sent, relay):
    first = own_address(sent)
    bounces.take_in(note(to=first), at=LATER)
    sent.refresh_from_db()
    actions.readdress(delivery=sent, address="nieuw@haven.example", by=DESK, at=LATER)
    steps.deliver_due(at=LATER)
    assert bounces.take_in(note(to=first, status="5.2.2"), at=LATER) == Fate.NOTED
    sent.refresh_from_db()
    assert sent.state == DeliveryState.SENT
    assert bounces.take_in(note(to=own_address(sent)), at=LATER) == Fate.BOUNCED


def test_a_failure_that_comes_before_we_have_written_success_must_come_again(hand_over):
    delivery = hand_over()
    sending.claim(channel="mail", sender=1, at=NOON, limit=1)
    attempt = sending.begin(delivery, sender=1, at=NOON)
    assert attempt is not None
    assert bounces.take_in(note(to=verp.return_address(attempt.pk)), at=NOON) == Fate.EARLY


def test_a_forged_return_address_is_nobodys(sent):
    attempt = sent.attempts.get()
    forged = f"retour+{attempt.pk}-{'0' * 20}@schakel.example"
    assert bounces.take_in(note(to=forged), at=LATER) == Fate.UNKNOWN
    sent.refresh_from_db()
    assert sent.state == DeliveryState.SENT


def test_an_attempt_that_is_no_more_is_nobodys(db):
    assert bounces.take_in(note(to=verp.return_address(99_999_999)), at=LATER) == Fate.UNKNOWN


def test_a_message_that_we_never_sent_is_nobodys(sent):
    assert bounces.take_in(note(original="Message-ID: <x@else.example>"), at=LATER) == Fate.UNKNOWN


@pytest.mark.parametrize("content", [b"", b"Subject: I am on holiday\n\nUntil Monday.", b"\xff\x00 garbage"])
def test_what_is_no_notification_is_left_alone(content, db):
    assert bounces.take_in(content, at=LATER) == Fate.OTHER


def counts(**fates):
    return {"read": sum(fates.values()), **{fate.value: fates.get(fate.value, 0) for fate in Fate}}


@pytest.fixture
def three(sent):
    return [note(to=own_address(sent)), b"Subject: holiday\n\nuntil Monday\n", note(to="x@else.example")]


EXPECTED = counts(bounced=1, other=1, unknown=1)


def test_an_mbox_is_read(three, tmp_path):
    box = mailbox.mbox(tmp_path / "box")
    for content in three:
        box.add(content)
    box.close()
    assert bounces.read(tmp_path / "box", at=LATER) == EXPECTED
    assert bounces.read(tmp_path / "box", at=LATER) == counts(repeated=1, other=1, unknown=1)


def test_a_maildir_is_read(three, tmp_path):
    folder = mailbox.Maildir(tmp_path / "box")
    for content in three:
        folder.add(content)
    assert bounces.read(tmp_path / "box", at=LATER) == EXPECTED


def test_a_folder_of_files_is_read(three, tmp_path):
    for number, content in enumerate(three):
        (tmp_path / f"{number}.eml").write_bytes(content)
    (tmp_path / "notes.txt").write_text("x")
    assert bounces.read(tmp_path, at=LATER) == EXPECTED


def test_one_message_is_read(three, tmp_path):
    (tmp_path / "one.eml").write_bytes(three[0])
    assert bounces.read(tmp_path / "one.eml", at=LATER) == counts(bounced=1)


def test_a_mailbox_that_is_not_there_is_refused(db, tmp_path):
    with pytest.raises(Invalid):
        bounces.read(tmp_path / "nowhere", at=LATER)


def test_a_stranger_returns_nothing(sent, tmp_path):
    with pytest.raises(NotPermitted):
        bounces.take_in(note(to=own_address(sent)), at=LATER, by=STRANGER)
    with pytest.raises(NotPermitted):
        bounces.read(tmp_path, at=LATER, by=STRANGER)
    assert Delivery.objects.get().state == DeliveryState.SENT
