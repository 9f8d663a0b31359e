from datetime import timedelta

import pytest
from django.core.cache import cache
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schakel.intake.models import Report, Series, Source
from schakel.kit.refusals import NotPermitted
from schakel.notices.models import Finding, Notice, Response, Route
from schakel.oversight import figures
from schakel.oversight.figures import LONGEST_DAYS, refresh, situation
from schakel.oversight.models import Tally
from schakel.registry.models import Agreement
from tests.cast import AUDITOR, DESK, NOON, STEWARD, STRANGER


@pytest.fixture
def report(country):
    source, _ = Source.objects.get_or_create(slug="shadowserver", defaults={"name": "Shadowserver"})
    series = Series.objects.create(source=source, type="scan-test")
    return Report.objects.create(series=series, name="a.csv", digest="a", tlp="amber", received_at=NOON)


def find(report, organisation, asset, *, days_ago=0, closed_days_ago=None, **fields):
    opened_at = NOON - timedelta(days=days_ago)
    given = {"kind": "open-telnet", "severity": 3, "tlp": "amber", "state": "open", **fields}
    if closed_days_ago is not None:
        given = {"state": "fixed", **given, "closed_at": NOON - timedelta(days=closed_days_ago)}
        given["state"] = fields.get("state", "fixed")
    return Finding.objects.create(
        organisation=organisation,
        asset=asset,
        series=report.series,
        opened_in=report,
        opened_at=opened_at,
        first_seen_at=opened_at,
        last_seen_at=opened_at,
        **given,
    )


def tell(report, organisation, *, partner=None, kind="open-telnet", via="guardian", count=2, tlp="amber", **moments):
    to = {"partner": partner} if partner else {"organisation": organisation}
    notice = None
    if via not in {"unreachable", "withheld"}:
        notice = Notice.objects.create(
            **to,
            via=via,
            kind=kind,
            language="nl",
            severity=3,
            tlp=tlp,
            state="sent",
            made_at=NOON,
            window_until=NOON,
            sent_at=NOON,
            **moments,
        )
    Route.objects.create(
        report=report,
        organisation=organisation,
        kind=kind,
        via=via,
        severity=3,
        tlp=tlp,
        findings_count=count,
        notice=notice,
        made_at=NOON,
    )
    return notice


@pytest.fixture
def season(country, report):
    """Findings at three organisations over some days, two notices, and what fell out."""
    find(report, country.harbour, "192.0.2.1", days_ago=5)
    find(report, country.harbour, "192.0.2.2", days_ago=5, severity=4)
    find(report, country.harbour, "192.0.2.3", days_ago=9, closed_days_ago=2)
    find(report, country.harbour, "192.0.2.4", days_ago=3, tlp="amber+strict")
    find(report, country.hospital, "198.51.100.1", days_ago=1, kind="infected-host", severity=4)
    find(report, country.hospital, "198.51.100.2", days_ago=4, closed_days_ago=1, state="not-ours")
    find(report, country.bakery, "korenaar.example", days_ago=0, severity=1)
    notice = tell(report, country.harbour, partner=country.harbour_circle, opened_at=NOON)
    Response.objects.create(notice=notice, answer="need-help", at=NOON, given_by="link")
    tell(report, country.hospital, partner=country.care_csirt, kind="infected-host", count=1)
    tell(report, country.bakery, via="unreachable", count=1)
    return country


def test_the_desk_sees_the_whole_country(season):
    seen = situation(DESK, days=30, at=NOON)
    assert (seen.open_count, seen.organisations_count, seen.help_count) == (5, 3, 1)
    assert (seen.new_count, seen.fixed_count, seen.told_count, seen.read_count) == (7, 1, 3, 2)
    assert (seen.unreachable_count, seen.withheld_count, seen.answered_count) == (1, 0, 0)
    assert seen.by_severity == (0, 1, 0, 2, 2)
    assert [(kind.kind, kind.open_count, kind.organisations_count) for kind in seen.kinds] == [
        ("open-telnet", 4, 2),
        ("infected-host", 1, 1),
    ]


def test_the_days_are_worked_back_from_today(season):
    days = {(NOON.date() - day.day).days: day for day in situation(DESK, days=30, at=NOON).over_time}
    assert [days[back].open_count for back in (0, 1, 2, 3, 4, 5, 9, 10)] == [5, 4, 4, 5, 4, 3, 1, 0]
    assert days[1].closed_count == 1
    assert days[0].told_count == 3
    assert len(days) == 30


