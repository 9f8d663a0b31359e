"""One story told to the cast: a report, what it opened, the way that was chosen, the notice and its message."""

from datetime import datetime, timedelta

import polars as pl

from schakel.intake import store
from schakel.intake.formats.shapes import OBSERVATION_SCHEMA
from schakel.intake.models import Report, ReportState, Series, Source
from schakel.notices.models import Finding, Notice, NoticeState, Route, RouteState
from schakel.post.models import Attempt, Delivery, DeliveryState
from schakel.registry.models import Asset, AssetKind, Contact, Organisation, Partner
from tests.cast import NOON

KIND = "exposed-remote-desktop"
OPENED_AT = NOON - timedelta(days=3)


def report_of(name="2026-10-30-scan_rdp-zoutwijk.csv", *, tlp="green", at=OPENED_AT, slug="lighthouse") -> Report:
    """A report of one source, composed."""
    source, _ = Source.objects.get_or_create(slug=slug, defaults={"name": "Vuurtoren", "tlp": tlp})
    series, _ = Series.objects.get_or_create(source=source, type="scan_rdp")
    return Report.objects.create(
        series=series, name=name, digest=name, format="shadowserver", tlp=tlp, state=ReportState.COMPOSED,
        received_at=at, observed_at=at, rows_count=4, quarantined_count=1, unmatched_count=1, matched_count=2,
    )  # fmt: skip


def finding_of(report: Report, organisation: Organisation, asset="192.0.2.10 3389/tcp", **fields) -> Finding:
    """One open finding that the report opened."""
    usual = {
        "kind": KIND, "severity": 3, "tlp": report.tlp, "series": report.series, "opened_in": report,
        "first_seen_at": report.received_at, "last_seen_at": report.received_at, "opened_at": report.received_at,
        "detail": "Remote Desktop, NLA off",
    }  # fmt: skip
    return Finding.objects.create(organisation=organisation, asset=asset, **(usual | fields))


def delivery_of(
    key: str, *, address="meldingen@harbour-circle.example", state=DeliveryState.SENT, **fields
) -> Delivery:
    """One message with one attempt."""
    is_sent = state in {DeliveryState.SENT, DeliveryState.BOUNCED}
    delivery = Delivery.objects.create(
        key=key, message_id=f"<{key}@schakel.example>", channel="mail", address=address, language="nl",
        subject="Uw systeem staat open", body="Wij zagen een open systeem.", state=state, attempts_count=1,
        made_at=NOON, due_at=NOON, sent_at=NOON if is_sent else None, **fields,
    )  # fmt: skip
    Attempt.objects.create(delivery=delivery, started_at=NOON, ended_at=NOON, is_success=is_sent, reply="250 2.0.0 Ok")
    return delivery


def tell(
    report: Report,
    organisation: Organisation,
    *,
    partner: Partner | None = None,
    state: NoticeState = NoticeState.SENT,
    at: datetime = NOON,
    notice: Notice | None = None,
    kind: str = KIND,
) -> Notice:
    """Route what the report opened at the organisation and tell it: by the partner, or the organisation itself."""
    contact = Contact.objects.filter(**({"partner": partner} if partner else {"organisation": organisation})).first()
    via = "guardian" if partner else "contact"
    count = Finding.objects.filter(opened_in=report, organisation=organisation, kind=kind).count()
    notice = notice or Notice.objects.create(
        partner=partner, organisation=None if partner else organisation, contact=contact, via=via, kind=kind,
        language="nl", severity=3, tlp=report.tlp, findings_count=count, organisations_count=1, state=state, made_at=at,
        window_until=at, sent_at=at if state in {NoticeState.SENT, NoticeState.ANSWERED} else None,
    )  # fmt: skip
    if notice.delivery is None and notice.sent_at:
        notice.delivery = delivery_of(f"notice-{notice.pk}")
        notice.save(update_fields=["delivery"])
    Route.objects.create(
        report=report, organisation=organisation, kind=kind, via=via, partner=partner, contact=contact,
        severity=3, tlp=report.tlp, findings_count=count, state=RouteState.NOTICED, notice=notice, made_at=at,
        basis="cbw-16-2-b", steps=_steps(partner, contact, via),
    )  # fmt: skip
    return notice


def _steps(partner, contact, via) -> list[dict[str, object]]:
    """The CSIRT was tried first, and has no agreement that allows it."""
    csirt = Partner.objects.get(key="care-csirt")
    tried = {"via": "designated", "partner": csirt.pk, "contact": None, "refusal": "no-agreement"}
    chosen = {"via": via, "partner": partner.pk if partner else None, "contact": contact and contact.pk, "refusal": ""}
    return [tried, chosen]


def keep_rows(report: Report, organisation: Organisation, addresses=("192.0.2.10",)) -> None:
    """Put the report's rows in the store, each held by the organisation's network."""
    asset = Asset.objects.get(organisation=organisation, kind=AssetKind.NETWORK)
    rows = [
        {
            "line": number + 2, "observed_at": report.observed_at, "address": address, "port": 3389, "protocol": "tcp",
            "kind": KIND, "severity": "high",
        }
        for number, address in enumerate(addresses)
    ]  # fmt: skip
    held = {
        "row": pl.Series(range(len(rows)), dtype=pl.UInt32), "organisation": organisation.pk, "asset": asset.pk,
        "basis": "network", "rank": 0, "role": "owner", "is_found": True,
    }  # fmt: skip
    sent = [f'{{"ip": "{address}", "port": "3389"}}\n' for address in ("203.0.113.99", *addresses)]
    store.raw(report).write_text("".join(sent))
    store.write(pl.DataFrame(rows, schema=OBSERVATION_SCHEMA).drop("source_row"), report, "observations")
    store.write(pl.DataFrame(held), report, "matches")
