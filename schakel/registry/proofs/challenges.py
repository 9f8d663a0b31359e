"""The two challenges that a machine can look at: a TXT record, and a page at a well-known address (RFC 8615)."""

import ipaddress
from http import HTTPStatus

from schakel.registry.proofs import fetching, names

LABEL = "_schakel-challenge"
WELL_KNOWN = "/.well-known/schakel-challenge/"
V4_STEP, V6_STEP = 8, 4


def record_name(kind: str, value: str) -> str | None:
    """The name at which the TXT record must stand: of a network that of its reverse zone (RFC 1035 3.5, RFC 3596 2.5).

    None for what has no name in the DNS: AS numbers, and networks that no reverse zone fits.
    """
    if kind == "asn":
        return None
    if kind != "network":
        return f"{LABEL}.{value}"
    zone = reverse_zone(value)
    return zone and f"{LABEL}.{zone}"


def reverse_zone(value: str) -> str | None:
    """The reverse zone that is exactly this network, where there is one."""
    network = ipaddress.ip_network(value)
    step = V4_STEP if network.version == 4 else V6_STEP  # noqa: PLR2004 - the Internet Protocol's own number
    if network.prefixlen % step or network.prefixlen in (0, network.max_prefixlen):
        return None
    labels = network.network_address.reverse_pointer.split(".")
    return ".".join(labels[(network.max_prefixlen - network.prefixlen) // step :])


def page_address(value: str, token: str) -> str:
    """The address at which the token must be read."""
    return f"https://{value}{WELL_KNOWN}{token}"


def stands_in_dns(name: str, token: str) -> bool:
    """Whether the token stands in a TXT record at `name`. Raises Away."""
    return token in (text.strip() for text in names.texts(name))


def stands_on_site(value: str, token: str) -> bool:
    """Whether the site answers with the token, and with nothing else. Raises Away."""
    page = fetching.get(page_address(value, token), accept="text/plain", may_follow=fetching.within_site)
    return page.status == HTTPStatus.OK and page.body.strip() == token.encode()
