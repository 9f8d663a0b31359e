"""Counting how often somebody knocks, in fixed windows of time, in the cache that all processes share."""

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache

IPV6_SITE_BITS = 64  # One household or office has at least a /64 (RFC 6177), so single IPv6 addresses say nothing.


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` times in `seconds`, for each of what is counted."""

    name: str
    count: int
    seconds: int

    def is_passed(self, subject: str, *, at: datetime) -> bool:
        """Count one more for `subject`; say whether that is one too many.

        Processes that count in the same instant may count one: a limit is a brake, not a lock.
        """
        window = int(at.timestamp()) // self.seconds
        digest = hashlib.sha256(subject.encode(errors="replace")).hexdigest()[:32]
        key = f"limit:{self.name}:{window}:{digest}"  # A digest, so that the cache holds no address and no token.
        count: int = cache.get(key, 0) + 1
        cache.set(key, count, timeout=self.seconds)
        return count > self.count


def client_of(address: str) -> str:
    """Whom an address stands for: an IPv4 address itself, of an IPv6 address its /64; other text as it is."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:  # noqa: PLR2004 - the Internet Protocol's own number
        return str(parsed)
    return str(ipaddress.ip_network((parsed, IPV6_SITE_BITS), strict=False))
