"""Breaches, suspension, ends, and a partner that leaves: access ends at that moment."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils.translation import override

from schakel.kit.refusals import Invalid, NotPermitted, WrongState
from schakel.notices.models import Finding, Notice
from schakel.people import tokens
from schakel.people.actions import close_partner
from schakel.people.models import User, UserGrant, actor_of
from schakel.policy.access import NOBODY, SYSTEM, Permission
from schakel.policy.sharing import Refusal
from schakel.registry.agreements import ending, in_force
from schakel.registry.models import Agreement, Breach, Commitment, Departure, Organisation, PartnerStanding
from tests.cast import DESK, NOON, STEWARD, STRANGER
from tests.joining import TODAY, free, offered, signed
from tests.telling import finding_of, report_of, tell

pytestmark = pytest.mark.django_db
LEAVING: dict[str, Any] = {"reasons": "Wij stoppen ermee.", "lessons": "Vraag eerder hoe het gaat."}


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


@pytest.fixture
def agreement(country):
    free(country.harbour_circle)
    return signed(country.harbour_circle)


def breach_of(agreement, **changes):
    given: dict[str, Any] = {"kind": "tlp", "words": "AMBER stond op de site.", "happened_on": TODAY} | changes
    return ending.log_breach(agreement=agreement, by=DESK, at=NOON, **given)


def refusal(partner):
    return in_force.refusals("notification", day=TODAY)[partner.pk]


def test_a_breach_is_logged_talked_about_and_settled(agreement):
    breach = breach_of(agreement)
    ending.discuss_breach(breach=breach, talk_on=TODAY, by=DESK, at=NOON)
    ending.settle_breach(breach=breach, outcome="Afgesproken: eerst vragen.", by=DESK, at=NOON)
    breach.refresh_from_db()
    assert (breach.state, breach.talk_on, breach.settled_at) == ("settled", TODAY, NOON)
    with pytest.raises(WrongState):
        ending.discuss_breach(breach=breach, talk_on=TODAY, by=DESK, at=NOON)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "mood"}, "choose which condition"),
        ({"words": " "}, "say what happened"),
        ({"happened_on": TODAY + timedelta(days=1)}, "still to come"),
    ],
)
def test_a_breach_says_what_and_when(agreement, change, words):
    with pytest.raises(Invalid, match=words):
        breach_of(agreement, **change)
    assert not Breach.objects.exists()


def test_a_partner_sees_breaches_of_its_own_only(agreement, country):
    breach = breach_of(agreement)
    assert list(Breach.objects.visible_to(country.member)) == [breach]
    for actor in (country.neighbour, STRANGER, STEWARD):
        assert not Breach.objects.visible_to(actor).exists()


def test_while_suspended_nothing_goes_through_the_partner(agreement, country):
    assert refusal(country.harbour_circle) is None
    ending.suspend(agreement=agreement, reason="TLP", by=DESK, at=NOON)
    assert refusal(country.harbour_circle) == Refusal.AGREEMENT_SUSPENDED
    assert not Organisation.objects.visible_to(country.member).exists()
    ending.resume(agreement=agreement, reason="Besproken", by=DESK, at=NOON)
    assert refusal(country.harbour_circle) is None


def test_an_offer_is_not_resumed_into_force(country):
    free(country.harbour_circle)
    offer = offered(country.harbour_circle)
    with pytest.raises(WrongState):
        ending.resume(agreement=offer, reason="x", by=DESK, at=NOON)


def test_an_end_is_at_that_moment(agreement, country):
    ending.end(agreement=agreement, reason="Afgesproken", by=DESK, at=NOON)
    agreement.refresh_from_db()
    assert (agreement.state, agreement.ended_at, agreement.end_reason) == ("ended", NOON, "Afgesproken")
    assert refusal(country.harbour_circle) == Refusal.AGREEMENT_ENDED


@pytest.mark.parametrize("act", [ending.suspend, ending.resume, ending.end])
def test_each_asks_a_reason_and_the_coordinator(agreement, country, act):
    with pytest.raises(Invalid, match="give a reason"):
        act(agreement=agreement, reason=" ", by=DESK, at=NOON)
    for actor in (country.member, country.neighbour, STRANGER, STEWARD):
        with pytest.raises(NotPermitted):
            act(agreement=agreement, reason="x", by=actor, at=NOON)


def test_what_is_over_is_ended_at_night(agreement):
    Agreement.objects.filter(pk=agreement.pk).update(until_on=TODAY + timedelta(days=1))
    assert ending.expire(by=SYSTEM, at=NOON) == 0
    assert ending.expire(by=SYSTEM, at=NOON + timedelta(days=1)) == 1


def test_access_ends_at_the_moment_a_partner_leaves(agreement, country):
    partner = country.harbour_circle
    user = User.objects.create_user("lid")
    UserGrant.objects.create(user=user, role="partner", partner=partner, level="administrator")
    key = tokens.add(user=user, name="programma", days=30, by=DESK, at=NOON)
    report = report_of()
    finding_of(report, country.harbour)
    tell(report, country.harbour, partner=partner)
    before = actor_of(user)
    assert Finding.objects.visible_to(before).exists()
    assert tokens.actor_of_key(key, at=NOON).reach(Permission.FINDING_VIEW)
    ending.leave(partner=partner, **LEAVING, by=before, at=NOON)
    assert not actor_of(user).grants
    assert not tokens.actor_of_key(key, at=NOON).grants
    for actor in (before, actor_of(user)):  # Even who was let in a moment before sees nothing any more.
        assert not Finding.objects.visible_to(actor).exists()
        assert not Notice.objects.visible_to(actor).exists()
        assert not Organisation.objects.visible_to(actor).exists()
    assert close_partner(partner=Departure.objects.get().partner, by=SYSTEM, at=NOON) == 1
    user.refresh_from_db()
    assert not user.is_active
    assert tokens.actor_of_key(key, at=NOON) == NOBODY


def test_leaving_ends_agreements_commitments_and_standing(agreement, country):
    partner = country.harbour_circle
    ending.leave(partner=partner, **LEAVING, by=DESK, at=NOON, is_own_wish=False)
    partner.refresh_from_db()
    agreement.refresh_from_db()
    assert (partner.standing, partner.left_at) == (PartnerStanding.LEFT, NOON)
    assert (agreement.state, agreement.ended_at, agreement.end_reason) == ("ended", NOON, "left")
    assert not Commitment.objects.on(TODAY).filter(partner=partner).exists()
    departure = Departure.objects.get()
    assert (departure.reasons, departure.is_own_wish) == (LEAVING["reasons"], False)
    with pytest.raises(WrongState):
        ending.leave(partner=partner, **LEAVING, by=DESK, at=NOON)


@pytest.mark.parametrize("lacking", ["reasons", "lessons"])
def test_leaving_asks_reasons_and_lessons(agreement, country, lacking):
    with pytest.raises(Invalid, match="give the reasons"):
        ending.leave(partner=country.harbour_circle, **(LEAVING | {lacking: " "}), by=DESK, at=NOON)
    country.harbour_circle.refresh_from_db()
    assert country.harbour_circle.standing == PartnerStanding.PARTNER


def test_nobody_lets_another_partner_leave(agreement, country):
    for actor in (country.neighbour, STRANGER, STEWARD):
        with pytest.raises(NotPermitted):
            ending.leave(partner=country.harbour_circle, **LEAVING, by=actor, at=NOON)


def test_only_the_coordinator_reads_why_partners_left(agreement, country):
    ending.leave(partner=country.harbour_circle, **LEAVING, by=DESK, at=NOON)
    assert Departure.objects.visible_to(DESK).exists()
    for actor in (country.member, country.neighbour, STRANGER, STEWARD):
        assert not Departure.objects.visible_to(actor).exists()


def test_accounts_of_who_is_still_here_stay_open(country):
    with pytest.raises(WrongState):
        close_partner(partner=country.harbour_circle, by=SYSTEM, at=NOON)
    with pytest.raises(NotPermitted):
        close_partner(partner=country.harbour_circle, by=STEWARD, at=NOON)


def test_an_account_with_other_work_stays_open(agreement, country):
    user = User.objects.create_user("twee")
    for partner in (country.harbour_circle, country.care_csirt):
        UserGrant.objects.create(user=user, role="partner", partner=partner)
    ending.leave(partner=country.harbour_circle, **LEAVING, by=DESK, at=NOON)
    country.harbour_circle.refresh_from_db()
    assert close_partner(partner=country.harbour_circle, by=SYSTEM, at=NOON) == 0
    assert actor_of(user).reach(Permission.FINDING_VIEW).partner_ids == {country.care_csirt.pk}
