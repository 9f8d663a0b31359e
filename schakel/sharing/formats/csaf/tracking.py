"""Name, versions and history of a CSAF document (CSAF 2.0 and 2.1, 3.2.1.12)."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from schakel.sharing.document import Document, Revision
from schakel.sharing.formats.base import Uncarried, Unreadable

WHOLE = re.compile(r"0|[1-9]\d*")
SEMANTIC = re.compile(r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}")


def moment(text: str, *, place: str) -> datetime:
    """The moment that RFC 3339 text names. Raises Unreadable."""
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError) as fault:  # Seconds 60, or a year that the zone moves out of the calendar.
        raise Unreadable(
            _("a moment that cannot be read: %(text)s") % {"text": text}, place=place, code="time"
        ) from fault


def text_of(at: datetime) -> str:
    """A moment as RFC 3339 writes it, in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def revisions(tracking: dict[str, Any]) -> tuple[Revision, ...]:
    """Its history, oldest first."""
    history = enumerate(tracking["revision_history"])
    found = [
        Revision(
            number=step["number"],
            at=moment(step["date"], place=f"/document/tracking/revision_history/{number}/date"),
            summary=step["summary"],
        )
        for number, step in history
    ]
    return tuple(sorted(found, key=lambda step: (step.at, *_order(step.number))))


def _order(number: str) -> tuple[int, ...]:
    """The numbers of a version, whole (7) or semantic (1.2.0-rc.1): what is before a release comes first."""
    bare = number.partition("+")[0]
    main, _dash, before = bare.partition("-")
    return (*map(int, main.split(".")), 0 if before else 1)


def history(steps: Iterable[Revision], *, otherwise: datetime) -> list[dict[str, Any]]:
    """The steps, oldest first: with their author's numbers where CSAF can have them, else counted from 1.

    A number that is not kept stands beside.
    """
    ordered = sorted(steps, key=lambda step: step.at or otherwise) or [Revision(number="1", at=otherwise)]
    keeps = _is_counted([step.number for step in ordered])
    return [
        {
            "date": text_of(step.at or otherwise),
            "number": step.number if keeps else str(number),
            "summary": step.summary or _("Version %(number)d") % {"number": number},
        }
        | ({} if keeps or not step.number else {"legacy_version": step.number})
        for number, step in enumerate(ordered, 1)
    ]


def _is_counted(numbers: list[str]) -> bool:
    """Whether these are a released history without gaps, all whole or all semantic (6.1.18, 6.1.21, 6.1.30)."""
    pattern = WHOLE if WHOLE.fullmatch(numbers[0]) else SEMANTIC
    if not all(pattern.fullmatch(number) for number in numbers) or len(set(numbers)) < len(numbers):
        return False
    majors = [int(number.partition(".")[0]) for number in numbers]
    steps = {later - earlier for earlier, later in pairwise(majors)}
    return majors[0] == 1 and steps <= ({1} if pattern is WHOLE else {0, 1})


def following(number: str) -> str:
    """The version after `number`, in its own way of counting: 7 → 8, 1.2.0 → 2.0.0."""
    if WHOLE.fullmatch(number):
        return str(int(number) + 1)
    return f"{int(number.partition('.')[0]) + 1}.0.0"


def written(document: Document) -> dict[str, Any]:
    """The `tracking` of a document that did not come as CSAF. Raises Uncarried without a lasting name or a date."""
    published = document.published_at or document.revised_at
    lacking = [name for name, held in (("key", document.key.strip()), ("published_at", published)) if not held]
    if lacking or published is None:
        raise Uncarried(_("A CSAF document needs a lasting name and a date."), fields=tuple(lacking))
    steps = history(document.revisions, otherwise=document.revised_at or published)
    return {
        "current_release_date": max(steps[-1]["date"], text_of(document.revised_at or published)),
        "id": document.key.strip(),
        "initial_release_date": text_of(published),
        "revision_history": steps,
        "status": "final",
        "version": steps[-1]["number"],
    }
