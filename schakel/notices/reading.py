"""What a notice says, gathered for whoever reads it on its own page."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Min

from schakel.notices import texts
from schakel.notices.letter import Line, table, values_of
from schakel.notices.models import Finding, Notice, Route
from schakel.policy.sharing import Standing


@dataclass(frozen=True, slots=True)
class Reading:
    """The words of a notice in one language, filled; HTML that is safe to show."""

    language: str
    subject: str
    words_html: str
    source: str
    first_seen_at: datetime
    last_seen_at: datetime


def read(notice: Notice, *, language: str) -> Reading:
    """What `notice` says in `language`; a language without texts falls back to English. Three queries."""
    language = language if language in texts.LANGUAGES else "en"
    seen = notice.findings().with_last_seen()
    # The annotation is the queryset's own, which the types do not know.
    span = seen.aggregate(first=Min("first_seen_at"), last=Max("seen_at"))
    first, last = span["first"] or notice.made_at, span["last"] or notice.made_at
    weaknesses = list(seen.exclude(weakness="").order_by().values_list("weakness", flat=True).distinct()[:2])
    source = _sources(notice)
    values = values_of(notice, span=(first, last), weaknesses=weaknesses, source=source, language=language)
    text = texts.text(notice.kind, language)
    return Reading(
        language=language,
        subject=text.filled(**values).subject,
        words_html=text.as_html(values),
        source=source,
        first_seen_at=first,
        last_seen_at=last,
    )


def rows_as_csv(notice: Notice) -> bytes:
    """The systems of a notice, as the table that goes with its message, but all of them."""
    found = notice.findings().with_last_seen().select_related("organisation").order_by("-severity", "asset", "pk")
    return table((_line(finding, notice) for finding in found.iterator()), kind=notice.kind)


def _line(finding: Finding, notice: Notice) -> Line:
    is_named = notice.standing is not Standing.OPERATOR
    return Line(
        organisation=finding.organisation.name if is_named else "",
        asset=finding.asset,
        weakness=finding.weakness,
        severity=finding.severity,
        first_seen_at=finding.first_seen_at,
        last_seen_at=finding.seen_at,  # type: ignore[attr-defined]
        detail=finding.detail if is_named else "",
    )


def _sources(notice: Notice) -> str:
    """Who reported what the notice tells of."""
    names = Route.objects.filter(notice=notice).values_list("report__series__source__name", flat=True)
    return ", ".join(names.order_by("report__series__source__name").distinct())
