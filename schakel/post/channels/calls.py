"""Calls to machines of others by HTTP: a connection per receiver while a run lasts, each address judged by `guard`.

A place that is moved is not followed: whoever runs it says so to us first.
"""

import http.client
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import SplitResult

from schakel.kit import lines
from schakel.post.channels import guard
from schakel.post.channels.base import Outcome

SILENCE_SECONDS = 15
WHOLE_SECONDS = 30
ANSWER_LIMIT = 64 * 1024
LONGEST_WAIT = timedelta(days=1)
FAILURES = (OSError, http.client.HTTPException)
"""What a call raises when there is no answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; of a long body only the beginning."""

    status: int
    reason: str
    body: bytes
    retry_after: str

    @property
    def words(self) -> str:
        """Status and reason, as a line."""
        return f"{self.status} {self.reason}"

    @property
    def kind(self) -> int:
        """The class of the status: 2 is yes."""
        return self.status // 100

    @property
    def wait(self) -> timedelta:
        """Retry-After in seconds (RFC 9110, 10.2.3), a day at most; its form with a date is left to our back-off."""
        is_number = self.retry_after.isdecimal() and len(self.retry_after) < 8  # noqa: PLR2004 - a hundred days and more
        return min(timedelta(seconds=int(self.retry_after)), LONGEST_WAIT) if is_number else timedelta()


class Calls:
    """The open connections, by place."""

    def __init__(self) -> None:
        self._connections: dict[str, http.client.HTTPConnection] = {}

    def call(self, method: str, target: SplitResult, body: bytes | None, headers: dict[str, str]) -> Answer:
        """Call on the connection we have; one that the receiver has closed meanwhile is replaced, once.

        Raises Unsendable for an address that may not be used, and FAILURES.
        """
        kept = self._connections.get(place_of(target))
        if kept is not None:
            try:
                return _exchange(kept, method, target, body, headers)
            except ConnectionError:
                self.drop(target)
        connection = self._connections[place_of(target)] = _connection(target)
        return _exchange(connection, method, target, body, headers)

    def drop(self, target: SplitResult) -> None:
        """End the connection to one place, which did not answer."""
        with suppress(KeyError):
            self._connections.pop(place_of(target)).close()

    def close(self) -> None:
        """End all connections."""
        while self._connections:
            self._connections.popitem()[1].close()


def place_of(target: SplitResult) -> str:
    """Host and port."""
    return target.netloc.lower()


def silence(failure: Exception) -> Outcome:
    """How a call ends that nobody answered."""
    return Outcome.later(f"No answer: {failure or type(failure).__name__}", is_away=True)


def _exchange(
    connection: http.client.HTTPConnection,
    method: str,
    target: SplitResult,
    body: bytes | None,
    headers: dict[str, str],
) -> Answer:
    path = (target.path or "/") + (f"?{target.query}" if target.query else "")
    with _within(connection, WHOLE_SECONDS):
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        content = response.read(ANSWER_LIMIT)
    if not response.isclosed():  # It says more than we care to hear; the rest would be in the next one's way.
        connection.close()
    return Answer(response.status, response.reason, content, response.getheader("Retry-After", ""))


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
