"""Mail by SMTP (RFC 5321): one conversation with the relay for many messages."""

import smtplib
from contextlib import suppress

from django.conf import settings

from schakel.post import verp
from schakel.post.channels.base import NotReady, Outcome, Unsendable
from schakel.post.channels.mail import message, relay
from schakel.post.messages import host
from schakel.post.models import Attempt, Delivery

CLOSING = 421  # The server says that it stops (RFC 5321, 3.8).
PERMANENT = 500
YES = 2  # The first digit.


class MailChannel:
    """Hands mail to the relay of SCHAKEL_SMTP_URL."""

    def __init__(self) -> None:
        self._connection: smtplib.SMTP | None = None

    def place_of(self, delivery: Delivery) -> str:  # noqa: ARG002 - all mail goes to one relay
        """The relay."""
        return f"mail {settings.SMTP_URL}"

    def send(self, delivery: Delivery, attempt: Attempt) -> Outcome:
        """Hand in one message."""
        try:
            recipient = message.recipient_of(delivery)
            content = message.compose(delivery)
        except Unsendable as reason:
            return Outcome.never(str(reason))
        except NotReady as reason:
            return Outcome.later(str(reason))
        try:
            connection = self._ready()
        except (OSError, NotReady) as failure:
            self._drop()
            return Outcome.later(f"The mail server does not answer: {words_of(failure)}", is_away=True)
        try:
            return self._hand_in(connection, verp.return_address(attempt.pk), recipient, content)
        except OSError as failure:
            self._drop()
            is_silent = isinstance(failure.__context__, TimeoutError)  # smtplib calls that a disconnection too.
            return Outcome.later(f"The mail server went away: {words_of(failure)}", is_away=is_silent)

    def close(self) -> None:
        """Say goodbye."""
        if self._connection is not None:
            with suppress(OSError):
                self._connection.quit()
            self._drop()

    def _ready(self) -> smtplib.SMTP:
        """A conversation at its start: the one we have when it still answers, else a new one."""
        if self._connection is not None and self._still_answers(self._connection):
            return self._connection
        self._drop()
        self._connection = relay.connect(relay.relay_of(settings.SMTP_URL), own_name=host())
        return self._connection

    def _still_answers(self, connection: smtplib.SMTP) -> bool:
        """Begin anew; whoever has left, left before anything was handed in."""
        try:
            code, _words = connection.rset()
        except OSError:
            return False
        relay.set_patience(connection, relay.COMMAND_SECONDS)
        return code // 100 == YES

    def _hand_in(self, connection: smtplib.SMTP, sender: str, recipient: str, content: bytes) -> Outcome:
        """MAIL, RCPT, DATA. Raises OSError when the server leaves in between."""
        size = [f"size={len(content)}"] if connection.has_extn("size") else []
        code, words = connection.mail(sender, size)
        if refusal := self._refusal(code, words, is_final=False):  # Our own address: a matter of set-up.
            return refusal
        code, words = connection.rcpt(recipient)
        if refusal := self._refusal(code, words):
            return refusal
        relay.set_patience(connection, relay.CONTENT_SECONDS)
        try:
            code, words = connection.data(content)
        except smtplib.SMTPDataError as refused:
            code, words = refused.smtp_code, _bytes(refused.smtp_error)
        return self._refusal(code, words) or Outcome.sent(said(code, words))

    def _refusal(self, code: int, words: bytes, *, is_final: bool = True) -> Outcome | None:
        """What a reply means, or None when it is a yes (RFC 5321, 4.2.1)."""
        if code == CLOSING:
            self._drop()
            return Outcome.later(said(code, words), is_away=True)
        if code >= PERMANENT and is_final:
            return Outcome.never(said(code, words))
        return None if code // 100 == YES else Outcome.later(said(code, words))

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def said(code: int, words: bytes) -> str:
    """A reply, as text."""
    return f"{code} {words.decode(errors='replace')}"


def words_of(failure: Exception) -> str:
    """What an exception says, with its kind where it says nothing."""
    if isinstance(failure, smtplib.SMTPResponseException):
        return said(failure.smtp_code, _bytes(failure.smtp_error))
    return str(failure) or type(failure).__name__


def _bytes(words: bytes | str) -> bytes:
    return words.encode() if isinstance(words, str) else words
