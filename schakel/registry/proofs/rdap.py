"""Who a registry says is responsible (RDAP, RFC 9082 and 9083): the mail addresses for abuse and technical matters."""

import ipaddress
import json
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from schakel.registry.proofs import fetching
from schakel.registry.proofs.asking import Away, known
from schakel.registry.proofs.bootstrap import server_for

MEDIA_TYPE = "application/rdap+json"
REMEMBERED_SECONDS = 6 * 3600
DEEPEST = 5
_PATHS = {"network": "ip", "asn": "autnum", "domain": "domain", "email_domain": "domain"}
ROLES = {
    "network": ("abuse", "technical"),
    "asn": ("abuse", "technical"),
    "domain": ("technical", "administrative"),
    "email_domain": ("technical", "administrative"),
}
"""Whose word counts, in this order. Below a registrar stands the registrar's own desk, which holds no name."""


@dataclass(frozen=True, slots=True)
class Responsible:
    """What a registry says: its own handle of the thing, and the addresses, the best first."""

    handle: str
    addresses: tuple[str, ...]
    server: str


def responsible(kind: str, value: str) -> Responsible:
    """Who is responsible for an asset. No addresses where the registry names none. Raises Away."""
    server = server_for(kind, value)
    url = f"{server}{_PATHS[kind]}/{value}"
    given = known(url, seconds=REMEMBERED_SECONDS, ask=lambda: _asked(url))
    if not given or not _covers(given, kind, value):
        return Responsible("", (), server)
    found = dict.fromkeys(
        address for role in ROLES[kind] for roles, address in _addresses(given) if role in roles and _is_mail(address)
    )
    return Responsible(str(given.get("handle", "")), tuple(found), server)


def _asked(url: str) -> dict[str, Any]:
    """The registry's answer, empty where it knows nothing."""
    page = fetching.get(url, accept=MEDIA_TYPE, may_follow=fetching.anywhere)
    if page.status == HTTPStatus.NOT_FOUND:
        return {}
    if page.status != HTTPStatus.OK:
        raise Away(f"The registry answered with status {page.status}.")
    try:
        given = json.loads(page.body)
    except (ValueError, RecursionError) as fault:
        raise Away("The registry's answer cannot be read.") from fault
    return given if isinstance(given, dict) else {}


def _covers(given: dict[str, Any], kind: str, value: str) -> bool:
    """Whether the answer is about all of what was asked: a registry may answer with what lies nearest."""
    try:
        if kind == "network":
            network = ipaddress.ip_network(value)
            first, last = (ipaddress.ip_address(given[name]) for name in ("startAddress", "endAddress"))
            return int(first) <= int(network[0]) and int(network[-1]) <= int(last) and first.version == network.version
        if kind == "asn":
            return int(given["startAutnum"]) <= int(value) <= int(given["endAutnum"])
    except (KeyError, ValueError, TypeError):
        return False
    name = str(given.get("ldhName", "")).rstrip(".").lower()
    return bool(name) and (value == name or value.endswith(f".{name}"))


def _addresses(given: dict[str, Any], depth: int = 0) -> Iterator[tuple[list[str], str]]:
    """Each mail address of the answer with the roles of whom it is (jCard, RFC 7095)."""
    entities = given.get("entities")
    if depth > DEEPEST or not isinstance(entities, list):
        return
    for entity in entities:
        roles = entity.get("roles") if isinstance(entity, dict) else None
        if not isinstance(roles, list) or "registrar" in roles:
            continue
        yield from ((roles, address) for address in _of_card(entity.get("vcardArray")))
        yield from _addresses(entity, depth + 1)


def _of_card(card: object) -> Iterator[str]:
    lines = card[1] if isinstance(card, list) and len(card) > 1 and isinstance(card[1], list) else []
    for line in lines:
        if isinstance(line, list) and len(line) > 3 and line[0] == "email" and isinstance(line[3], str):  # noqa: PLR2004
            yield line[3].strip()


def _is_mail(address: str) -> bool:
    try:
        validate_email(address)
    except ValidationError:
        return False
    return True
