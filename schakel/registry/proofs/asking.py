"""Manners of asking: not when it is switched off, not too often, not again for what we know."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from schakel.kit.limits import Limit

Known = TypeVar("Known")
PER_SERVER = Limit("look-up", count=20, seconds=60)
SOON = timedelta(minutes=15)


class Away(Exception):  # noqa: N818 - it reads as a sentence where it is raised
    """Nobody could be asked now; the words say why, and `wait` when it makes sense to ask again."""

    def __init__(self, words: str, *, wait: timedelta = SOON) -> None:
        super().__init__(words)
        self.wait = wait


def may_ask(server: str, *, at: datetime | None = None) -> None:
    """Count one question to `server`. Raises Away where look-ups are off or it was asked too often this minute."""
    if not settings.LOOKUPS:
        raise Away("Look-ups are switched off on this machine.")
    if PER_SERVER.is_passed(server.lower(), at=at or timezone.now()):
        raise Away(f"{server} has been asked very often this minute.", wait=timedelta(minutes=2))


def known(name: str, *, seconds: int, ask: Callable[[], Known]) -> Known:
    """What `ask` answers, remembered for so many seconds under `name`; what it raises is not remembered."""
    key = f"look-up:{hashlib.sha256(name.encode()).hexdigest()[:40]}"
    found: Known | None = cache.get(key)
    if found is None:
        found = ask()
        cache.set(key, found, timeout=seconds)
    return found
