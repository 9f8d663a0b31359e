"""Where a webhook may go: not into our own network, whatever name it was given (server-side request forgery).

The address is judged at the moment of connecting, and that very address is connected to: a name that answers
differently the second time gains nothing.
"""

import ipaddress
import socket
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from schakel.post.channels.base import Unsendable

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


def target_of(address: str) -> SplitResult:
    """The parts of a webhook's address. Raises Unsendable for one that may not be used."""
    if not address.isascii() or any(letter <= " " or letter == "\x7f" for letter in address):
        raise Unsendable("A webhook's address is written in plain ASCII: xn-- for the host, %20 for a blank.")
    try:
        parts = urlsplit(address)
        _port = parts.port
    except ValueError as error:
        raise Unsendable(f"The webhook's address cannot be read: {error}") from error
    if not parts.hostname or parts.scheme not in {"https", "http"}:
        raise Unsendable("A webhook's address begins with https://.")
    if parts.scheme == "http" and not _names_this_machine(parts.hostname):
        raise Unsendable("A webhook goes by https only.")
    if parts.username is not None:
        raise Unsendable("A webhook's address holds no password.")
    return parts


def connect(host: str, port: int, *, seconds: float) -> socket.socket:
    """A line to the first address of `host` that may be reached and answers. Raises Unsendable, OSError."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise Unsendable("The webhook's host name is not one.") from error
    allowed = [entry for entry in found if may_reach(str(entry[4][0]))]
    if not allowed:
        raise Unsendable("The webhook's address lies in a network that is not public.")
    failure: OSError | None = None
    for family, kind, protocol, _name, place in allowed:
        line = socket.socket(family, kind, protocol)
        line.settimeout(seconds)
        try:
            line.connect(place)
        except OSError as error:
            line.close()
            failure = error
        else:
            return line
    raise failure or OSError("no address")


def may_reach(address: str) -> bool:
    """Whether an IP address is a public one, or private ones are allowed."""
    return settings.WEBHOOKS_PRIVATE or _is_public(ipaddress.ip_address(address.partition("%")[0]))


def _is_public(address: Ip) -> bool:
    """Global unicast (IANA's special-purpose registries); an address that wraps an IPv4 one is judged by that."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner:
            return _is_public(inner)
    return address.is_global and not address.is_multicast


def _names_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
