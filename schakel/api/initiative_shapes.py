"""What goes over the wire about initiatives."""

from datetime import date
from typing import Any

from ninja import Field
from pydantic import AwareDatetime

from schakel.api.shapes import LARGEST_SIZE, Given, Shape, Word
from schakel.collaboration.models import InitiativeKind, InitiativeState, Outcome, Tie
from schakel.kit.paging import SIZE


class InitiativeQuery(Given):
    """Which initiatives. Without a state those that run; `all` gives every one. `after` is as `next` gave it."""

    after: Word | None = None
    size: int = Field(SIZE, ge=1, le=LARGEST_SIZE)

    q: Word = ""
    state: Word = "running"
    function: Word = ""
    kind: Word = ""
    tie: Word = ""
    is_not_central: bool = False
    is_stale: bool = False
    is_mine: bool = False
    is_seeking: bool = False


class InitiativeShape(Shape):
    """An initiative in the register. `owner` is empty where it is not known, or not yours to know.

    `seeks` says for what it looks for partners; empty where it does not.
    """

    slug: str
    name: str
    name_en: str
    kind: InitiativeKind
    about: str
    about_en: str
    audience: str
    functions: list[str]
    owner: str
    url: str
    seeks: str
    began_in: int | None
    ended_in: int | None
    state: InitiativeState
    state_reason: str
    successor: str | None
    is_central: bool
    tie: Tie
    outcome: Outcome | None
    source: str
    is_certain: bool
    checked_on: date | None
    is_stale: bool


class InitiativePage(Shape):
    """Some initiatives, by name, and where the next are."""

    items: list[InitiativeShape]
    next: str | None


class ParticipantShape(Shape):
    """Who takes part, and since when."""

    name: str
    role: str
    from_on: date | None
    until_on: date | None


class UseCaseShape(Shape):
    """A use case with the names of the partners that work on it, by name."""

    name: str
    about: str
    partners: list[str]


class MilestoneShape(Shape):
    """Something of note; `on` is the first day of the year or month where no more is known."""

    on: date
    precision: str
    words: str


class StepShape(Shape):
    """What happened in the register."""

    at: AwareDatetime
    step: str
    became: str
    reason: str


class InitiativeInFull(Shape):
    """An initiative with all that is known of it."""

    initiative: InitiativeShape
    participants: list[ParticipantShape]
    use_cases: list[UseCaseShape]
    milestones: list[MilestoneShape]
    steps: list[StepShape]


class DecisionGiven(Given):
    """Continue, develop or stop, and why."""

    state: Word
    reason: Word


def told(row: Any, *, owner: str, on: date) -> dict[str, Any]:
    """An initiative as the shape wants it."""
    same = (
        "slug", "name", "name_en", "kind", "about", "about_en", "audience", "functions", "url", "seeks", "began_in",
        "ended_in", "state", "state_reason", "is_central", "tie", "source", "is_certain", "checked_on",
    )  # fmt: skip
    return {name: getattr(row, name) for name in same} | {
        "owner": owner,
        "successor": row.successor.slug if row.successor else None,
        "outcome": row.outcome or None,
        "is_stale": row.is_stale(on),
    }
