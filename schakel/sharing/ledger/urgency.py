"""When a recipient is told by one of its ways: at once, in its next digest, or not; and why not."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from functools import cache

from django.utils import timezone

from schakel.policy.audience import Address, kind_of
from schakel.sharing.ledger.ways import Party, Way
from schakel.sharing.models import SharedItem
from schakel.sharing.words import Chance, Phase

BY_NAME = {Address.PERSON, Address.PARTNER, Address.ORGANISATION, Address.CIRCLE}
MORNING = time(7, 0)


class Silence(StrEnum):
    """Why a way that could carry it is not used."""

    NOT_ASKED = "not-asked"  # It is one of a group and never said that it wants to be told.
    NOT_WANTED = "not-wanted"
    UNSUBSCRIBED = "unsubscribed"


@dataclass(frozen=True, slots=True)
class When:
    """At once where there is neither a reason nor a moment."""

    silence: Silence | None = None
    due_at: datetime | None = None


def is_alarm(item: SharedItem) -> bool:
    """Whether nobody of a partner may sleep through it: probable and harmful, or in the warm phase."""
    return item.phase == Phase.WARM or (item.probability == Chance.HIGH and item.damage == Chance.HIGH)


AT_ONCE = When()


def when(item: SharedItem, *, party: Party, address: str, way: Way, at: datetime) -> When:
    """How soon `way` is used for an item that means the party by `address`."""
    if party.partner is not None and is_alarm(item):
        return AT_ONCE
    if way.has_stopped:
        return When(Silence.UNSUBSCRIBED)
    if way.kinds and item.kind not in way.kinds:
        return When(Silence.NOT_WANTED)
    is_meant_by_name = party.partner is not None or _is_a_name(address)
    pace = way.pace or ("at-once" if is_meant_by_name else None)
    if pace is None:
        return When(Silence.NOT_ASKED)
    if pace == "never":
        return When(Silence.NOT_WANTED)
    waits = pace in {"daily", "weekly"} and not is_alarm(item)
    return When(due_at=next_digest(pace, at=at)) if waits else AT_ONCE


@cache
def _is_a_name(address: str) -> bool:
    return kind_of(address) in BY_NAME


def next_digest(pace: str, *, at: datetime) -> datetime:
    """The next morning, or the morning of the next Monday."""
    local = timezone.localtime(at)
    days = 1 if pace == "daily" else 7 - local.weekday()
    return timezone.make_aware(datetime.combine(local.date() + timedelta(days=days), MORNING))
