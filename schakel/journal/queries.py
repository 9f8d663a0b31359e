"""Reading the journal."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schakel.journal.models import Event
from schakel.policy.access import Actor


@dataclass(frozen=True, slots=True)
class Entry:
    """One event, as people read it."""

    number: int
    tag: str
    actor: str
    at: datetime
    subject: str
    facts: dict[str, Any]
    hash: str


def last(
    *, to: Actor, limit: int, tag: str = "", subject: str = "", capacity: str = "", before: int | None = None
) -> list[Entry]:
    """The last events that `to` may read, newest first: those whose tag starts with `tag`, on `subject`.

    With `capacity`, only what the coordinator's organisation did in that one of its roles.
    """
    events = Event.objects.visible_to(to).filter(tag__startswith=tag)
    if capacity:
        events = events.filter(facts__capacity=capacity)
    if subject:
        events = events.filter(subject=subject)
    if before is not None:
        events = events.filter(number__lt=before)
    return [_entry(event) for event in events.order_by("-number")[: max(0, limit)]]


def _entry(event: Event) -> Entry:
    return Entry(
        number=event.number,
        tag=event.tag,
        actor=event.actor,
        at=event.at,
        subject=event.subject,
        facts=event.facts,
        hash=bytes(event.hash).hex(),
    )
