"""What measurements look like over the wire."""

from datetime import date
from typing import Any, Literal

from ninja import Field
from pydantic import AwareDatetime

from schakel.api.shapes import LARGEST_SIZE, Given, Shape, Word, Words
from schakel.registry.measurements.differences import PER_PAGE
from schakel.registry.models import Facet, MeasurementKind, MeasurementState


class BeginGiven(Given):
    """The year, and the regions at which the round looks."""

    year: int
    regions: list[Word] | None = None


class CloseGiven(Given):
    """The day that is kept; the usual one where none is given."""

    measured_on: date | None = None


class ReasonGiven(Given):
    """Why."""

    reason: Words


class MeasurementShape(Shape):
    """One round. `regions` are those at which it looked: elsewhere a count is a least."""

    year: int
    kind: MeasurementKind
    state: MeasurementState
    regions: list[str]
    words: str
    begun_at: AwareDatetime
    measured_on: date | None
    closed_at: AwareDatetime | None
    published_at: AwareDatetime | None


class MeasuredCountShape(Shape):
    """How many were found under a word; an empty word is what is not known. `other` crosses it with a second facet."""

    facet: Facet
    word: str
    other: str
    prospects: int
    partners: int


class ChangeCountShape(Shape):
    """How many differ from the round before, by what differs."""

    new: int
    joined: int
    left: int
    changed: int
    gone: int


class MeasurementInFull(Shape):
    """A round with all that it counted; `changes` is empty for the first."""

    measurement: MeasurementShape
    counts: list[MeasuredCountShape]
    compared_with: int | None
    changes: ChangeCountShape | None


class MeasurementPage(Shape):
    """Some rounds, newest first, and where the next are."""

    items: list[MeasurementShape]
    next: str | None


class ChangeShape(Shape):
    """One party that differs; each list holds what was and what is."""

    key: str
    name: str
    type: str
    change: str
    category: tuple[str, str]
    functions: tuple[list[str], list[str]]
    sectors: tuple[list[str], list[str]]
    regions: tuple[list[str], list[str]]


class ChangePage(Shape):
    """Some who differ, by name, and where the next are."""

    items: list[ChangeShape]
    next: str | None


class ChangeQuery(Given):
    """Which changes; `after` stands in the address of the next page."""

    after: Words = ""
    size: int = Field(PER_PAGE, ge=1, le=LARGEST_SIZE)
    change: Literal["", "new", "joined", "left", "changed", "gone"] = ""


def counts_shape(pairs: Any) -> list[dict[str, Any]]:
    """Counts in a fixed order."""
    return [
        {"facet": facet, "word": word, "other": other, "prospects": pair.prospects, "partners": pair.partners}
        for (facet, word, other), pair in sorted(pairs.items())
    ]
