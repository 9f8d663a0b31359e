"""Asking a source by HTTP: a line to a public address only, redirects followed, a limit to time and to size."""

import base64
import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

from django.conf import settings

from schakel.kit import lines
from schakel.sharing.formats.base import MAXIMUM_BYTES
from schakel.sharing.incoming.fetching import Unreachable

SILENCE_SECONDS: Final = 10
WHOLE_SECONDS: Final = 300
MOST_REDIRECTS: Final = 4
_ELSEWHERE: Final = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered, and where in the end; names of headers in lower case."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    url: str


def get(url: str, *, headers: Mapping[str, str] | None = None, largest: int = MAXIMUM_BYTES) -> Answer:
    """The answer at an address. What is secret in `headers` stays with the host that was asked first.

    Raises Unreachable: away, not public, not https, too large, or sent on without end.
    """
    given = {"Accept-Encoding": "identity", "User-Agent": "Schakel", **(headers or {})}
    for _hop in range(MOST_REDIRECTS + 1):
        target = _target(url)
        answer = _ask(target, given, largest)
        place = answer.headers.get("location", "")
        if answer.status not in _ELSEWHERE or not place:
            return answer
        url = urljoin(url, place)
        if _target(url).hostname != target.hostname:
            given = {name: value for name, value in given.items() if name.lower() != "authorization"}
    raise Unreachable(f"{urlsplit(url).hostname} sends us on and on.")


def basic(user: str, password: str) -> dict[str, str]:
    """The header of HTTP's basic scheme (RFC 7617)."""
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def _target(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError as error:
        raise Unreachable(f"{url}: {error}") from error
    allowed = {"https", "http"} if settings.SOURCES_PRIVATE else {"https"}
    if parts.scheme not in allowed or not parts.hostname or parts.username is not None or not url.isascii():
        raise Unreachable(f"{url}: only plain https addresses are asked.")
    return parts


def _ask(target: SplitResult, headers: Mapping[str, str], largest: int) -> Answer:
    host = str(target.hostname)
    path = (target.path or "/") + (f"?{target.query}" if target.query else "")
    connection = _Guarded(host, target.port, is_plain=target.scheme == "http")
    try:
        connection.connect()
        with lines.cut_after(connection.sock, WHOLE_SECONDS):
            connection.request("GET", path, headers=dict(headers))
            response = connection.getresponse()
            body = response.read(largest + 1)
    except (OSError, http.client.HTTPException, lines.NotPublic) as failure:
        raise Unreachable(f"{host}: {str(failure) or type(failure).__name__}") from failure
    finally:
        connection.close()
    if len(body) > largest:
        raise Unreachable(f"{host} answers with more than we read.")
    named = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, body, named, target.geturl())


class _Guarded(http.client.HTTPConnection):
    """A connection to an address that has been judged, encrypted for the name that was asked for."""

    def __init__(self, host: str, port: int | None, *, is_plain: bool) -> None:
        self.default_port = http.client.HTTP_PORT if is_plain else http.client.HTTPS_PORT
        super().__init__(host, port, timeout=SILENCE_SECONDS)
        self._is_plain = is_plain

    def connect(self) -> None:
        """Connect, and shake hands."""
        self.sock = lines.connect(
            self.host, self.port, seconds=SILENCE_SECONDS, may_be_private=settings.SOURCES_PRIVATE
        )
        if not self._is_plain:
            self.sock = lines.tls_context().wrap_socket(self.sock, server_hostname=self.host)
