"""DNS (RFC 1034, 1035): texts at a name, and the addresses of a host, from the resolvers of the settings."""

import socket
from functools import cache

import dns.exception
import dns.name
import dns.nameserver
import dns.rdtypes.txtbase
import dns.resolver
from django.conf import settings

from schakel.kit import lines
from schakel.registry.proofs.asking import Away, may_ask

SECONDS = 5.0
MOST_TEXTS = 100
PORT = 53
_ADDRESSES: tuple[tuple[str, socket.AddressFamily], ...] = (("A", socket.AF_INET), ("AAAA", socket.AF_INET6))


def texts(name: str) -> list[str]:
    """The TXT records at a name, each as one text; none where there are none. Raises Away."""
    may_ask(f"dns {_zone(name)}")
    answer = _answer(name, "TXT")
    records = list(answer or [])[:MOST_TEXTS]
    return [
        b"".join(record.strings).decode("utf-8", "replace")
        for record in records
        if isinstance(record, dns.rdtypes.txtbase.TXTBase)
    ]


def addresses(host: str) -> list[lines.Place]:
    """The addresses of a host: by our resolvers where the settings name some, else as the system finds them.

    Raises Away, OSError.
    """
    try:
        return [(lines.family_of(host), host)]
    except ValueError:
        pass
    if not settings.RESOLVERS:
        return lines.by_system(host)
    found = [(family, record.to_text()) for kind, family in _ADDRESSES for record in _answer(host, kind) or []]
    if not found:
        raise OSError(f"there is no address for {host}")
    return found


def _answer(name: str, kind: str) -> dns.resolver.Answer | None:
    """What the resolvers say; None where they know of nothing. Raises Away."""
    try:
        return _resolver(settings.RESOLVERS).resolve(name, kind, lifetime=SECONDS, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return None
    except dns.exception.DNSException as failure:
        raise Away(f"The name servers of {name} did not answer ({type(failure).__name__}).") from failure


@cache
def _resolver(given: str) -> dns.resolver.Resolver:
    """A resolver of the given servers (`address` or `address:port`, with commas), else the system's."""
    resolver = dns.resolver.Resolver(configure=not given)
    if given:
        resolver.nameservers = [_server(one.strip()) for one in given.split(",")]
    return resolver


def _server(text: str) -> dns.nameserver.Nameserver:
    address, _, port = text.rpartition(":") if text.count(":") == 1 or "]" in text else (text, "", "")
    return dns.nameserver.Do53Nameserver(address.strip("[]"), int(port or PORT))


def _zone(name: str) -> str:
    """The part of a name by which questions are counted: its last two labels."""
    return ".".join(name.rstrip(".").split(".")[-2:])
