"""Reading delivery status notifications."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schakel.post import verp
from schakel.post.notifications import Action, notification_of
from tests.post.notes import note

OURS = verp.return_address(7)


def read(content, **envelope):
    found = notification_of(content, **envelope)
    assert found is not None
    return found


def test_a_notification_says_which_message_and_what_became_of_it():
    found = read(note(to=OURS, original="Message-ID: <a@schakel.example>\nSubject: x"))
    assert (found.action, found.words) == (Action.FAILED, "5.1.1 550 5.1.1 nobody here")
    assert (found.attempt_ids, found.message_id) == ((7,), "<a@schakel.example>")


def test_line_ends_do_not_matter():
    content = note(to=OURS, original="Message-ID: <a@schakel.example>")
    assert notification_of(content.replace(b"\n", b"\r\n")) == notification_of(content)


def test_of_several_recipients_the_worst_counts():
    more = "Final-Recipient: rfc822; b@haven.example\nAction: failed\nStatus: 5.2.2\n"
    found = read(note(action="delivered", more=more))
    assert (found.action, found.words) == (Action.FAILED, "5.2.2")


def test_a_folded_message_id_is_read():
    found = read(note(original="Message-ID:\n <a@schakel.example>\nSubject: x"))
    assert found.message_id == "<a@schakel.example>"


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822-headers", "message/global"])
def test_headers_alone_are_enough(kind):
    content = note(original="Message-ID: <a@schakel.example>").replace(b"message/rfc822", kind.encode())
    assert read(content).message_id == "<a@schakel.example>"


def test_the_international_form_is_read():
    content = note().replace(b"message/delivery-status", b"message/global-delivery-status")
    assert read(content).action == Action.FAILED


def test_an_action_with_a_remark_is_an_action():
    assert read(note(action="Delayed (will try again)".replace(" (", "; ("))).action == Action.DELAYED


@pytest.mark.parametrize("header", ["Delivered-To", "X-Original-To", "Envelope-To"])
def test_the_mailbox_it_was_delivered_to_counts(header):
    content = f"{header}: {OURS}\n".encode() + note(to="postmaster@schakel.example")
    assert read(content).attempt_ids == (7,)


def test_an_address_named_twice_counts_once():
    assert read(note(to=OURS), recipient=OURS).attempt_ids == (7,)


def test_an_address_in_the_words_of_the_message_counts_for_nothing():
    content = note().replace(b"It could not be delivered.", OURS.encode())
    assert read(content).attempt_ids == ()


@pytest.mark.parametrize("action", ["", "gone"])
def test_a_report_without_a_known_fate_is_none(action):
    assert notification_of(note(action=action)) is None


@given(st.binary(max_size=300), st.integers(0, 900), st.integers(0, 200))
def test_nothing_that_anybody_sends_breaks_the_reader(noise, place, cut):
    content = note(to=OURS)
    notification_of(content[:place] + noise + content[place + cut :])
    notification_of(noise)
