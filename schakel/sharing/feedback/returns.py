"""What came back to the source of an item: names of those who gave their name, and numbers where no one stands out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db.models import QuerySet

from schakel.policy.access import Actor
from schakel.sharing.models import Feedback, SharedItem, Sighting
from schakel.sharing.models.feedback import Given
from schakel.sharing.words import Credibility, FeedbackKind, ShownAs

Row = TypeVar("Row", bound=Given)
LEAST = 3
"""Those who did not give their name are told as a number from so many on, and else not at all."""
MOST_ROWS = 2000


@dataclass(frozen=True, slots=True)
class Said:
    """What one giver said by name, or somebody among others without."""

    name: str
    words: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Returned:
    """Answers of one kind. `others`: how many did not give their name, None for fewer than LEAST.

    `sectors`: of those who gave their sector, as far as there are LEAST of it.
    """

    kind: str
    named: Sequence[Said]
    others: int | None
    sectors: Mapping[str, int]
    words: Sequence[str]


@dataclass(frozen=True, slots=True)
class Seen:
    """Where one indicator was seen: in all how often, from when to when, by whom as far as they gave their name."""

    kind: str
    value: str
    count: int
    first_at: datetime
    last_at: datetime
    named: Sequence[str]
    others: int | None


@dataclass(frozen=True, slots=True)
class Returns:
    """All that came back on one item. `suggestion`: the credibility that the answers speak for; empty for none."""

    answers: Sequence[Returned]
    sightings: Sequence[Seen]
    suggestion: str


def returns_of(item: SharedItem, *, to: Actor) -> Returns | None:
    """What its owner may know of what came back; None to everybody else. Three queries."""
    if not SharedItem.objects.filter(SharedItem.objects.own(to), pk=item.pk).exists():
        return None
    rows = _with_bodies(Feedback.objects.filter(item=item))
    answers = [_returned(kind, [row for row in rows if row.kind == kind]) for kind in FeedbackKind.values]
    seen = _with_bodies(Sighting.objects.filter(item=item))
    keys = dict.fromkeys((row.kind, row.value) for row in seen)
    sightings = [_seen([row for row in seen if (row.kind, row.value) == key]) for key in keys]
    return Returns(
        answers=[answer for answer in answers if answer is not None],
        sightings=[one for one in sightings if one is not None],
        suggestion=_suggestion(rows),
    )


def _with_bodies(rows: QuerySet[Row]) -> list[Row]:
    return list(rows.select_related("partner", "organisation").order_by("-given_at", "-pk")[:MOST_ROWS])


def _returned(kind: str, rows: Sequence[Feedback]) -> Returned | None:
    named = [row for row in rows if row.shown_as == ShownAs.NAMED]
    hidden = [row for row in rows if row.shown_as != ShownAs.NAMED]
    others = _told(hidden)
    if not named and others is None:
        return None
    sectors = Counter(_sector(one) for one in _one_each(row for row in hidden if row.shown_as == ShownAs.SECTOR))
    return Returned(
        kind=kind,
        named=[Said(_name(row), row.words, row.given_at) for row in named],
        others=others,
        sectors={sector: count for sector, count in sectors.items() if sector and count >= LEAST},
        words=[row.words for row in hidden if row.words] if others else [],
    )


def _seen(rows: Sequence[Sighting]) -> Seen | None:
    """Of those who did not give their name nothing counts, not even into a sum, until there are LEAST of them."""
    named = [row for row in rows if row.shown_as == ShownAs.NAMED]
    hidden = [row for row in rows if row.shown_as != ShownAs.NAMED]
    others = _told(hidden)
    told = named if others is None else [*named, *hidden]
    if not told:
        return None
    return Seen(
        kind=told[0].kind,
        value=told[0].value,
        count=sum(row.count for row in told),
        first_at=min(row.first_at for row in told),
        last_at=max(row.last_at for row in told),
        named=sorted({_name(row) for row in named}),
        others=others,
    )


def _suggestion(rows: Sequence[Feedback]) -> str:
    """What the answers speak for, from LEAST bodies on; a person decides, in the next version."""
    wrong = len(_one_each(row for row in rows if row.kind == FeedbackKind.FALSE))
    right = len(_one_each(row for row in rows if row.kind == FeedbackKind.SEEN))
    if wrong >= LEAST and wrong > right:
        return Credibility.FIVE if right == 0 else Credibility.FOUR
    if right >= LEAST and wrong < LEAST:
        return Credibility.ONE
    return ""


def _told(rows: Iterable[Given]) -> int | None:
    count = len(_one_each(rows))
    return count if count >= LEAST else None


def _one_each(rows: Iterable[Row]) -> list[Row]:
    """One row of each body: the colleagues of a small partner are not a crowd."""
    return list({row.body: row for row in rows}.values())


def _name(row: Given) -> str:
    body = row.partner or row.organisation
    return body.name if body else ""


def _sector(row: Given) -> str:
    if row.partner is not None:
        return next(iter(row.partner.sectors), "")
    return row.organisation.sector if row.organisation else ""
