"""Which RDAP server to ask (RFC 9224): IANA's lists, kept for a day, and longer where they cannot be had anew."""

import ipaddress
import json
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from schakel.registry.proofs import fetching
from schakel.registry.proofs.asking import Away

FRESH = timedelta(days=1)
KEPT = timedelta(days=30)
OK = 200


def server_for(kind: str, value: str) -> str:
    """The base address of the RDAP server for a network, an AS number (`asn`) or a domain name. Raises Away."""
    if kind == "network":
        bases = _of_network(value)
    elif kind == "asn":
        bases = _of_number(int(value))
    else:
        bases = _of_name(value)
    secure = sorted(bases, key=lambda base: not base.startswith("https:"))
    if not secure:
        raise Away("No registry that can be asked by RDAP is known for this.", wait=timedelta(days=1))
    return secure[0].rstrip("/") + "/"


def _of_network(value: str) -> list[str]:
    network = ipaddress.ip_network(value)
    found = [
        (block.prefixlen, bases)
        for texts, bases in _services(f"ipv{network.version}")
        for block in map(ipaddress.ip_network, texts)
        if network.subnet_of(block)  # type: ignore[arg-type]  # one list holds one version
    ]
    return max(found, default=(0, []))[1]


def _of_number(number: int) -> list[str]:
    for texts, bases in _services("asn"):
        for text in texts:
            first, _, last = text.partition("-")
            if int(first) <= number <= int(last or first):
                return bases
    return []


def _of_name(name: str) -> list[str]:
    entries = {text.lower(): bases for texts, bases in _services("dns") for text in texts}
    labels = name.split(".")
    tails = (".".join(labels[start:]) for start in range(len(labels)))
    return next((entries[tail] for tail in tails if tail in entries), [])


def _services(name: str) -> list[tuple[list[str], list[str]]]:
    """The entries of a list: what they are for, and the servers. Raises Away."""
    key = f"rdap-bootstrap:{name}"
    kept: tuple[Any, list[tuple[list[str], list[str]]]] | None = cache.get(key)
    if kept and kept[0] > timezone.now() - FRESH:
        return kept[1]
    try:
        services = _fetched(name)
    except Away:
        if kept:
            return kept[1]
        raise
    cache.set(key, (timezone.now(), services), timeout=int(KEPT.total_seconds()))
    return services


def _fetched(name: str) -> list[tuple[list[str], list[str]]]:
    url = f"{settings.RDAP_BOOTSTRAP.rstrip('/')}/{name}.json"
    page = fetching.get(url, accept="application/json", may_follow=fetching.anywhere)
    try:
        services = json.loads(page.body)["services"]
        return [([str(one) for one in texts], [str(one) for one in bases]) for texts, bases, *_ in services]
    except (ValueError, KeyError, TypeError, RecursionError) as fault:
        raise Away(f"The list of RDAP servers cannot be read (status {page.status}).") from fault
