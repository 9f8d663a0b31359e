"""A post in Mattermost: by an incoming webhook, whose address is its secret, or by REST as an account of ours.

With a `channel_id` in the payload the post goes to the REST API of the server at the address, by the delivery's secret.
"""

import json
from typing import Any
from urllib.parse import SplitResult

from schakel.post.channels import guard
from schakel.post.channels.base import Outcome, Unsendable
from schakel.post.channels.calls import FAILURES, Answer, Calls, silence
from schakel.post.models import Attempt, Delivery

POSTS = "/api/v4/posts"
YES = 2
LONGEST = 16_383
"""Letters in one post (Mattermost, `PostMessageMaxRunesV2`)."""


class MattermostChannel:
    """Keeps a connection per server while the run lasts."""

    def __init__(self) -> None:
        self._calls = Calls()

    def place_of(self, delivery: Delivery) -> str:
        """The server's host and port."""
        return f"mattermost {delivery.address.partition('://')[2].partition('/')[0].lower()}"

    def send(self, delivery: Delivery, attempt: Attempt) -> Outcome:  # noqa: ARG002 - each try is the same
        """Post it."""
        try:
            target, payload, headers = _request(delivery)
        except Unsendable as reason:
            return Outcome.never(str(reason))
        body = json.dumps(payload, ensure_ascii=False).encode()
        try:
            return _outcome(self._calls.call("POST", target, body, headers))
        except Unsendable as reason:
            return Outcome.never(str(reason))
        except FAILURES as failure:
            self._calls.drop(target)
            return silence(failure)

    def close(self) -> None:
        """End all connections."""
        self._calls.close()


def _request(delivery: Delivery) -> tuple[SplitResult, dict[str, Any], dict[str, str]]:
    payload: dict[str, Any] = delivery.payload or {"text": delivery.body}
    headers = {"content-type": "application/json", "user-agent": "Schakel"}
    target = guard.target_of(delivery.address)
    if max(len(str(payload.get(name, ""))) for name in ("text", "message")) > LONGEST:
        raise Unsendable(f"A post in Mattermost has {LONGEST} letters at most.")
    if "channel_id" not in payload:
        return target, payload, headers
    headers["authorization"] = f"Bearer {delivery.webhook_secret}"
    return target._replace(path=target.path.rstrip("/") + POSTS, query=""), payload, headers


def _outcome(answer: Answer) -> Outcome:
    if answer.kind == YES:
        return Outcome.sent(answer.words)
    if answer.kind == 3 or answer.status in {400, 401, 403, 404, 413}:  # noqa: PLR2004 - moved, or refused
        return Outcome.never(f"{answer.words} {answer.body[:200].decode(errors='replace')}")
    return Outcome.later(answer.words, wait=answer.wait)
