"""Who belongs to whose constituency: asked by one side, answered by the other, and never a way to somebody's warnings."""

from datetime import date, timedelta

import pytest
from django.utils.translation import override

from schakel.kit.refusals import Invalid, NotPermitted, WrongState
from schakel.policy.access import Permission
from schakel.registry.constituents import enrolling
from schakel.registry.models import Constituency, Enrolment, Organisation, Partner
from tests.cast import AUDITOR, DESK, NOON, STEWARD, STRANGER, working_at

TODAY = NOON.date()


@pytest.fixture(autouse=True)
def english(db):
    with override("en"):
        yield


@pytest.fixture
def country(country):
    Organisation.objects.filter(pk=country.bakery.pk).update(kvk="12345678")
    country.bakery.refresh_from_db()
    return country


def wish(country, by=None, **fields):
    given = {"named": "Bakkerij De Korenaar", "kvk": "12345678", **fields}
    return enrolling.ask(partner=country.harbour_circle, by=by or country.member, at=NOON, **given)


def runs(country, organisation, partner=None):
    rows = Constituency.objects.filter(organisation=organisation, partner=partner or country.harbour_circle)
    return rows.filter(valid_until=None).exists()


def test_a_partner_asks_and_gets_nothing_by_its_own_word(country):
    asked = wish(country)
    assert (asked.state, asked.organisation) == ("asked", country.bakery)
    assert not runs(country, country.bakery)
    with pytest.raises(NotPermitted):
        enrolling.accept(enrolment=asked, by=country.member, at=NOON)
    assert not Organisation.objects.of(country.member, Permission.CONSTITUENCY_VIEW).filter(pk=country.bakery.pk)


def test_nobody_asks_for_another(country):
    for by in (country.neighbour, working_at(country.bakery), STRANGER, STEWARD, AUDITOR):
        with pytest.raises(NotPermitted):
            wish(country, by)
    with pytest.raises(NotPermitted):
        enrolling.ask(partner=country.care_csirt, organisation=country.bakery, by=country.member, at=NOON)


def test_asking_tells_nothing_of_whom_we_know(country):
    known, unknown = wish(country), wish(country, kvk="87654321", named="Nergens")
    assert (known.state, unknown.state) == ("asked", "asked")
    assert unknown.organisation is None
    assert wish(country).pk == known.pk


@pytest.mark.parametrize("who", ["own", "desk"])
def test_the_organisation_or_the_coordinator_says_yes(country, who):
    asked = wish(country, from_on=TODAY, until_on=TODAY + timedelta(days=30))
    by = {"own": working_at(country.bakery), "desk": DESK}[who]
    row = enrolling.accept(enrolment=asked, by=by, at=NOON)
    assert (row.organisation, row.valid_from, row.valid_until) == (country.bakery, TODAY, TODAY + timedelta(days=30))
    assert Partner.objects.get(pk=country.harbour_circle.pk).constituents_revision > 0
    with pytest.raises(WrongState):
        enrolling.accept(enrolment=asked, by=by, at=NOON)


def test_another_organisation_does_not_answer(country):
    asked = wish(country)
    for by in (working_at(country.harbour), country.neighbour, country.member, STRANGER, STEWARD, AUDITOR):
        with pytest.raises(NotPermitted):
            enrolling.accept(enrolment=asked, by=by, at=NOON)
        with pytest.raises(NotPermitted):
            enrolling.refuse(enrolment=asked, reason="x", by=by, at=NOON)
    assert list(Enrolment.objects.for_answer_by(working_at(country.bakery))) == [asked]
    assert not Enrolment.objects.for_answer_by(country.member)
    assert not Enrolment.objects.visible_to(country.neighbour)
    assert not Enrolment.objects.visible_to(STEWARD)


def test_where_nobody_knows_whom_is_meant_the_coordinator_says_it(country):
    asked = wish(country, kvk="87654321", named="Nergens")
    with pytest.raises(Invalid, match="which organisation"):
        enrolling.accept(enrolment=asked, by=DESK, at=NOON)
    enrolling.accept(enrolment=asked, organisation=country.registrar, by=DESK, at=NOON)
    assert runs(country, country.registrar)


def test_an_organisation_cannot_point_at_another(country):
    asked = wish(country)
    enrolling.accept(enrolment=asked, organisation=country.hospital, by=working_at(country.bakery), at=NOON)
    assert runs(country, country.bakery)
    assert not runs(country, country.hospital)


def test_an_organisation_asks_and_the_partner_answers(country):
    own = working_at(country.bakery)
    asked = enrolling.ask(partner=country.harbour_circle, organisation=country.bakery, by=own, at=NOON)
    assert asked.asked_by == "organisation"
    with pytest.raises(NotPermitted):
        enrolling.accept(enrolment=asked, by=own, at=NOON)
    with pytest.raises(NotPermitted):
        enrolling.accept(enrolment=asked, by=country.neighbour, at=NOON)
    enrolling.accept(enrolment=asked, by=country.member, at=NOON)
    assert runs(country, country.bakery)


