"""What goes over the wire: camelCase names, RFC 3339 moments with their zone, days without a time."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import AwareDatetime, ConfigDict, StringConstraints
from pydantic.alias_generators import to_camel

from schakel.intake.models import Report, ReportState
from schakel.kit.paging import LARGEST_KEY, SIZE
from schakel.notices.models import Answer, FindingState, Notice, NoticeState, Severity, Via

LARGEST_SIZE = 500
Key = Annotated[int, Field(ge=1, le=LARGEST_KEY)]
Word = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]
Words = Annotated[str, StringConstraints(max_length=4000, pattern=r"^[^\x00]*$")]
SeverityWord = Literal["info", "low", "medium", "high", "critical"]


class Shape(Schema):
    """The common ground of all shapes."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class Given(Shape):
    """What others send: a name that we do not know is a mistake, and is said to be one."""

    model_config = ConfigDict(extra="forbid")


class PageQuery(Given):
    """How a list is read: `after` is the id of the last row you have."""

    after: Key | None = None
    size: int = Field(SIZE, ge=1, le=LARGEST_SIZE)


class FindingQuery(PageQuery):
    """Which findings. `severity` is the least."""

    state: FindingState | None = None
    kind: Word | None = None
    weakness: Word | None = None
    severity: SeverityWord | None = None
    organisation_id: Key | None = None


class NoticeQuery(PageQuery):
    """Which notices."""

    state: NoticeState | None = None
    via: Via | None = None
    kind: Word | None = None


class CampaignQuery(PageQuery):
    """Which campaigns."""

    is_running: bool | None = None


class ReportQuery(PageQuery):
    """Which reports. `source` is the short name of who sent them."""

    state: ReportState | None = None
    source: Word | None = None


class AnswerGiven(Given):
    """A recipient's answer. `dueOn` goes with `will-fix` alone."""

    answer: Answer
    due_on: date | None = None
    words: Words = ""


class LinkAnswerGiven(AnswerGiven):
    """The same by whoever holds the link of a notice: `token` is what follows `/n/` in it."""

    token: Word


class WithSeverity(Shape):
    """Something that has a severity, which goes out as a word."""

    severity: SeverityWord

    @staticmethod
    def resolve_severity(row: Any) -> str:
        """The number's name."""
        return Severity(row.severity).name.lower()


class FindingShape(WithSeverity):
    """One organisation, one asset, one kind, one weakness. `lastSeenAt` counts what a complete series implies."""

    id: int
    organisation_id: int
    organisation: str
    kind: str
    asset: str
    weakness: str
    detail: str
    tlp: str
    state: FindingState
    first_seen_at: AwareDatetime
    last_seen_at: AwareDatetime
    opened_at: AwareDatetime
    closed_at: AwareDatetime | None
    due_on: date | None

    @staticmethod
    def resolve_organisation(row: Any) -> str:
        """Its name."""
        return str(row.organisation)

    @staticmethod
    def resolve_last_seen_at(row: Any) -> Any:
        """What the queryset worked out."""
        return row.seen_at


class ResponseShape(Shape):
    """One answer."""

    id: int
    answer: Answer
    due_on: date | None
    words: str
    at: AwareDatetime
    given_by: str
    findings_count: int
    handled_at: AwareDatetime | None


class NoticeShape(WithSeverity):
    """What one recipient is told."""

    id: int
    recipient: str
    via: Via
    kind: str
    occasion: str
    language: str
    tlp: str
    state: NoticeState
    findings_count: int
    organisations_count: int
    made_at: AwareDatetime
    sent_at: AwareDatetime | None
    opened_at: AwareDatetime | None
    answered_at: AwareDatetime | None


class NoticeInFull(NoticeShape):
    """A notice with its answers."""

    responses: list[ResponseShape]

    @staticmethod
    def resolve_responses(row: Notice) -> Sequence[Any]:
        """In the order in which they came."""
        return list(row.responses.order_by("at", "pk"))


class CampaignShape(Shape):
    """Findings of one weakness or kind, told and followed together."""

    slug: str
    title: str
    weakness: str
    kind: str
    tlp: str
    phase: str
    advisory_url: str
    advisory: str
    started_at: AwareDatetime
    ended_at: AwareDatetime | None


class ShareShape(Shape):
    """Counts of findings, and the median of days to fix."""

    name: str
    findings: int
    organisations: int
    told: int
    opened: int
    answered: int
    fixed: int
    still_open: int
    median_days: float | None


class DayShape(Shape):
    """What was open at the end of a day, and closed on it."""

    on: date
    still_open: int
    closed: int


class EffectShape(Shape):
    """A campaign's figures among what you may see."""

    total: ShareShape
    partners: list[ShareShape]
    sectors: list[ShareShape]
    days: list[DayShape]


class CampaignInFull(Shape):
    """A campaign and its figures."""

    campaign: CampaignShape
    effect: EffectShape


class ReportShape(Shape):
    """What a source sent. rowsCount = quarantinedCount + unmatchedCount + matchedCount once it is matched."""

    id: int
    name: str
    source: str
    type: str
    format: str
    tlp: str
    state: ReportState
    received_at: AwareDatetime
    observed_at: AwareDatetime | None
    embargo_until: AwareDatetime | None
    rows_count: int
    quarantined_count: int
    unmatched_count: int
    matched_count: int

    @staticmethod
    def resolve_source(row: Report) -> str:
        """Its short name."""
        return row.series.source.slug

    @staticmethod
    def resolve_type(row: Report) -> str:
        """The series' type."""
        return row.series.type


class FindingPage(Shape):
    """Some findings, newest first, and where the next are."""

    items: list[FindingShape]
    next: str | None


class NoticePage(Shape):
    """Some notices, newest first, and where the next are."""

    items: list[NoticeShape]
    next: str | None


class CampaignPage(Shape):
    """Some campaigns, newest first, and where the next are."""

    items: list[CampaignShape]
    next: str | None


class ReportPage(Shape):
    """Some reports, newest first, and where the next are."""

    items: list[ReportShape]
    next: str | None


class Fault(Shape):
    """One thing that is wrong with what was sent: where, and why."""

    location: str
    message: str


class Problem(Shape):
    """Why not (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Fault]
