from datetime import timedelta

import pytest

from schakel.collaboration import interests
from schakel.collaboration.models import ConflictTalk, InterestConflict, InterestStatement
from schakel.kit.refusals import Invalid, NotPermitted, WrongState
from schakel.registry.models import Partner
from tests.cast import AUDITOR, DESK, NOON, STEWARD, STRANGER, member_of


@pytest.fixture
def stated(country):
    return interests.state(
        partner=country.harbour_circle, aims="sneller gewaarschuwd", interests="wij verkopen scans",
        private="in overname", by=country.member, at=NOON,
    )  # fmt: skip


@pytest.fixture
def conflict(country):
    return interests.raise_conflict(
        partner=country.harbour_circle, other=country.care_csirt, what="dezelfde klanten", by=country.member, at=NOON
    )


def test_a_statement_is_given_once_a_year_and_may_be_given_anew(country, stated):
    again = interests.state(
        partner=country.harbour_circle, aims="meer duiding", interests="", by=country.member, at=NOON
    )
    assert (again.pk, again.aims, again.private) == (stated.pk, "meer duiding", "")
    next_year = interests.state(
        partner=country.harbour_circle, aims="x", interests="", by=DESK, at=NOON + timedelta(days=365)
    )
    assert (next_year.year, InterestStatement.objects.count()) == (2027, 2)
    with pytest.raises(Invalid, match="wants to get out"):
        interests.state(partner=country.harbour_circle, aims=" ", interests="", by=DESK, at=NOON)


def test_the_register_is_read_by_partners_and_written_by_each_for_itself(country, stated):
    for actor in (country.member, country.neighbour, DESK):
        assert [*InterestStatement.objects.visible_to(actor)] == [stated]
    for actor in (STRANGER, STEWARD, AUDITOR):
        assert not InterestStatement.objects.visible_to(actor).exists()
    for actor in (country.neighbour, STRANGER, STEWARD):
        with pytest.raises(NotPermitted):
            interests.state(partner=country.harbour_circle, aims="x", interests="", by=actor, at=NOON)


def test_a_partner_that_has_left_is_read_by_the_desk_only(country, stated):
    Partner.objects.filter(pk=country.harbour_circle.pk).update(standing="left", left_at=NOON)
    assert not InterestStatement.objects.visible_to(country.neighbour).exists()
    assert InterestStatement.objects.visible_to(DESK).exists()


def test_the_other_side_knows_of_a_conflict_once_it_is_shared(country, conflict):
    third = member_of(Partner.objects.create(key="third", name="Derde", type="isac"))
    assert [*InterestConflict.objects.visible_to(country.member)] == [conflict]
    for actor in (country.neighbour, third, STRANGER, STEWARD):
        assert not InterestConflict.objects.visible_to(actor).exists()
    for actor in (country.member, country.neighbour):
        with pytest.raises(NotPermitted):
            interests.share(conflict=conflict, by=actor, at=NOON)
    with pytest.raises(NotPermitted):
        interests.talk(conflict=conflict, on=NOON.date(), words="x", by=country.neighbour, at=NOON)
    interests.share(conflict=conflict, by=DESK, at=NOON)
    assert [*InterestConflict.objects.visible_to(country.neighbour)] == [conflict]
    assert not InterestConflict.objects.visible_to(third).exists()
    interests.talk(conflict=conflict, on=NOON.date(), words="samen gezeten", by=country.neighbour, at=NOON)
    with pytest.raises(WrongState):
        interests.share(conflict=conflict, by=DESK, at=NOON)


def test_a_conflict_with_the_network_itself_is_shared_with_nobody(country):
    row = interests.raise_conflict(partner=country.harbour_circle, what="kosten", by=country.member, at=NOON)
    with pytest.raises(WrongState):
        interests.share(conflict=row, by=DESK, at=NOON)
    with pytest.raises(NotPermitted):
        interests.talk(conflict=row, on=NOON.date(), words="x", by=country.neighbour, at=NOON)


def test_talks_end_in_an_outcome(country, conflict):
    interests.talk(conflict=conflict, on=NOON.date(), words="begin", by=country.member, at=NOON)
    with pytest.raises(NotPermitted):
        interests.end(conflict=conflict, state="settled", outcome="x", by=country.member, at=NOON)
    for state, outcome, words in (("open", "x", "what the talks came to"), ("settled", "", "give a reason")):
        with pytest.raises(Invalid, match=words):
            interests.end(conflict=conflict, state=state, outcome=outcome, by=DESK, at=NOON)
    interests.end(conflict=conflict, state="accepted", outcome="leven ermee", by=DESK, at=NOON)
    interests.talk(conflict=conflict, on=NOON.date(), words="nog eens", by=DESK, at=NOON)
    interests.end(conflict=conflict, state="settled", outcome="verdeeld", by=DESK, at=NOON)
    for act, given in (
        (interests.end, {"state": "dropped", "outcome": "x"}),
        (interests.talk, {"on": NOON.date(), "words": "x"}),
    ):
        with pytest.raises(WrongState):
            act(conflict=conflict, by=DESK, at=NOON, **given)
    assert ConflictTalk.objects.count() == 2


def test_what_cannot_be_is_refused_with_the_reason(country, conflict):
    given = {"partner": country.harbour_circle, "by": DESK, "at": NOON}
    with pytest.raises(Invalid, match="say what clashes"):
        interests.raise_conflict(**given, what=" ")
    with pytest.raises(Invalid, match="choose another partner"):
        interests.raise_conflict(**given, what="x", other=country.harbour_circle)
    with pytest.raises(Invalid, match="what was talked about"):
        interests.talk(conflict=conflict, on=NOON.date(), words="", by=DESK, at=NOON)
    with pytest.raises(Invalid, match="still to come"):
        interests.talk(conflict=conflict, on=NOON.date() + timedelta(days=2), words="x", by=DESK, at=NOON)
    with pytest.raises(NotPermitted):
        interests.raise_conflict(partner=country.harbour_circle, what="x", by=country.neighbour, at=NOON)
