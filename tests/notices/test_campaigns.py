from datetime import timedelta
from typing import Any

import pytest

from schakel.journal.models import Event
from schakel.kit.refusals import Invalid, NotPermitted, WrongState
from schakel.notices import campaigns
from schakel.notices.models import Campaign, NetworkPhase, Phase, phase_at
from tests.cast import AUDITOR, DESK, NOON, STEWARD, STRANGER

LATER = NOON + timedelta(hours=1)


def start(**fields):
    usual: dict[str, Any] = {
        "title": "Open deuren",
        "weakness": "CVE-2026-10001",
        "tlp": "green",
        "by": DESK,
        "at": NOON,
    }
    return campaigns.start_campaign(**(usual | fields))


def test_a_campaign_starts_with_its_subject_and_an_event(db):
    campaign = start(advisory_url="https://example.org/advies", advisory="  Werk bij. ")
    assert (campaign.slug, campaign.weakness, campaign.advisory, campaign.phase) == (
        "open-deuren",
        "CVE-2026-10001",
        "Werk bij.",
        Phase.COLD,
    )
    event = Event.objects.get(tag="notices.campaign.started")
    assert event.subject == f"notices.campaign:{campaign.pk}"
    assert event.facts["weakness"] == "CVE-2026-10001"


def test_a_weakness_is_written_as_findings_write_it(db):
    assert start(weakness=" cve-2026-10001 ").weakness == "CVE-2026-10001"
    assert start(weakness="AvalAnche").weakness == "avalanche"


def test_campaigns_of_one_title_get_addresses_of_their_own(db):
    assert [start().slug for _ in range(3)] == ["open-deuren", "open-deuren-2", "open-deuren-3"]
    assert start(title="???").slug == "campaign"


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "  "},
        {"tlp": "ultraviolet"},
        {"weakness": ""},
        {"kind": "no-such-kind"},
        {"advisory_url": "javascript:alert(1)"},
        {"advisory_url": "example"},
    ],
)
def test_what_cannot_be_followed_is_refused_and_leaves_nothing(db, fields):
    with pytest.raises(Invalid):
        start(**fields)
    assert not Campaign.objects.exists()
    assert not Event.objects.exists()


def test_a_campaign_ends_once(db):
    campaign = start()
    campaigns.end_campaign(campaign=campaign, by=DESK, at=LATER)
    with pytest.raises(WrongState):
        campaigns.end_campaign(campaign=campaign, by=DESK, at=LATER)
    assert Campaign.objects.get().ended_at == LATER == campaign.ended_at
    assert Event.objects.filter(tag="notices.campaign.ended").count() == 1


@pytest.mark.parametrize("who", ["member", "stranger", "auditor", "steward"])
def test_only_coordinators_manage_campaigns_and_the_phase(country, who):
    actor = {"member": country.member, "stranger": STRANGER, "auditor": AUDITOR, "steward": STEWARD}[who]
    campaign = start()
    with pytest.raises(NotPermitted):
        start(by=actor)
    with pytest.raises(NotPermitted):
        campaigns.end_campaign(campaign=campaign, by=actor, at=LATER)
    with pytest.raises(NotPermitted):
        campaigns.set_phase(phase=Phase.WARM, by=actor, at=LATER, reason="Nu")
    assert Campaign.objects.get().ended_at is None
    assert not NetworkPhase.objects.exists()


def test_a_new_phase_holds_from_then_on_and_for_running_campaigns(db):
    ended, running = start(), start()
    campaigns.end_campaign(campaign=ended, by=DESK, at=NOON)
    campaigns.set_phase(phase=Phase.WARM, by=DESK, at=LATER, reason="Misbruik gezien")
    assert (phase_at(NOON), phase_at(LATER)) == (Phase.COLD, Phase.WARM)
    ended.refresh_from_db()
    running.refresh_from_db()
    assert (ended.phase, running.phase) == (Phase.COLD, Phase.WARM)
    assert campaigns.start_campaign(title="Nog een", kind="spam-source", tlp="clear", by=DESK, at=LATER).phase == "warm"


def test_a_phase_needs_a_reason_and_a_change(db):
    with pytest.raises(Invalid):
        campaigns.set_phase(phase=Phase.WARM, by=DESK, at=NOON, reason=" ")
    with pytest.raises(WrongState):
        campaigns.set_phase(phase=Phase.COLD, by=DESK, at=NOON, reason="Rust")
    assert not NetworkPhase.objects.exists()
