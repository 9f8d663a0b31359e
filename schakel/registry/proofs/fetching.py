"""HTTPS GET for look-ups: a guarded line, a few redirects, a limit to time and to size."""

import http.client
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

from django.conf import settings

from schakel.kit import lines
from schakel.registry.proofs.asking import Away, may_ask
from schakel.registry.proofs.names import addresses

SILENCE_SECONDS = 5
WHOLE_SECONDS = 15
LARGEST = 256 * 1024
MOST_REDIRECTS = 3
_ELSEWHERE = frozenset({301, 302, 303, 307, 308})
MayFollow = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Page:
    """What a server answered, and where in the end."""

    status: int
    body: bytes
    url: str


def anywhere(_before: str, _after: str) -> bool:
    """Redirects may lead to any public host."""
    return True


def within_site(before: str, after: str) -> bool:
    """Redirects may lead to the same host, or to its twin with or without `www`: who can be sent on proves nothing."""
    return before.removeprefix("www.") == after.removeprefix("www.")


def get(url: str, *, accept: str, may_follow: MayFollow) -> Page:
    """The page at an https address, redirects followed as far as `may_follow(host before, host after)` says.

    Raises Away where it cannot be reached now, or not by rights.
    """
    for _hop in range(MOST_REDIRECTS + 1):
        target = _target(url)
        page, place = _ask(target, accept)
        if page.status not in _ELSEWHERE or not place:
            return page
        url = urljoin(url, place)
        if not may_follow(str(target.hostname), str(_target(url).hostname)):
            raise Away(f"{target.hostname} sends us on to another host, which would prove nothing.")
    raise Away(f"{urlsplit(url).hostname} sends us on and on.")


def _target(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError as error:
        raise Away(f"This address cannot be read: {error}.") from error
    allowed = {"https", "http"} if settings.LOOKUPS_PRIVATE else {"https"}
    if parts.scheme not in allowed or not parts.hostname or parts.username is not None or not url.isascii():
        raise Away("Only plain https addresses are asked.")
    return parts


def _ask(target: SplitResult, accept: str) -> tuple[Page, str]:
    """One answer, and the address to which it sends us on."""
    host = str(target.hostname)
    may_ask(host)
    path = (target.path or "/") + (f"?{target.query}" if target.query else "")
    connection = _Guarded(host, target.port, timeout=SILENCE_SECONDS, is_plain=target.scheme == "http")
    try:
        connection.connect()
        with lines.cut_after(connection.sock, WHOLE_SECONDS):
            connection.request("GET", path, headers={"Accept": accept, "User-Agent": "Schakel", "Connection": "close"})
            response = connection.getresponse()
            body = response.read(LARGEST + 1)
    except (OSError, http.client.HTTPException, lines.NotPublic) as failure:
        raise Away(f"{host} could not be reached: {str(failure) or type(failure).__name__}.") from failure
    finally:
        connection.close()
    if len(body) > LARGEST:
        raise Away(f"{host} answers with more than we read.")
    return Page(response.status, body, target.geturl()), response.getheader("Location", "")


class _Guarded(http.client.HTTPConnection):
    """A connection to an address that has been judged, encrypted for the name that was asked for."""

    default_port = http.client.HTTPS_PORT

    def __init__(self, host: str, port: int | None, *, timeout: float, is_plain: bool) -> None:
        self.default_port = http.client.HTTP_PORT if is_plain else _Guarded.default_port
        super().__init__(host, port, timeout=timeout)
        self._is_plain = is_plain

    def connect(self) -> None:
        """Connect, and shake hands."""
        self.sock = lines.connect(
            self.host,
            self.port,
            seconds=SILENCE_SECONDS,
            may_be_private=settings.LOOKUPS_PRIVATE,
            resolve=addresses,
        )
        if not self._is_plain:
            self.sock = lines.tls_context().wrap_socket(self.sock, server_hostname=self.host)
