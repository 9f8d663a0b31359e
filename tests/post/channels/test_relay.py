"""Where our mail is handed in, and that it is encrypted on the way."""

import pytest
from aiosmtpd.smtp import AuthResult

from schakel.post import steps
from schakel.post.channels.base import NotReady
from schakel.post.channels.mail.relay import Relay, Tls, relay_of
from tests.cast import NOON
from tests.post.channels import certificates
from tests.post.conftest import Relay as Server


@pytest.mark.parametrize(
    ("url", "relay"),
    [
        ("smtp://127.0.0.1:8025", Relay("127.0.0.1", 8025, "", "", Tls.NONE, None)),
        ("smtp://[::1]", Relay("::1", 25, "", "", Tls.NONE, None)),
        ("smtp://localhost?tls=implicit", Relay("localhost", 465, "", "", Tls.IMPLICIT, None)),
        ("smtp://mail.example", Relay("mail.example", 25, "", "", Tls.STARTTLS, None)),
        (
            "smtp://us%40er:p%2Fw@mail.example:587?tls=starttls&ca=/etc/own.pem",
            Relay("mail.example", 587, "us@er", "p/w", Tls.STARTTLS, "/etc/own.pem"),
        ),
    ],
)
def test_the_setting_is_read(url, relay):
    assert relay_of(url) == relay


@pytest.mark.parametrize(
    "url",
    ["", "mail.example", "http://mail.example", "smtp://", "smtp://mail.example?tls=none", "smtp://127.0.0.1?tls=yes",
     "smtp://mail.example:port"],
)  # fmt: skip
def test_a_setting_that_cannot_be_used_is_refused(url):
    with pytest.raises(NotReady):
        relay_of(url)


@pytest.fixture
def tls(tmp_path):
    return certificates.make(tmp_path)


def serve(settings, query, **options):
    server = Server(**options).start()
    settings.SMTP_URL = f"smtp://user:secret@localhost:{server.port}?{query}"
    return server


def check(_server, _session, _envelope, _mechanism, data):
    is_right = (data.login, data.password) == (b"user", b"secret")
    return AuthResult(success=is_right, handled=is_right)


def test_mail_is_handed_in_over_starttls_with_a_password(settings, tls, hand_over):
    context, trusted = tls
    server = serve(
        settings, f"tls=starttls&ca={trusted}", tls_context=context, require_starttls=True, auth_required=True,
        authenticator=check,
    )  # fmt: skip
    hand_over()
    assert steps.deliver_due(at=NOON)["sent"] == 1
    server.stop()


def test_a_certificate_that_nobody_vouches_for_ends_the_talk(settings, tls, hand_over):
    delivery = hand_over()
    server = serve(settings, "tls=starttls", tls_context=tls[0])
    assert steps.deliver_due(at=NOON)["later"] == 1
    server.stop()
    delivery.refresh_from_db()
    assert "certificate" in delivery.failure.lower()
    assert server.received == []


def test_a_server_without_starttls_gets_nothing(settings, hand_over):
    delivery = hand_over()
    server = serve(settings, "tls=starttls")
    assert steps.deliver_due(at=NOON)["later"] == 1
    server.stop()
    delivery.refresh_from_db()
    assert "STARTTLS" in delivery.failure


def test_a_wrong_password_waits_for_somebody_to_mend_it(settings, tls, hand_over):
    context, trusted = tls
    server = serve(
        settings, f"tls=starttls&ca={trusted}", tls_context=context, auth_required=True, authenticator=check
    )  # fmt: skip
    settings.SMTP_URL = settings.SMTP_URL.replace("secret", "wrong")
    delivery = hand_over()
    assert steps.deliver_due(at=NOON)["later"] == 1
    server.stop()
    delivery.refresh_from_db()
    assert "535" in delivery.failure


def test_mail_is_handed_in_over_implicit_tls(settings, tls, hand_over):
    context, trusted = tls
    server = serve(settings, f"tls=implicit&ca={trusted}", ssl_context=context)
    settings.SMTP_URL = settings.SMTP_URL.replace("user:secret@", "")
    hand_over()
    assert steps.deliver_due(at=NOON)["sent"] == 1
    server.stop()


def test_a_setting_that_is_wrong_keeps_the_mail(settings, hand_over):
    settings.SMTP_URL = "smtp://mail.example?tls=none"
    delivery = hand_over()
    assert steps.deliver_due(at=NOON)["later"] == 1
    delivery.refresh_from_db()
    assert "encrypted only" in delivery.failure
