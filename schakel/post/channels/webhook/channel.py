"""Signed webhooks (Standard Webhooks 1.0): a POST of JSON that the receiver can prove to be ours.

`webhook-id` is the same each time the message is tried, so that a receiver can drop a second copy.
"""

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, timedelta
from urllib.parse import SplitResult

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from schakel.kit import lines
from schakel.post.channels.base import Outcome, Unsendable
from schakel.post.channels.webhook import guard
from schakel.post.models import Attempt, Delivery

SILENCE_SECONDS = 15
WHOLE_SECONDS = 30
ANSWER_LIMIT = 64 * 1024
LONGEST_WAIT = timedelta(days=1)
GONE = 410  # The receiver wants no more (Standard Webhooks, "Handling failure").


class WebhookChannel:
    """Posts to each receiver, and keeps a connection per receiver while the run lasts."""

    def __init__(self) -> None:
        self._connections: dict[str, http.client.HTTPConnection] = {}

    def place_of(self, delivery: Delivery) -> str:
        """The receiver's host and port."""
        return f"webhook {delivery.address.partition('://')[2].partition('/')[0].lower()}"

    def send(self, delivery: Delivery, attempt: Attempt) -> Outcome:
        """Post one message."""
        try:
            target = guard.target_of(delivery.address)
            body = body_of(delivery)
            headers = headers_of(delivery, attempt, body)
            return self._post(self.place_of(delivery), target, body.encode(), headers)
        except Unsendable as reason:
            return Outcome.never(str(reason))
        except (OSError, http.client.HTTPException) as failure:
            self._drop(self.place_of(delivery))
            return Outcome.later(f"No answer: {failure or type(failure).__name__}", is_away=True)

    def close(self) -> None:
        """End all connections."""
        for place in list(self._connections):
            self._drop(place)

    def _post(self, place: str, target: SplitResult, body: bytes, headers: dict[str, str]) -> Outcome:
        """Post on the connection we have; one that the receiver has closed meanwhile is replaced, once."""
        kept = self._connections.get(place)
        if kept is not None:
            try:
                return self._exchange(kept, target, body, headers)
            except ConnectionError:
                self._drop(place)
        connection = _connection(target)
        self._connections[place] = connection
        return self._exchange(connection, target, body, headers)

    def _exchange(
        self, connection: http.client.HTTPConnection, target: SplitResult, body: bytes, headers: dict[str, str]
    ) -> Outcome:
        path = (target.path or "/") + (f"?{target.query}" if target.query else "")
        with _within(connection, WHOLE_SECONDS):
            connection.request("POST", path, body, headers)
            response = connection.getresponse()
            response.read(ANSWER_LIMIT)
        if not response.isclosed():  # It says more than we care to hear; the rest would be in the next one's way.
            connection.close()
        return outcome_of(response)

    def _drop(self, place: str) -> None:
        with suppress(KeyError):
            self._connections.pop(place).close()


def body_of(delivery: Delivery) -> str:
    """The JSON that goes out: `type`, `timestamp` and `data`, as Standard Webhooks advises, or the message's own."""
    usual = {
        "type": "message",
        "timestamp": delivery.made_at.astimezone(UTC).isoformat(),
        "data": {"subject": delivery.subject, "body": delivery.text, "language": delivery.language},
    }
    payload = usual if delivery.carried is None else delivery.carried
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))


def headers_of(delivery: Delivery, attempt: Attempt, body: str) -> dict[str, str]:
    """The headers, signature included. Raises Unsendable for a secret that cannot be used."""
    identity = delivery.message_id.strip("<>")
    at = attempt.started_at.astimezone(UTC)
    try:
        signature = Webhook(delivery.webhook_secret).sign(identity, at, body)
    except (ValueError, EmptyWebhookSecretError) as error:
        raise Unsendable(f"The webhook's secret cannot be used: {error}") from error
    return {
        "content-type": "application/json; charset=utf-8",
        "user-agent": "Schakel",
        "webhook-id": identity,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature,
    }


def outcome_of(response: http.client.HTTPResponse) -> Outcome:
    """What a status means: any 2xx is a yes, all else is tried again but for what cannot get better."""
    reply = f"{response.status} {response.reason}"
    kind = response.status // 100
    if kind == 2:  # noqa: PLR2004 - the class of yes
        return Outcome.sent(reply)
    if kind == 3:  # noqa: PLR2004 - the class of elsewhere
        return Outcome.never(f"{reply}: a webhook is not followed to another address.")
    if response.status == GONE:
        return Outcome.never(f"{reply}: the receiver wants no more.")
    return Outcome.later(reply, wait=_wait_asked(response.getheader("Retry-After", "")))


def _wait_asked(value: str) -> timedelta:
    """Retry-After in seconds (RFC 9110, 10.2.3), a day at most; its form with a date is left to our own back-off."""
    return min(timedelta(seconds=int(value)), LONGEST_WAIT) if value.isdecimal() and len(value) < 8 else timedelta()  # noqa: PLR2004


def _connection(target: SplitResult) -> http.client.HTTPConnection:
    if target.scheme == "https":
        return _GuardedTls(str(target.hostname), target.port, timeout=SILENCE_SECONDS)
    return _Guarded(str(target.hostname), target.port, timeout=SILENCE_SECONDS)


class _Guarded(http.client.HTTPConnection):
    def connect(self) -> None:
        """Connect to an address that has been judged."""
        self.sock = guard.connect(self.host, self.port, seconds=SILENCE_SECONDS)


class _GuardedTls(_Guarded):
    default_port = http.client.HTTPS_PORT

    def connect(self) -> None:
        """The same, encrypted, for the name that was asked for."""
        super().connect()
        self.sock = lines.tls_context().wrap_socket(self.sock, server_hostname=self.host)


@contextmanager
def _within(connection: http.client.HTTPConnection, seconds: float) -> Iterator[None]:
    """Cut the line after so many seconds, for a receiver that answers a letter at a time."""
    if connection.sock is None:
        connection.connect()
    with lines.cut_after(connection.sock, seconds):
        yield
