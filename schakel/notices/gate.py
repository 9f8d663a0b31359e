"""How often a signed link may be tried: the same for every door through which it is used."""

from datetime import datetime

from schakel.kit.limits import Limit, client_of

PER_CLIENT = Limit("link-client", count=60, seconds=60)
PER_LINK = Limit("link", count=30, seconds=60)


def is_shut(token: str, *, client: str, at: datetime) -> bool:
    """Count one more try of `token` from the address `client`; say whether either has tried too often.

    Wrong links count like right ones, so that being refused says nothing about a link.
    """
    tried = [PER_CLIENT.is_passed(client_of(client), at=at), PER_LINK.is_passed(token, at=at)]
    return any(tried)
