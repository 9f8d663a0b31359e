"""What goes over the wire about what partners bring, expect, want and answer."""

from datetime import date
from decimal import Decimal

from ninja import Field
from pydantic import AwareDatetime

from schakel.api.shapes import LARGEST_SIZE, Given, Key, PageQuery, Shape, Word, Words
from schakel.collaboration.models import (
    ConflictState,
    ContributionKind,
    ExpectationState,
    Side,
    Unit,
    Verdict,
)
from schakel.kit.paging import SIZE


class YearQuery(Given):
    """Which year; this one where none is given."""

    year: int | None = Field(None, ge=2000, le=2999)


class ContributionGiven(Given):
    """What the partner brings. `initiative` is the name that its address has."""

    kind: ContributionKind
    amount: Decimal = Field(max_digits=12, decimal_places=2)
    unit: Unit
    what: Words
    year: int
    initiative: Word = ""
    project: Word = ""
    capacity: Word = ""


class ContributionShape(Shape):
    """What the partner brings."""

    id: int
    kind: ContributionKind
    amount: Decimal
    unit: Unit
    what: str
    year: int
    initiative: str | None
    project: str
    capacity: str
    is_withdrawn: bool


class TotalShape(Shape):
    """The sum of one kind in one unit."""

    kind: ContributionKind
    unit: Unit
    amount: Decimal


class CountShape(Shape):
    """What the platform counted."""

    slug: str
    count: int


class BalanceShape(Shape):
    """A partner's year."""

    partner: str
    year: int
    contributions: list[ContributionShape]
    totals: list[TotalShape]
    brings: list[CountShape]
    takes: list[CountShape]


class ThanksGiven(Given):
    """Thanks: in which form, as the list of forms names it. `contributionId` says for what, where it is for one."""

    form: Word
    words: Words = ""
    given_on: date | None = None
    contribution_id: Key | None = None


class ThanksShape(Shape):
    """Thanks that a partner was given."""

    id: int
    form: str
    words: str
    given_on: date
    contribution_id: int | None


class AnswerGiven(Given):
    """How much taking part brings, from 1 to 5; `values` are names of the list of what it can bring."""

    score: int
    values: list[Word] = []
    words: Words = ""
    is_named: bool = False


class AnswerShape(Shape):
    """A partner's answer of one year."""

    year: int
    score: int
    values: list[str]
    words: str
    is_named: bool


class ExpectationQuery(PageQuery):
    """Which expectations."""

    partner_id: Key | None = None
    state: ExpectationState | None = None


class ExpectationGiven(Given):
    """What the partner brings or takes, and when to look at it again."""

    side: Side
    words: Words
    review_on: date


class ReviewGiven(Given):
    """Whether it was met, and when to look again."""

    verdict: Verdict
    words: Words = ""
    next_review_on: date


class ReasonGiven(Given):
    """Why."""

    reason: Words


class ReviewShape(Shape):
    """One look back."""

    verdict: Verdict
    words: str
    reviewed_on: date


class ExpectationShape(Shape):
    """An expectation between a partner and the network."""

    id: int
    partner_id: int
    side: Side
    words: str
    state: ExpectationState
    review_on: date
    partner_agreed_at: AwareDatetime | None
    coordinator_agreed_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    end_reason: str
    reviews: list[ReviewShape]

    @staticmethod
    def resolve_reviews(row: object) -> list[object]:
        """Its reviews, newest first, as they were fetched with it."""
        return sorted(row.reviews.all(), key=lambda one: (one.reviewed_on, one.pk), reverse=True)  # type: ignore[attr-defined]


class ExpectationPage(Shape):
    """Some expectations, newest first, and where the next are."""

    items: list[ExpectationShape]
    next: str | None


class StatementQuery(Given):
    """How the register is read; `after` is as `next` gave it."""

    after: Word | None = None
    size: int = Field(SIZE, ge=1, le=LARGEST_SIZE)


class StatementGiven(Given):
    """A statement of interests for this year. `private` is read by the coordinator alone."""

    aims: Words
    interests: Words = ""
    private: Words = ""


class StatementShape(Shape):
    """The open part of a partner's statement of interests."""

    partner: str
    name: str
    year: int
    aims: str
    interests: str


class StatementPage(Shape):
    """Some statements, by partner, and where the next are."""

    items: list[StatementShape]
    next: str | None


class ConflictGiven(Given):
    """What clashes, and with whom: the number of another partner, or none for the network itself."""

    what: Words
    other_id: Key | None = None


class TalkGiven(Given):
    """What was talked about, and what came of it."""

    on: date
    words: Words
    outcome: Words = ""


class ConflictEndGiven(Given):
    """What the talks came to."""

    state: ConflictState
    outcome: Words


class TalkShape(Shape):
    """One talk."""

    on: date
    words: str
    outcome: str


class ConflictShape(Shape):
    """Clashing interests. `otherId` is empty where it is about the network itself."""

    id: int
    partner_id: int
    other_id: int | None
    what: str
    state: ConflictState
    raised_at: AwareDatetime
    shared_at: AwareDatetime | None
    outcome: str
    ended_at: AwareDatetime | None
    talks: list[TalkShape]

    @staticmethod
    def resolve_talks(row: object) -> list[object]:
        """Its talks, newest first, as they were fetched with it."""
        return sorted(row.talks.all(), key=lambda one: (one.on, one.pk), reverse=True)  # type: ignore[attr-defined]


class ConflictPage(Shape):
    """Some clashes, newest first, and where the next are."""

    items: list[ConflictShape]
    next: str | None
