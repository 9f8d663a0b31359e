"""What goes over the wire of searching shared items and of what comes back on them."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Field
from pydantic import AwareDatetime, StringConstraints

from schakel.api.shapes import Given, Shape, Word, Words
from schakel.sharing.feedback.giving import MOST_COUNT
from schakel.sharing.models import SharedItem
from schakel.sharing.search.questions import FIRST_YEAR, LAST_YEAR
from schakel.sharing.words import FeedbackKind, ItemKind, Phase, ShownAs

Typed = Annotated[str, StringConstraints(max_length=300, pattern=r"^[^\x00]*$")]
LARGEST_PAGE = 100


class SearchQuery(Given):
    """A question. `q`: words, CVE numbers, indicators in any writing; all must be found."""

    q: Typed = ""
    kind: ItemKind | None = None
    label: Word | None = None
    phase: Phase | None = None
    publisher: Word | None = None
    year: int | None = Field(None, ge=FIRST_YEAR, le=LAST_YEAR)
    severity: Word | None = None
    sort: Annotated[str, StringConstraints(pattern="^(best|newest)$")] = "best"
    after: Word | None = None
    size: int = Field(25, ge=1, le=LARGEST_PAGE)


class FoundShape(Shape):
    """One item that was found."""

    id: UUID
    kind: str
    state: str
    title: str
    tlp: str
    phase: str
    publisher: str
    published_at: datetime | None

    @staticmethod
    def resolve_id(item: SharedItem) -> UUID:
        """Its lasting number."""
        return item.uid


class FacetShape(Shape):
    """One value by which an answer can be narrowed, and how many have it."""

    value: str
    count: int


class SearchPage(Shape):
    """One page of an answer. `count` and `facets` are of what was counted: the newest that fit, where `is_more`."""

    items: list[FoundShape]
    count: int
    is_more: bool
    facets: dict[str, list[FacetShape]]
    next: str | None


class RelatedShape(Shape):
    """Another item, and what it has in common: how many indicators, some of them, weaknesses."""

    item: FoundShape
    count: int
    examples: list[str]
    weaknesses: list[str]


class RelatedList(Shape):
    """What else has the same."""

    items: list[RelatedShape]


class AffectedShape(Shape):
    """Who is affected, as far as is known and yours to know. Counts end at ten thousand."""

    weaknesses: list[str]
    findings_count: int
    found_count: int
    using_count: int


class FeedbackGiven(Given):
    """What an item was worth; the same kind again replaces what you said."""

    kind: FeedbackKind
    shown_as: ShownAs = ShownAs.ANONYMOUS
    words: Words = ""


class FeedbackShape(Shape):
    """What you said."""

    id: int
    kind: str
    shown_as: str
    words: str
    given_at: datetime


class SightingGiven(Given):
    """That you saw an indicator of an item."""

    value: Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=r"^[^\x00]*$")]
    count: int = Field(1, ge=1, le=MOST_COUNT)
    first_at: AwareDatetime
    last_at: AwareDatetime | None = None
    shown_as: ShownAs = ShownAs.ANONYMOUS


class SightingShape(Shape):
    """What you saw."""

    id: int
    kind: str
    value: str
    count: int
    first_at: datetime
    last_at: datetime
    shown_as: str


class ReturnsShape(Shape):
    """What came back to you as the source. Those without their name are told as a number from three on."""

    answers: list[dict[str, Any]]
    sightings: list[dict[str, Any]]
    suggestion: str


class FeedbackList(Shape):
    """What you said of an item, and where you are its source, what came back."""

    given: list[FeedbackShape]
    returned: ReturnsShape | None