def test_a_partner_sees_its_constituency_and_nothing_that_its_label_hides(season):
    seen = situation(season.member, days=30, at=NOON)
    assert (seen.open_count, seen.organisations_count, seen.told_count, seen.help_count) == (2, 1, 2, 1)
    assert not seen.is_whole
    neighbour = situation(season.neighbour, days=30, at=NOON)
    assert (neighbour.open_count, neighbour.help_count, neighbour.unreachable_count) == (1, 0, 0)
    assert [kind.kind for kind in neighbour.kinds] == ["infected-host"]


@pytest.mark.parametrize("actor", [STEWARD, AUDITOR], ids=lambda actor: actor.name)
def test_oversight_sees_the_counts_of_the_whole(season, actor):
    assert situation(actor, days=7, at=NOON).open_count == 5


def test_a_stranger_sees_nothing(season):
    with pytest.raises(NotPermitted):
        situation(STRANGER, days=7, at=NOON)


@pytest.mark.parametrize("days", [1, 7, 30, 90, LONGEST_DAYS])
def test_the_summary_says_what_counting_says(season, days):
    counted = situation(DESK, days=days, at=NOON)
    refresh(NOON)
    assert situation(DESK, days=days, at=NOON) == counted


def test_refreshing_again_changes_nothing(season):
    refresh(NOON)
    before = set(Tally.objects.values_list("day", "kind", "figure", "count"))
    refresh(NOON)
    assert set(Tally.objects.values_list("day", "kind", "figure", "count")) == before


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(later=st.integers(0, 40))
def test_an_old_summary_still_shows_its_stock_and_says_how_old_it_is(season, later):
    refresh(NOON)
    seen = situation(DESK, days=10, at=NOON + timedelta(days=later))
    assert (seen.open_count, seen.organisations_count, seen.at) == (5, 3, NOON)
    assert len(seen.kinds) == 2


def test_a_later_refresh_adds_the_days_between(season):
    refresh(NOON)
    Finding.objects.filter(asset="192.0.2.1").update(state="fixed", closed_at=NOON + timedelta(days=3))
    refresh(NOON + timedelta(days=4))
    seen = situation(DESK, days=10, at=NOON + timedelta(days=4))
    assert [day.open_count for day in seen.over_time[-5:]] == [5, 5, 5, 4, 4]
    assert seen.fixed_count == 2


def test_the_queries_do_not_grow_with_the_rows(season, report, django_assert_num_queries):
    with django_assert_num_queries(11):
        situation(season.member, days=90, at=NOON)
    for number in range(40):
        find(report, season.harbour, f"192.0.2.{number + 10}", kind=f"kind-{number}", days_ago=number)
    with django_assert_num_queries(11):
        situation(season.member, days=90, at=NOON)
    refresh(NOON)
    with django_assert_num_queries(3):
        situation(DESK, days=90, at=NOON)


def test_calls_for_help_are_counted_under_their_kind(season):
    refresh(NOON)
    calls = Tally.objects.filter(figure="help").order_by("kind").values_list("kind", "count")
    assert list(calls) == [("", 1), ("open-telnet", 1)]


def test_the_span_is_kept_within_what_the_summary_holds(season):
    assert situation(DESK, days=0, at=NOON).days == 1
    assert situation(DESK, days=10_000, at=NOON).days == LONGEST_DAYS


def test_a_tally_names_its_day_kind_and_figure(season):
    refresh(NOON)
    assert str(Tally.objects.get(day=NOON.date(), kind="infected-host", figure="open-4")) == (
        "2026-11-02 infected-host open-4"
    )


def test_a_large_constituency_is_counted_once_in_a_while_and_never_shown_to_another(season, report, monkeypatch):
    monkeypatch.setattr(figures, "LARGE", 0)
    first = situation(season.member, days=30, at=NOON)
    find(report, season.harbour, "192.0.2.77")
    assert situation(season.member, days=30, at=NOON + timedelta(minutes=1)) == first
    neighbour = situation(season.neighbour, days=30, at=NOON + timedelta(minutes=1))
    assert (neighbour.by_severity, neighbour.at) != (first.by_severity, first.at)
    cache.clear()
    assert situation(season.member, days=30, at=NOON + timedelta(minutes=6)).open_count == first.open_count + 1


def test_what_was_kept_is_not_shown_once_the_agreement_is_over(season, monkeypatch):
    monkeypatch.setattr(figures, "LARGE", 0)
    assert situation(season.member, days=30, at=NOON).open_count
    Agreement.objects.filter(partner=season.harbour_circle).update(state="ended")
    assert not situation(season.member, days=30, at=NOON).open_count
