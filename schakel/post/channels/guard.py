"""Where a webhook may go: by https, and not into our own network (see `kit.lines`)."""

import ipaddress
import socket
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from schakel.kit import lines
from schakel.post.channels.base import Unsendable


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
        return lines.connect(host, port, seconds=seconds, may_be_private=settings.WEBHOOKS_PRIVATE)
    except lines.NotPublic as refused:
        raise Unsendable(f"The webhook cannot be reached. {refused}") from refused


def may_reach(address: str) -> bool:
    """Whether an IP address is a public one, or private ones are allowed."""
    return settings.WEBHOOKS_PRIVATE or lines.is_public(address)


def _names_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
