"""An event put on a server of MISP by its published API: added, changed, or deleted where it was taken back.

Not by PyMISP: its client writes what it sends into the log when a server fails, and opens lines of its own, which
nobody has judged. The delivery's secret is the key of an account there; its payload is the event, or the UUID of one to
delete.
"""

import json
from typing import Any
from urllib.parse import SplitResult

from schakel.post.channels import guard
from schakel.post.channels.base import Outcome, Unsendable
from schakel.post.channels.calls import FAILURES, Answer, Calls, silence
from schakel.post.models import Attempt, Delivery

YES = 2
NOT_FOUND = 404
NOT_NEWER = b"not newer"
"""How MISP says that it has this version already."""


class MispChannel:
    """Keeps a connection per server while the run lasts."""

    def __init__(self) -> None:
        self._calls = Calls()

    def place_of(self, delivery: Delivery) -> str:
        """The server's host and port."""
        return f"misp {delivery.address.partition('://')[2].partition('/')[0].lower()}"

    def send(self, delivery: Delivery, attempt: Attempt) -> Outcome:  # noqa: ARG002 - each try is the same
        """Put the event there, or delete it."""
        payload = delivery.payload or {}
        try:
            server = _Server(self._calls, guard.target_of(delivery.address), delivery.webhook_secret)
        except Unsendable as reason:
            return Outcome.never(str(reason))
        try:
            return server.deleted(payload["delete"]) if "delete" in payload else server.put(payload)
        except Unsendable as reason:
            return Outcome.never(str(reason))
        except FAILURES as failure:
            self._calls.drop(server.target)
            return silence(failure)

    def close(self) -> None:
        """End all connections."""
        self._calls.close()


class _Server:
    """One server, as the account whose key it is."""

    def __init__(self, calls: Calls, target: SplitResult, key: str) -> None:
        self._calls, self.target, self._key = calls, target, key

    def put(self, payload: dict[str, Any]) -> Outcome:
        """Change the event, or add it where it is not there yet; then publish it within that server."""
        uuid = payload["Event"]["uuid"]
        answer = self._call("PUT", f"/events/edit/{uuid}", payload)
        if answer.status == NOT_FOUND:
            answer = self._call("POST", "/events/add", payload)
        elif NOT_NEWER in answer.body:
            return Outcome.sent(f"{answer.words}: the server has this version already.")
        if answer.kind != YES:
            return _refused(answer)
        published = self._call("POST", f"/events/publish/{uuid}")
        return Outcome.sent(answer.words if published.kind == YES else f"{answer.words}, published: {published.words}")

    def deleted(self, uuid: str) -> Outcome:
        """Delete the event; one that is not there is what we want."""
        answer = self._call("DELETE", f"/events/delete/{uuid}")
        if answer.kind == YES or answer.status == NOT_FOUND:
            return Outcome.sent(answer.words)
        return _refused(answer)

    def _call(self, method: str, path: str, payload: dict[str, Any] | None = None) -> Answer:
        headers = {"authorization": self._key, "accept": "application/json", "user-agent": "Schakel"}
        body = None
        if payload is not None:
            headers["content-type"] = "application/json"
            body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
        target = self.target._replace(path=self.target.path.rstrip("/") + path, query="")
        return self._calls.call(method, target, body, headers)


def _refused(answer: Answer) -> Outcome:
    """A no of the server: what it would say again goes to a person, all else is tried later."""
    words = f"{answer.words} {answer.body[:200].decode(errors='replace')}"
    if answer.kind == 3 or answer.status in {400, 401, 403, 405, 413}:  # noqa: PLR2004 - moved, or refused
        return Outcome.never(words)
    return Outcome.later(words, wait=answer.wait)
