"""Findings as CSV (RFC 4180) for those who may see them: streamed, and never without a trace in the journal."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from schakel.intake import kinds
from schakel.journal.actions import record
from schakel.kit import spreadsheet
from schakel.kit.paging import page
from schakel.kit.refusals import permit
from schakel.notices.models import Finding, FindingQuerySet, FindingState, Severity
from schakel.policy.access import Actor, Permission

COLUMNS = (
    "finding", "organisation_key", "organisation", "asset", "kind", "nature", "weakness", "severity", "state",
    "tlp", "first_seen_at", "last_seen_at", "opened_at", "closed_at", "due_on", "detail",
)  # fmt: skip
ROWS_AT_ONCE = 2000


def findings_csv(
    *, narrow: Callable[[FindingQuerySet], FindingQuerySet], filters: Sequence[str], by: Actor, at: datetime
) -> Iterator[str]:
    """The findings that `by` may see and `narrow` keeps, oldest first, as pieces of a CSV file.

    `filters` names what was asked, without values: those may name people. Raises NotPermitted. The journal's event is
    written at once, the rows are read while they are fetched.
    """
    permit(bool(by.reach(Permission.FINDING_VIEW)))
    record("oversight.findings.exported", by=by, at=at, filters=list(filters))
    return _pieces(narrow(Finding.objects.visible_to(by)))


def _pieces(findings: FindingQuerySet) -> Iterator[str]:
    yield spreadsheet.text([COLUMNS])
    rows, after = findings.with_last_seen().select_related("organisation"), None
    while True:
        part = page(rows, after=after, size=ROWS_AT_ONCE, is_oldest_first=True)
        if part.rows:
            yield spreadsheet.text([_cells(finding) for finding in part.rows])
        after = part.next_after
        if after is None:
            return


def _cells(finding: Finding) -> list[str]:
    organisation = finding.organisation
    seen_at: datetime = finding.seen_at  # type: ignore[attr-defined]
    return [
        str(finding.pk),
        organisation.key,
        organisation.name,
        finding.asset,
        finding.kind,
        kinds.kind(finding.kind).nature,
        finding.weakness,
        Severity(finding.severity).name.lower(),
        FindingState(finding.state).value,
        finding.get_tlp_display(),
        *(_moment(moment) for moment in (finding.first_seen_at, seen_at, finding.opened_at, finding.closed_at)),
        str(finding.due_on or ""),
        finding.detail,
    ]


def _moment(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""
