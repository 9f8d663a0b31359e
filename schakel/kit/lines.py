"""Lines to other machines: not into our own network, whatever name was given (server-side request forgery).

An address is judged at the moment of connecting, and that very address is connected to: a name that answers
differently the second time gains nothing.
"""

import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
Ip = ipaddress.IPv4Address | ipaddress.IPv6Address
Place = tuple[socket.AddressFamily, str]
Resolve = Callable[[str], Sequence[Place]]


class NotPublic(Exception):  # noqa: N818 - it reads as a sentence where it is raised
    """A host that lies in a network that is not public, or is no host at all; the words say which."""


def by_system(host: str) -> list[Place]:
    """The addresses of a host, as this machine finds them. Raises NotPublic, OSError."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise NotPublic("The host name is not one.") from error
    return [(family, str(place[0])) for family, _kind, _protocol, _name, place in found]


def connect(
    host: str, port: int, *, seconds: float, may_be_private: bool, resolve: Resolve = by_system
) -> socket.socket:
    """A line to the first address of `host` that may be reached and answers. Raises NotPublic, OSError."""
    allowed = [place for place in resolve(host) if may_be_private or is_public(place[1])]
    if not allowed:
        raise NotPublic("The address lies in a network that is not public.")
    failure: OSError | None = None
    for family, address in allowed:
        line = socket.socket(family, socket.SOCK_STREAM)
        line.settimeout(seconds)
        try:
            line.connect((address, port))
        except OSError as error:
            line.close()
            failure = error
        else:
            return line
    raise failure or OSError("no address")


def family_of(text: str) -> socket.AddressFamily:
    """The family of an IP address. Raises ValueError for what is none."""
    return socket.AF_INET if ipaddress.ip_address(text).version == 4 else socket.AF_INET6  # noqa: PLR2004 - IPv4


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public Internet."""
    return is_global(ipaddress.ip_address(address.partition("%")[0]))


def is_global(address: Ip) -> bool:
    """Global unicast (IANA's special-purpose registries); an address that wraps an IPv4 one is judged by that."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner:
            return is_global(inner)
    return address.is_global and not address.is_multicast


def tls_context() -> ssl.SSLContext:
    """Whose certificates we trust: those that the system does, or the file that SSL_CERT_FILE names."""
    return ssl.create_default_context()


@contextmanager
def cut_after(line: socket.socket, seconds: float) -> Iterator[None]:
    """Cut the line after so many seconds, for a server that answers a letter at a time."""
    timer = threading.Timer(seconds, _cut, [line])
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _cut(line: socket.socket) -> None:
    with suppress(OSError):
        socket.socket.shutdown(line, socket.SHUT_RDWR)  # Wakes a reader, which closing does not.
