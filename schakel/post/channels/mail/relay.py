"""The mail server that takes our mail, as SCHAKEL_SMTP_URL names it."""

import ipaddress
import smtplib
import socket
import ssl
from dataclasses import dataclass
from enum import StrEnum
from typing import cast
from urllib.parse import parse_qs, unquote, urlsplit

from schakel.post.channels.base import NotReady

COMMAND_SECONDS = 30
CONTENT_SECONDS = 180  # Giving up on the last reply makes doubles (RFC 1047), so it gets more time than the others.


class Tls(StrEnum):
    """When the conversation is encrypted."""

    NONE = "none"
    STARTTLS = "starttls"
    IMPLICIT = "implicit"


@dataclass(frozen=True, slots=True)
class Relay:
    """Where and how to hand in mail."""

    host: str
    port: int
    user: str
    password: str
    tls: Tls
    authorities: str | None  # A file of certificates to trust instead of the system's.


def relay_of(url: str) -> Relay:
    """Read `smtp://user:password@host:port?tls=starttls|implicit|none&ca=file`.

    TLS is required but for this machine itself. Raises NotReady for an address that cannot be used.
    """
    try:
        parts = urlsplit(url)
        given_port = parts.port
    except ValueError as error:
        raise NotReady(f"SCHAKEL_SMTP_URL cannot be read: {error}") from error
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if parts.scheme != "smtp" or not parts.hostname:
        raise NotReady("SCHAKEL_SMTP_URL must read smtp://host:port.")
    tls = options.get("tls", Tls.NONE if is_loopback(parts.hostname) else Tls.STARTTLS)
    if tls not in {*Tls}:
        raise NotReady(f"SCHAKEL_SMTP_URL: tls is one of {', '.join(Tls)}.")
    if tls == Tls.NONE and not is_loopback(parts.hostname):
        raise NotReady("SCHAKEL_SMTP_URL: mail leaves this machine encrypted only; use tls=starttls or tls=implicit.")
    usual = 465 if tls == Tls.IMPLICIT else 25
    return Relay(
        host=parts.hostname,
        port=given_port or usual,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=Tls(tls),
        authorities=options.get("ca"),
    )


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def connect(relay: Relay, *, own_name: str) -> smtplib.SMTP:
    """A conversation with the relay, encrypted and logged in as it should be. Raises OSError."""
    context = ssl.create_default_context(cafile=relay.authorities)
    connection: smtplib.SMTP
    if relay.tls == Tls.IMPLICIT:
        connection = smtplib.SMTP_SSL(relay.host, relay.port, own_name, timeout=COMMAND_SECONDS, context=context)
    else:
        connection = smtplib.SMTP(relay.host, relay.port, own_name, timeout=COMMAND_SECONDS)
    try:
        connection.ehlo()
        if relay.tls == Tls.STARTTLS:
            connection.starttls(context=context)
            connection.ehlo()
        if relay.user:
            connection.login(relay.user, relay.password)
    except BaseException:
        connection.close()
        raise
    return connection


def set_patience(connection: smtplib.SMTP, seconds: float) -> None:
    """How long to wait for each of the relay's replies."""
    cast("socket.socket", connection.sock).settimeout(seconds)
