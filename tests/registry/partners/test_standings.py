from datetime import date, timedelta
from typing import Any

import pytest

from schakel.journal.models import Event
from schakel.kit.refusals import Invalid, NotPermitted, WrongState
from schakel.policy.access import NOBODY
from schakel.registry.models import (
    Capacity,
    Continuity,
    Estimate,
    Maturity,
    Partner,
    Profile,
    Prospect,
    Relation,
    Signal,
)
from schakel.registry.partners import capacities, estimates, prospects, signals, standings
from tests.cast import AUDITOR, DESK, NOON, STEWARD, STRANGER
from tests.registry.network_cast import TODAY, others, prospect


def last(partner, by=DESK, **given):
    usual: dict[str, Any] = {
        "funding": "subsidy",
        "ends_on": date(2027, 1, 1),
        "hangs_on_one": True,
        "words": "Eén beheerder.",
    }
    return standings.state_continuity(partner=partner, by=by, at=NOON, **(usual | given))


def mature(partner, by=DESK, **given):
    usual: dict[str, Any] = {"statement": "Wij oefenen elk jaar.", "evidence": "self", "reference": ""}
    return standings.state_maturity(partner=partner, by=by, at=NOON, **(usual | given))


def count(partner, by=DESK, **given):
    usual: dict[str, Any] = {"relation": "member", "count": 400, "source": "ledenlijst", "counted_on": TODAY}
    return estimates.estimate(partner=partner, by=by, at=NOON, **(usual | given))


def test_how_lasting_and_how_mature_a_partner_is_stays_between_it_and_the_coordinator(country):
    circle = country.harbour_circle
    rows = {Continuity: last(circle, country.member), Maturity: mature(circle, country.member)}
    for model, row in rows.items():
        for actor in (DESK, country.member):
            assert list(model.objects.visible_to(actor)) == [row]
        for actor in others(country):
            assert not model.objects.visible_to(actor).exists()


def test_nobody_else_states_them(country):
    for by in others(country):
        for act in (last, mature, count):
            with pytest.raises(NotPermitted):
                act(country.harbour_circle, by)


def test_continuity_is_replaced_and_maturity_added_to(country):
    last(country.harbour_circle)
    last(country.harbour_circle, funding="fixed", ends_on=None)
    assert Continuity.objects.get().funding == "fixed"
    mature(country.harbour_circle)
    mature(country.harbour_circle, evidence="audit", reference="Rapport 12")
    assert Maturity.objects.count() == 2


def test_a_judgement_of_others_says_where_it_can_be_found(country):
    for given in ({"evidence": "audit"}, {"evidence": "hearsay"}, {"statement": ""}):
        with pytest.raises(Invalid):
            mature(country.harbour_circle, **given)
    with pytest.raises(Invalid):
        last(country.harbour_circle, funding="luck")


def test_the_journal_holds_no_words_that_may_name_a_person(country):
    last(country.harbour_circle)
    assert "beheerder" not in str(Event.objects.get(tag="registry.continuity.stated").facts)


def test_a_partner_chooses_what_the_world_reads(country):
    circle = country.harbour_circle
    assert not Profile.objects.visible_to(NOBODY).exists()
    given: dict[str, Any] = {"is_public": True, "shows": {"about"}, "society": ""}
    for by in others(country):
        with pytest.raises(NotPermitted):
            standings.show_publicly(partner=circle, by=by, at=NOON, **given)
    standings.show_publicly(partner=circle, by=country.member, at=NOON, **given)
    profile = Profile.objects.visible_to(NOBODY).get()
    assert (profile.shows_about, profile.shows_website) == (True, False)
    standings.show_publicly(partner=circle, by=country.member, at=NOON, **given | {"is_public": False})
    assert not Profile.objects.visible_to(DESK).exists()


