"""Signed webhooks (Standard Webhooks 1.0): a POST of JSON that the receiver can prove to be ours.

`webhook-id` is the same each time the message is tried, so that a receiver can drop a second copy.
"""

import json
from datetime import UTC
from urllib.parse import SplitResult

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from schakel.post.channels import guard
from schakel.post.channels.base import Outcome, Unsendable
from schakel.post.channels.calls import FAILURES, Answer, Calls, silence
from schakel.post.models import Attempt, Delivery

GONE = 410  # The receiver wants no more (Standard Webhooks, "Handling failure").


class WebhookChannel:
    """Posts to each receiver, and keeps a connection per receiver while the run lasts."""

    def __init__(self) -> None:
        self._calls = Calls()

    def place_of(self, delivery: Delivery) -> str:
        """The receiver's host and port."""
        return f"webhook {delivery.address.partition('://')[2].partition('/')[0].lower()}"

    def send(self, delivery: Delivery, attempt: Attempt) -> Outcome:
        """Post one message."""
        try:
            target = guard.target_of(delivery.address)
            body = body_of(delivery)
            return self._posted(target, body, headers_of(delivery, attempt, body))
        except Unsendable as reason:
            return Outcome.never(str(reason))

    def close(self) -> None:
        """End all connections."""
        self._calls.close()

    def _posted(self, target: SplitResult, body: str, headers: dict[str, str]) -> Outcome:
        try:
            return outcome_of(self._calls.call("POST", target, body.encode(), headers))
        except FAILURES as failure:
            self._calls.drop(target)
            return silence(failure)


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


def outcome_of(answer: Answer) -> Outcome:
    """What a status means: any 2xx is a yes, all else is tried again but for what cannot get better."""
    if answer.kind == 2:  # noqa: PLR2004 - the class of yes
        return Outcome.sent(answer.words)
    if answer.kind == 3:  # noqa: PLR2004 - the class of elsewhere
        return Outcome.never(f"{answer.words}: a webhook is not followed to another address.")
    if answer.status == GONE:
        return Outcome.never(f"{answer.words}: the receiver wants no more.")
    return Outcome.later(answer.words, wait=answer.wait)
