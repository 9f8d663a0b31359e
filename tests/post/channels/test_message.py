"""The message as it goes out: readable by any mail program, the same each time."""

import email
from email.policy import default

import pytest

from schakel.post.channels.base import NotReady, Unsendable
from schakel.post.channels.mail.message import compose, recipient_of
from schakel.post.models import Delivery
from tests.cast import NOON

LONG = "Er staat een dienst open naar het internet. " * 40 + "\nFrom hier.\nmet é en €.  \n"


def delivery(**fields):
    usual = {
        "key": "k", "message_id": "<abc@schakel.example>", "channel": "mail", "address": "a@haven.example",
        "language": "nl", "subject": "Let op: één systeem", "body": LONG, "made_at": NOON, "due_at": NOON,
        "headers": {},
    }  # fmt: skip
    return Delivery(**{**usual, **fields})


def read(content):
    return email.message_from_bytes(content, policy=default)


def test_every_line_is_ascii_short_and_ends_as_the_standard_says():
    content = compose(delivery(body_html="<p>é</p>", attachment_name="rijen.csv", attachment=b"a,b\n" * 500))
    assert content.isascii()
    lines = content.split(b"\r\n")
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(map(len, lines)) <= 998  # RFC 5322, 2.1.1


def test_the_headers_say_who_what_when_and_that_a_machine_wrote_it():
    message = read(compose(delivery(language="en")))
    assert message["From"] == "Schakel <meldingen@schakel.example>"
    assert message["To"] == "a@haven.example"
    assert message["Subject"] == "Let op: één systeem"
    assert message["Message-ID"] == "<abc@schakel.example>"
    assert message["Date"].datetime == NOON
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "en"
    assert "List-Unsubscribe" not in message
    assert message.get_content_type() == "text/plain"
    assert message.get_content().splitlines() == LONG.splitlines()
    assert message.defects == []


def test_text_html_and_attachment_are_all_there():
    rows = "adres;naam\r\n192.0.2.1;één\r\n".encode()
    message = read(compose(delivery(body_html="<p>één</p>", attachment_name="rijén.csv", attachment=rows)))
    assert message.get_content_type() == "multipart/mixed"
    assert message.get_body(["plain"]).get_content().splitlines() == LONG.splitlines()
    assert message.get_body(["html"]).get_content().strip() == "<p>één</p>"
    [attachment] = message.iter_attachments()
    assert attachment.get_filename() == "rijén.csv"
    assert attachment.get_content_type() == "text/csv"
    assert attachment.get_param("charset") == "utf-8"
    assert attachment.get_payload(decode=True) == rows


def test_an_attachment_of_any_kind_goes_along():
    message = read(compose(delivery(attachment_name="iets.onbekend", attachment=b"\x00\xff")))
    [attachment] = message.iter_attachments()
    assert attachment.get_content_type() == "application/octet-stream"
    assert attachment.get_payload(decode=True) == b"\x00\xff"


def test_a_digest_can_be_left_with_one_click():
    headers = {"List-Unsubscribe": "<https://schakel.example/u/1>", "Reply-To": "hulp@schakel.example"}
    message = read(compose(delivery(headers=headers)))
    assert message["List-Unsubscribe"] == "<https://schakel.example/u/1>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Reply-To"] == "hulp@schakel.example"


def test_a_list_that_is_left_by_mail_has_no_click():
    message = read(compose(delivery(headers={"List-Unsubscribe": "<mailto:weg@schakel.example>"})))
    assert "List-Unsubscribe-Post" not in message


def test_nobody_replaces_what_the_post_writes():
    message = read(compose(delivery(headers={"from": "x@evil.example", "Message-ID": "<x@evil.example>"})))
    assert message.get_all("From") == ["Schakel <meldingen@schakel.example>"]
    assert message.get_all("Message-ID") == ["<abc@schakel.example>"]


def test_the_same_delivery_is_the_same_message_to_the_byte():
    one = delivery(body_html="<p>x</p>", attachment_name="r.csv", attachment=b"a")
    assert compose(one) == compose(one)


@pytest.mark.parametrize(
    "fields",
    [
        {"subject": "Let op\r\nBcc: x@evil.example"},
        {"headers": {"Reply-To": "a@b.example\nBcc: x@evil.example"}},
        {"address": "a@haven.example, b@haven.example"},
        {"address": "a@haven.example\r\nBcc: x@evil.example"},
        {"address": "geen adres"},
        {"address": "@haven.example"},
        {"address": "a@"},
        {"address": "a@-.example"},
        {"address": "é@haven.example"},
        {"address": "a b@haven.example"},
    ],
)
def test_what_would_be_another_message_is_not_sent(fields):
    with pytest.raises(Unsendable):
        compose(delivery(**fields))


def test_an_address_is_taken_without_the_blanks_around_it():
    assert recipient_of(delivery(address=" a@haven.example ")) == "a@haven.example"


@pytest.mark.parametrize("sender", ["", "Schakel", "Schakel <a@>"])
def test_our_own_address_must_be_one(sender, settings):
    settings.MAIL_FROM = sender
    with pytest.raises(NotReady):
        compose(delivery())
