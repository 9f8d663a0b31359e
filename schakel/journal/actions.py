"""Writing the journal, and proving it."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection, models, transaction

from schakel.journal.models import Event
from schakel.policy.access import Actor

FIRST = bytes(32)
LOCK = 0x5C4A4B31  # Any constant: whoever writes the journal holds it until its transaction ends.


@dataclass(frozen=True, slots=True)
class Flaw:
    """One place where the journal does not prove itself."""

    number: int
    words: str


@transaction.atomic
def record(tag: str, *, by: Actor, at: datetime, on: models.Model | None = None, **facts: object) -> Event:
    """Add one event in the caller's transaction; call it last, as others wait for it to end.

    `tag` reads app.noun.participle. `facts` must be plain values and hold no personal data. Where the actor acts in one
    of several capacities, that is a fact too.
    """
    if by.capacity:
        facts["capacity"] = by.capacity
    with connection.cursor() as cursor:
        # Checks that wait for the end of the transaction may wait for a row: not while others wait for us.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    last = Event.objects.order_by("-number").values_list("number", "hash").first()
    number, previous = (last[0] + 1, bytes(last[1])) if last else (1, FIRST)
    event = Event(
        number=number,
        tag=tag,
        actor=by.name,
        at=at,
        subject=subject_of(on),
        facts=facts,
        previous_hash=previous,
    )
    event.hash = seal(event)
    event.save(force_insert=True)
    return event


def subject_of(row: models.Model | None) -> str:
    """How the journal names a row: model and key."""
    return "" if row is None else f"{row._meta.label_lower}:{row.pk}"  # noqa: SLF001


def seal(event: Event) -> bytes:
    """The hash of an event: SHA-256 over its canonical JSON (RFC 8785 in spirit) and the hash before it."""
    at = event.at.astimezone(UTC).isoformat(timespec="microseconds")
    content = [event.number, event.tag, event.actor, at, event.subject, event.facts]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(bytes(event.previous_hash) + text.encode()).digest()


def flaws() -> Iterator[Flaw]:
    """Walk the chain from its first row and say where it does not hold."""
    number, previous = 0, FIRST
    for event in Event.objects.order_by("number").iterator(chunk_size=5000):
        if event.number != number + 1:
            yield Flaw(event.number, f"rows {number + 1} to {event.number - 1} are missing")
        if bytes(event.previous_hash) != previous and event.number == number + 1:
            yield Flaw(event.number, "does not follow from the row before it: altered, or put in another place")
        if seal(event) != bytes(event.hash):
            yield Flaw(event.number, "its content is not what was sealed")
        number, previous = event.number, bytes(event.hash)


def head() -> tuple[int, str]:
    """Number and hash (hex) of the last event. Keep it elsewhere: it proves that no tail was cut off."""
    last = Event.objects.order_by("-number").values_list("number", "hash").first()
    return (last[0], bytes(last[1]).hex()) if last else (0, FIRST.hex())