def test_a_no_has_a_reason_and_a_wish_can_be_taken_back(country):
    asked = wish(country)
    with pytest.raises(Invalid, match="reason"):
        enrolling.refuse(enrolment=asked, reason=" ", by=DESK, at=NOON)
    enrolling.refuse(enrolment=asked, reason="Geen lid", by=DESK, at=NOON)
    with pytest.raises(WrongState):
        enrolling.withdraw(enrolment=asked, by=country.member, at=NOON)
    again = wish(country)
    with pytest.raises(NotPermitted):
        enrolling.withdraw(enrolment=again, by=working_at(country.bakery), at=NOON)
    enrolling.withdraw(enrolment=again, by=country.member, at=NOON)
    assert set(Enrolment.objects.values_list("state", flat=True)) == {"refused", "withdrawn"}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kvk": "123"}, "eight digits"),
        ({"kvk": "", "named": " "}, "name or the KVK"),
        ({"relation": "friend"}, "relation"),
        ({"from_on": TODAY, "until_on": TODAY}, "after the first"),
    ],
)
def test_what_is_no_wish_is_refused(country, fields, words):
    with pytest.raises(Invalid, match=words):
        wish(country, **fields)
    assert not Enrolment.objects.exists()


def test_a_partner_is_not_its_own_constituent(country):
    Partner.objects.filter(pk=country.harbour_circle.pk).update(organisation=country.bakery)
    country.harbour_circle.refresh_from_db()
    with pytest.raises(Invalid, match="own constituency"):
        wish(country)
    unknown = wish(country, kvk="87654321", named="Nergens")
    with pytest.raises(Invalid, match="own constituency"):
        enrolling.accept(enrolment=Enrolment.objects.get(pk=unknown.pk), organisation=country.bakery, by=DESK, at=NOON)


def test_who_has_left_takes_nobody_in(country):
    Partner.objects.filter(pk=country.harbour_circle.pk).update(standing="left", left_at=NOON)
    country.harbour_circle.refresh_from_db()
    with pytest.raises(Invalid, match="take part"):
        wish(country, DESK)


def test_a_membership_ends_on_a_day(country):
    row = Constituency.objects.get(organisation=country.harbour)
    for by in (country.neighbour, working_at(country.hospital), STRANGER, STEWARD, AUDITOR):
        with pytest.raises(NotPermitted):
            enrolling.end(constituency=row, on=TODAY, by=by, at=NOON)
    enrolling.end(constituency=row, on=TODAY + timedelta(days=3), by=country.member, at=NOON)
    enrolling.end(constituency=row, on=TODAY, by=working_at(country.harbour), at=NOON)
    with pytest.raises(WrongState):
        enrolling.end(constituency=row, on=TODAY, by=DESK, at=NOON)
    assert Constituency.objects.get(pk=row.pk).valid_until == TODAY


def test_a_membership_does_not_end_before_it_began(country):
    row = Constituency.objects.get(organisation=country.harbour)
    Constituency.objects.filter(pk=row.pk).update(valid_from=TODAY)
    with pytest.raises(Invalid, match="before the beginning"):
        enrolling.end(constituency=row, on=TODAY - timedelta(days=1), by=DESK, at=NOON)


def test_an_organisation_chooses_one_partner_and_no_partner_chooses_for_it(country):
    first = Constituency.objects.get(organisation=country.harbour)
    second = Constituency.objects.create(partner=country.care_csirt, organisation=country.harbour)
    with pytest.raises(NotPermitted):
        enrolling.choose(constituency=first, by=country.member, at=NOON)
    own = working_at(country.harbour)
    for row in (first, second):
        enrolling.choose(constituency=row, by=own, at=NOON)
        assert list(Constituency.objects.filter(is_chosen=True)) == [row]
    enrolling.choose_none(organisation=country.harbour, by=own, at=NOON)
    assert not Constituency.objects.filter(is_chosen=True).exists()
    with pytest.raises(NotPermitted):
        enrolling.choose_none(organisation=country.harbour, by=country.member, at=NOON)
    Constituency.objects.filter(pk=first.pk).update(valid_until=date(2026, 1, 1))
    with pytest.raises(WrongState):
        enrolling.choose(constituency=first, by=own, at=NOON)


def test_the_way_of_a_notice_follows_the_choice(country):
    from schakel.notices.models import Route
    from tests.reports import taken

    asked = enrolling.ask(
        partner=country.care_csirt, organisation=country.harbour, by=working_at(country.harbour), at=NOON
    )
    row = enrolling.accept(enrolment=asked, by=country.neighbour, at=NOON - timedelta(days=9))
    enrolling.choose(constituency=row, by=working_at(country.harbour), at=NOON)
    taken("192.0.2.10")
    assert Route.objects.get(organisation=country.harbour).partner == country.care_csirt


def test_a_constituency_is_saved_as_a_table(country):
    text = "".join(enrolling.as_csv(partner=country.harbour_circle, by=country.member, at=NOON))
    assert "harbour-circle,harbour,Haven van Zoutwijk,member,no" in text
    assert "Linde" not in text
    with pytest.raises(NotPermitted):
        enrolling.as_csv(partner=country.harbour_circle, by=country.neighbour, at=NOON)
