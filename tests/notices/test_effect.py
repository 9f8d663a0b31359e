from datetime import timedelta

import pytest

from schakel.notices import effect
from schakel.notices.actions import LINK, answer, mark_opened
from schakel.notices.campaigns import start_campaign
from schakel.notices.models import Answer
from tests.cast import DESK, NOON, STRANGER
from tests.telling import KIND, OPENED_AT, finding_of, report_of, tell


@pytest.fixture
def campaign(country):
    return start_campaign(title="Open deuren", kind=KIND, tlp="green", by=DESK, at=NOON)


@pytest.fixture
def told(country):
    """The harbour by its circle, answered; the hospital by its CSIRT, opened; the registrar not told."""
    report = report_of()
    for organisation in (country.harbour, country.hospital, country.registrar):
        finding_of(report, organisation)
    country.hospital.sector = "health"
    country.hospital.save()
    harbour = tell(report, country.harbour, partner=country.harbour_circle)
    hospital = tell(report, country.hospital, partner=country.care_csirt)
    answer(notice=harbour, answer=Answer.FIXED, by=LINK, at=NOON)
    mark_opened(notice=harbour, at=NOON)
    mark_opened(notice=hospital, at=NOON)
    return report


def test_told_opened_answered_and_fixed_are_counted_for_the_whole_network(campaign, told):
    total = effect.effect(campaign, to=DESK, at=NOON).total
    assert total == effect.Share(
        name="", findings=3, organisations=3, told=2, opened=2, answered=1, fixed=1, still_open=2, median_days=3.0
    )


def test_partners_and_sectors_have_figures_of_their_own(campaign, told):
    found = effect.effect(campaign, to=DESK, at=NOON)
    assert {one.name: (one.told, one.fixed) for one in found.partners} == {"Havenkring": (1, 1), "Zorg-CSIRT": (1, 0)}
    assert {one.name: one.findings for one in found.sectors} == {"": 2, "health": 1}


def test_a_partner_reads_figures_of_its_constituency_only(campaign, told, country):
    found = effect.effect(campaign, to=country.member, at=NOON)
    assert (found.total.findings, found.total.told, found.total.fixed) == (1, 1, 1)
    assert [one.name for one in found.partners] == ["Havenkring"]
    assert [one.name for one in found.sectors] == [""]
    neighbour = effect.effect(campaign, to=country.neighbour, at=NOON)
    assert (neighbour.total.findings, neighbour.total.fixed) == (1, 0)


def test_a_partner_does_not_read_which_other_partner_told_its_constituent(campaign, country):
    report = report_of()
    finding_of(report, country.harbour)
    tell(report, country.harbour, partner=country.care_csirt)
    found = effect.effect(campaign, to=country.member, at=NOON)
    assert (found.total.told, found.partners) == (1, ())


def test_a_stranger_reads_nothing(campaign, told):
    assert effect.effect(campaign, to=STRANGER, at=NOON) == effect.Effect(effect.Share(name=""), (), (), ())
    assert effect.open_counts([campaign], to=STRANGER) == {campaign.pk: 0}


def test_the_burn_down_holds_every_day_from_the_first_finding_to_today(campaign, told):
    days = effect.effect(campaign, to=DESK, at=NOON).days
    assert [(one.still_open, one.closed) for one in days] == [(3, 0), (3, 0), (3, 0), (2, 1)]
    assert (days[0].on, days[-1].on) == (OPENED_AT.date(), NOON.date())


def test_a_long_burn_down_starts_with_what_was_open_before(campaign, country):
    old = NOON - timedelta(days=effect.LONGEST_DAYS + 30)
    finding_of(report_of(at=old), country.harbour)
    days = effect.effect(campaign, to=DESK, at=NOON).days
    assert len(days) == effect.LONGEST_DAYS + 1
    assert days[0].still_open == days[-1].still_open == 1


def test_the_burn_down_of_an_ended_campaign_ends_with_it(campaign, told):
    campaign.ended_at = NOON + timedelta(days=1)
    assert effect.effect(campaign, to=DESK, at=NOON + timedelta(days=9)).days[-1].on == campaign.ended_at.date()


def test_a_campaign_without_findings_has_no_figures_and_no_burn_down(campaign):
    assert effect.effect(campaign, to=DESK, at=NOON) == effect.Effect(effect.Share(name=""), (), (), ())


def test_a_campaign_on_one_weakness_of_one_kind_counts_no_other(country):
    report = report_of()
    finding_of(report, country.harbour, "a", weakness="CVE-2026-10001")
    finding_of(report, country.harbour, "b", weakness="CVE-2026-10002")
    finding_of(report, country.harbour, "c", weakness="CVE-2026-10001", kind="other")
    both = start_campaign(title="Een", kind=KIND, weakness="CVE-2026-10001", tlp="clear", by=DESK, at=NOON)
    weakness = start_campaign(title="Twee", weakness="CVE-2026-10001", tlp="clear", by=DESK, at=NOON)
    kind = start_campaign(title="Drie", kind=KIND, tlp="clear", by=DESK, at=NOON)
    assert [effect.effect(one, to=DESK, at=NOON).total.findings for one in (both, weakness, kind)] == [1, 2, 2]
    assert effect.open_counts([both, weakness, kind], to=DESK) == {both.pk: 1, weakness.pk: 2, kind.pk: 2}
    assert effect.open_counts([], to=DESK) == {}
