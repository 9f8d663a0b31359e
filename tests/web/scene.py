"""Rows for pages: findings, routes and notices of the small invented country."""

from datetime import timedelta

from django.utils import timezone

from schakel.intake.models import Report, Series, Source
from schakel.notices.models import Finding, Notice, Route


def report_of(name: str = "2026-11-01-scan_telnet.csv", **fields) -> Report:
    source, _ = Source.objects.get_or_create(slug="listener", defaults={"name": "Listener"})
    series, _ = Series.objects.get_or_create(source=source, type="scan_telnet")
    given = {"digest": name, "tlp": "amber", "received_at": timezone.now(), "state": "composed", **fields}
    return Report.objects.create(series=series, name=name, **given)


def finding_at(organisation, asset: str, report: Report, *, days_ago: float = 1, **fields) -> Finding:
    at = timezone.now() - timedelta(days=days_ago)
    given = {"kind": "exposed-telnet", "severity": 3, "tlp": "amber", "state": "open", **fields}
    if given["state"] not in {"open", "promised"}:
        given.setdefault("closed_at", at)
    moments = {"opened_at": at, "first_seen_at": at, "last_seen_at": at}
    given = {**moments, **given}
    return Finding.objects.create(
        organisation=organisation, asset=asset, series=report.series, opened_in=report, **given
    )


def notice_to(partner, finding: Finding, **fields) -> Notice:
    at = timezone.now()
    given = {"state": "sent", "sent_at": at, "tlp": finding.tlp, "severity": finding.severity, **fields}
    notice = Notice.objects.create(
        partner=partner, via="guardian", kind=finding.kind, language="nl", made_at=at, window_until=at, **given
    )
    Route.objects.create(
        report=finding.opened_in,
        organisation=finding.organisation,
        kind=finding.kind,
        via="guardian",
        partner=partner,
        severity=finding.severity,
        tlp=finding.tlp,
        findings_count=1,
        notice=notice,
        state="noticed",
        made_at=at,
    )
    return notice
