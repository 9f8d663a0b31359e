"""Every real report that we have goes the whole way: no row is lost, and the same report again tells nobody anything."""

import io
from datetime import timedelta

import polars as pl
import pytest
from django.db.models import Sum

from schakel.intake import store
from schakel.intake.models import Report, ReportState
from schakel.intake.steps import receive
from schakel.intake.steps.parse import Unreadable
from schakel.notices import pipeline
from schakel.notices.models import Finding, Notice, NoticeState, Route, RouteState
from schakel.notices.steps.compose import close_all_windows
from schakel.notices.steps.hand_over import hand_over
from schakel.policy.access import SYSTEM
from schakel.post.models import Delivery
from schakel.registry.models import Asset, AssetKind, Contact, Organisation
from tests.cast import NOON
from tests.conftest import ROOT

REPORTS = ["shadowserver/*.csv", "abuse-mail/xarf/samples/v?/*.json"]
LISTS = [
    "misp/csv/event.csv",
    "ip/as-names-nl.csv",
    "ip/prefix-origin-nl.csv",
    "nl-organisations/education-domains.csv",
    "nl-organisations/government-domains.csv",
    "nl-organisations/municipal-subdomains.csv",
    "nl-organisations/municipalities-contact.csv",
    "nl-organisations/websiteregister-rijksoverheid-2016.csv",
    "nl-organisations/zbo-register.csv",
]
NO_REPORTS = [
    "ip/delegated-*.txt",
    "misp/csv/valid_fieldnames.csv",
    "misp/warninglists/public-dns-v4.json",
    "nl-organisations/oin-register.csv",
    "nl-organisations/sbi-codes.csv",
]
HELD = 40  # How many subjects of a report somebody in the registry holds.
KEEPERS = 5  # How many organisations share them.
KINDS = {"address": AssetKind.NETWORK, "host": AssetKind.DOMAIN, "email": AssetKind.EMAIL_DOMAIN, "asn": AssetKind.ASN}


def files(*patterns):
    """Names below the folder of samples; the patterns themselves where it is missing, so that a test says so."""
    samples = ROOT.parent / "shared" / "samples"
    names = [str(file.relative_to(samples)) for pattern in patterns for file in sorted(samples.glob(pattern))]
    return names or list(patterns)


def receive_it(content, name, at=NOON):
    source, _ = receive.source_named("volunteer", by=SYSTEM, at=at)
    with receive.hold(io.BytesIO(content)) as held:
        return receive.receive(held, name=name, source=source, by=SYSTEM, at=at)


def go_on(report, at=NOON):
    return list(pipeline.advance(report, by=SYSTEM, at=at))


def read(report):
    """Take the report through its first step only."""
    steps = pipeline.advance(report, by=SYSTEM, at=NOON)
    assert next(steps) == ReportState.PARSED
    del steps  # Lets go of the report.
    return store.scan(report, "observations").collect()


def keep_in_the_registry(rows):
    """Let organisations hold the first subjects of each sort that the rows name."""
    keepers = [Organisation(key=f"keeper-{number}", name=f"Beheerder {number}") for number in range(KEEPERS)]
    Organisation.objects.bulk_create(keepers)
    Contact.objects.bulk_create(
        Contact(organisation=one, address=f"{one.key}@haven.example", is_verified=True) for one in keepers
    )
    subjects = [(kind, value) for column, kind in KINDS.items() for value in first(rows, column)]
    Asset.objects.bulk_create(
        Asset(organisation=keepers[number % KEEPERS], kind=kind, value=value)
        for number, (kind, value) in enumerate(subjects)
    )


def first(rows, column):
    values = rows[column].drop_nulls().cast(pl.String).unique(maintain_order=True).head(HELD)
    return values.str.split("@").list.last().unique() if column == "email" else values


def send_all():
    close_all_windows()
    return sum(hand_over(by=SYSTEM, at=NOON))


def prove_the_rows(report):
    assert report.state == ReportState.COMPOSED
    assert report.rows_count == report.quarantined_count + report.unmatched_count + report.matched_count
    assert store.scan(report, "observations").collect().height == report.rows_count - report.quarantined_count
    assert store.quarantined(report, limit=report.rows_count).height == report.quarantined_count
    assert store.unmatched(report, limit=report.rows_count).height == report.unmatched_count


def prove_the_findings(report):
    counts = report.figures["findings"]
    assert report.figures["sightings"] == counts["new"] + counts["continued"] + counts["reopened"]
    assert Finding.objects.filter(opened_in=report).count() == counts["new"]


def prove_the_routes(report):
    routes = Route.objects.filter(report=report)
    assert routes.count() == sum(report.figures["routes"].values())
    assert (routes.aggregate(told=Sum("findings_count"))["told"] or 0) == report.figures["findings"]["new"]
    assert not routes.filter(state=RouteState.READY).exists()


def prove_the_notices():
    noticed = Route.objects.filter(state=RouteState.NOTICED).aggregate(told=Sum("findings_count"))["told"]
    assert Notice.objects.aggregate(told=Sum("findings_count"))["told"] == noticed
    assert set(Notice.objects.values_list("state", flat=True)) <= {NoticeState.SENT}
    assert Delivery.objects.count() == Notice.objects.count()


def traces():
    """Everything that would show that somebody was told again."""
    return Route.objects.count(), Notice.objects.count(), Delivery.objects.count(), Finding.objects.count()


@pytest.mark.parametrize("name", files(*REPORTS, *LISTS))
def test_a_real_report_goes_the_whole_way_once(db, shared_samples, name):
    content = (shared_samples / name).read_bytes()
    report, is_new = receive_it(content, name)
    assert is_new
    keep_in_the_registry(read(report))
    go_on(report)
    send_all()
    report.refresh_from_db()
    assert report.matched_count > 0
    prove_the_rows(report)
    prove_the_findings(report)
    prove_the_routes(report)
    prove_the_notices()

    before = traces()
    same, is_new = receive_it(content, name)
    assert (same.pk, is_new, go_on(same), send_all(), traces()) == (report.pk, False, [], 0, before)

    tomorrow = NOON + timedelta(days=1)  # The same rows in another file.
    later, is_new = receive_it(content + b"\n", name, at=tomorrow)
    assert is_new
    go_on(later, at=tomorrow)
    assert (send_all(), traces()) == (0, before)
    later.refresh_from_db()
    assert (later.rows_count, later.matched_count) == (report.rows_count, report.matched_count)
    assert later.figures["findings"] | {"new": 0} == later.figures["findings"]


@pytest.mark.parametrize("name", files(*NO_REPORTS))
def test_a_file_that_is_no_report_is_refused_with_a_reason(db, shared_samples, name):
    report, _ = receive_it((shared_samples / name).read_bytes(), name)
    with pytest.raises(Unreadable) as refused:
        go_on(report)
    report.refresh_from_db()
    assert report.state == ReportState.REFUSED
    assert report.figures["refused"] in str(refused.value)
    assert Report.objects.count() == 1
    assert not Finding.objects.exists()