def test_only_who_takes_part_has_a_profile_and_of_known_parts(country):
    with pytest.raises(Invalid, match="contacts"):
        standings.show_publicly(
            partner=country.care_csirt, is_public=True, shows={"contacts"}, society="", by=DESK, at=NOON
        )
    country.care_csirt.standing = "joining"
    with pytest.raises(WrongState):
        standings.show_publicly(partner=country.care_csirt, is_public=True, shows=set(), society="", by=DESK, at=NOON)


def test_a_constituency_is_told_by_list_and_by_count(country):
    circle = country.harbour_circle
    count(circle, country.member)
    count(circle, sector="transport", count=50)
    count(circle, sector="transport", count=60)
    count(circle, relation="customer", count=7)
    assert estimates.by_relation(circle, on=TODAY) == [
        estimates.Row(Relation.MEMBER, listed=1, counted=460),
        estimates.Row(Relation.CUSTOMER, listed=0, counted=7),
    ]
    estimates.drop_estimate(row=Estimate.objects.get(relation="customer"), by=country.member, at=NOON)
    assert Estimate.objects.count() == 2


@pytest.mark.parametrize(
    "given",
    [
        {"relation": "friend"},
        {"size_class": "huge"},
        {"count": 0},
        {"count": 30_000_000},
        {"counted_on": date(2026, 11, 3)},
        {"source": " "},
        {"sector": "magic"},
        {"region": "NL-XX"},
    ],
)
def test_a_count_that_cannot_be_is_refused(country, given):
    with pytest.raises(Invalid):
        count(country.harbour_circle, **given)


def test_one_organisation_at_a_time_is_coordinator(country):
    given: dict[str, Any] = {"label": "coordinator", "from_on": date(2026, 1, 1), "by": DESK, "at": NOON}
    held = capacities.hold(organisation=country.hospital, **given)
    capacities.hold(organisation=country.hospital, **given | {"label": "national-csirt"})
    for organisation in (country.hospital, country.harbour):
        with pytest.raises(Invalid):
            capacities.hold(organisation=organisation, **given)
    assert Capacity.objects.of_coordinator(TODAY).count() == 2
    capacities.end_capacity(capacity=held, until_on=TODAY, by=DESK, at=NOON)
    assert not Capacity.objects.of_coordinator(TODAY).exists()
    capacities.hold(organisation=country.harbour, **given | {"from_on": TODAY})
    with pytest.raises(WrongState):
        capacities.end_capacity(capacity=held, until_on=TODAY, by=DESK, at=NOON)


def test_capacities_are_given_by_the_coordinator_and_read_by_members(country):
    given: dict[str, Any] = {"organisation": country.hospital, "label": "national-csirt", "from_on": TODAY, "at": NOON}
    for by in (country.member, *others(country)):
        with pytest.raises(NotPermitted):
            capacities.hold(by=by, **given)
    for given_wrong in ({"label": "king"}, {"until_on": TODAY}):
        with pytest.raises(Invalid):
            capacities.hold(by=DESK, **given | given_wrong)
    capacities.hold(by=DESK, **given)
    assert Capacity.objects.visible_to(country.neighbour).exists()
    for actor in (STRANGER, STEWARD, AUDITOR):
        assert not Capacity.objects.visible_to(actor).exists()


def test_means_that_end_soon_are_put_on_the_list_once(country, settings):
    settings.CONTINUITY_DAYS = 90
    last(country.harbour_circle, ends_on=TODAY + timedelta(days=90))
    last(country.care_csirt, ends_on=TODAY + timedelta(days=91))
    assert [signals.raise_ending(by=DESK, at=NOON) for _ in range(2)] == [1, 0]
    signal = Signal.objects.visible_to(DESK).get()
    assert (signal.partner, signal.kind) == (country.harbour_circle, "ends-soon")
    for actor in (country.member, *others(country)):
        assert not Signal.objects.visible_to(actor).exists()
        with pytest.raises(NotPermitted):
            signals.handle(signal=signal, words="Gebeld.", by=actor, at=NOON)
    with pytest.raises(Invalid):
        signals.handle(signal=signal, words=" ", by=DESK, at=NOON)
    signals.handle(signal=signal, words="Gebeld.", by=DESK, at=NOON)
    with pytest.raises(WrongState):
        signals.handle(signal=signal, words="Gebeld.", by=DESK, at=NOON)
    assert signals.raise_ending(by=DESK, at=NOON) == 0
    assert not Signal.objects.waiting().exists()


def test_silence_is_a_signal_and_removes_nobody(country):
    since = {country.harbour_circle.pk: date(2026, 1, 1)}
    assert [signals.raise_silent(since, by=DESK, at=NOON) for _ in range(2)] == [1, 0]
    assert Partner.objects.get(key="harbour-circle").standing == "partner"


def test_a_prospect_is_noted_and_kept(country):
    given: dict[str, Any] = {"name": "Bond van Bakkers", "type": "trade-association", "origin": "tip van een partner"}
    for by in (country.member, *others(country)):
        with pytest.raises(NotPermitted):
            prospects.add_prospect(by=by, at=NOON, **given)
    for wrong in ({"name": ""}, {"type": "circus"}, {"origin": ""}):
        with pytest.raises(Invalid):
            prospects.add_prospect(by=DESK, at=NOON, **given | wrong)
    row = prospects.add_prospect(by=DESK, at=NOON, **given)
    again = prospects.add_prospect(by=DESK, at=NOON, **given)
    assert [(one.key, one.owned_by) for one in (row, again)] == [
        ("bond-van-bakkers", "desk"),
        ("bond-van-bakkers-2", "desk"),
    ]
    assert not Partner.objects.filter(key="bond-van-bakkers").exists()


def test_talks_go_forward_in_time(country):
    row = prospect()
    prospects.take_on(prospect=row, by=DESK, at=NOON)
    prospects.note_contact(prospect=row, contacted_on=TODAY, words="Kennis gemaakt.", by=DESK, at=NOON)
    for day in (TODAY + timedelta(days=1), TODAY - timedelta(days=1)):
        with pytest.raises(Invalid):
            prospects.note_contact(prospect=row, contacted_on=day, words="", by=DESK, at=NOON)
    for by in (country.member, *others(country)):
        with pytest.raises(NotPermitted):
            prospects.note_contact(prospect=row, contacted_on=TODAY, words="", by=by, at=NOON)
        with pytest.raises(NotPermitted):
            prospects.take_on(prospect=row, by=by, at=NOON)
    assert (row.owned_by, row.contacted_on) == ("desk", TODAY)


def test_prospects_stand_in_the_order_of_building(db, settings):
    settings.PROSPECT_STALE_DAYS = 30
    assessed = {"category_on": TODAY, "category_reason": "x"}
    prospect("Zeta", category="core", **assessed, sectors=["health"], functions=["exercise"])
    prospect("Alfa")
    prospect("Beta", category="ecosystem", **assessed, contacted_on=TODAY)
    prospect("Eta", category="core", **assessed, contacted_on=TODAY - timedelta(days=31))
    rows = prospects.by_name(Prospect.objects.visible_to(DESK))
    assert [(row.name, row.rank, row.known) for row in rows] == [
        ("Eta", 0, 1),
        ("Zeta", 0, 3),
        ("Beta", 1, 1),
        ("Alfa", 3, 0),
    ]
    stale = prospects.stale(Prospect.objects.visible_to(DESK), on=TODAY)
    assert sorted(row.name for row in stale) == ["Alfa", "Eta", "Zeta"]
    stages = prospects.stages(to=DESK)
    assert [(one.prospects, one.contacted, one.is_current) for one in stages] == [
        (2, 1, True),
        (1, 1, False),
        (0, 0, False),
    ]
    with pytest.raises(NotPermitted):
        prospects.stages(to=STRANGER)
