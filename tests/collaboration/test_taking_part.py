from datetime import date, timedelta

import pytest

from schakel.collaboration import initiatives, lists, taking_part
from schakel.collaboration.models import Initiative, LessonAnswer, Meeting, Participant, UseCaseLink, still_there
from schakel.kit.refusals import Invalid, NotPermitted, WrongState
from schakel.registry.models import Partner
from tests.cast import DESK, NOON, STEWARD, STRANGER, member_of


def test_a_group_has_partners_and_outside_bodies_for_a_time(country, ours):
    inside = taking_part.take_part(
        initiative=ours, partner=country.care_csirt, role="chair", from_on=date(2026, 1, 1), by=country.member, at=NOON
    )
    outside = taking_part.take_part(initiative=ours, name=" De  Loodsen ", by=country.member, at=NOON)
    assert outside.name == "De Loodsen"
    here = Participant.objects.filter(still_there(NOON.date()))
    assert {*here.all()} == {inside, outside}
    taking_part.leave(participant=inside, by=country.neighbour, at=NOON)
    assert {*here.all()} == {outside}
    with pytest.raises(WrongState):
        taking_part.leave(participant=inside, by=DESK, at=NOON)
    with pytest.raises(NotPermitted):
        taking_part.leave(participant=outside, by=country.neighbour, at=NOON)


def test_who_never_began_leaves_no_backward_span(country, ours):
    later = NOON.date() + timedelta(days=30)
    row = taking_part.take_part(initiative=ours, name="Later", from_on=later, by=DESK, at=NOON)
    taking_part.leave(participant=row, by=DESK, at=NOON)
    row.refresh_from_db()
    assert row.until_on == row.from_on == later


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "choose a partner or name a body"),
        ({"name": "X", "partner": True}, "choose a partner or name a body"),
        ({"name": "X", "role": "king"}, "role is not known: king"),
        ({"name": "Er al"}, "takes part already"),
    ],
)
def test_who_cannot_take_part_is_refused_with_the_reason(country, ours, given, words):
    taking_part.take_part(initiative=ours, name="Er al", by=DESK, at=NOON)
    given = given | ({"partner": country.care_csirt} if given.get("partner") else {})
    with pytest.raises(Invalid, match=words):
        taking_part.take_part(initiative=ours, by=DESK, at=NOON, **given)
    assert Participant.objects.count() == 1


def test_meetings_are_written_down_by_the_owner(country, ours):
    given = {"initiative": ours, "on": NOON.date(), "at": NOON}
    taking_part.meet(**given, subject=" Voorjaar ", outcome="door", attended_count=8, by=country.member)
    row = Meeting.objects.get()
    assert (row.subject, row.attended_count) == ("Voorjaar", 8)
    with pytest.raises(Invalid, match="what the meeting is about"):
        taking_part.meet(**given, subject="", by=DESK)
    with pytest.raises(Invalid, match="number of people"):
        taking_part.meet(**given, subject="x", attended_count=-1, by=DESK)
    for actor in (country.neighbour, STRANGER, STEWARD):
        with pytest.raises(NotPermitted):
            taking_part.meet(**given, subject="x", by=actor)


def test_partners_join_use_cases_themselves_and_are_counted_once(country, ours):
    case = taking_part.add_use_case(initiative=ours, name="Delen", by=country.member, at=NOON)
    own = taking_part.link(use_case=case, partner=country.care_csirt, part="levert", by=country.neighbour, at=NOON)
    with pytest.raises(Invalid, match="works on it already"):
        taking_part.link(use_case=case, partner=country.care_csirt, by=DESK, at=NOON)
    taking_part.link(use_case=case, partner=country.harbour_circle, by=country.member, at=NOON)
    assert UseCaseLink.objects.filter(use_case=case).count() == 2
    taking_part.unlink(link=own, by=country.neighbour, at=NOON)
    assert UseCaseLink.objects.filter(still_there(NOON.date()), use_case=case).count() == 1
    for name, words in (("", "give the use case a name"), ("Delen", "has a use case of that name")):
        with pytest.raises(Invalid, match=words):
            taking_part.add_use_case(initiative=ours, name=name, by=DESK, at=NOON)


def test_a_partner_links_no_other_partner_to_what_is_not_its_own(country, theirs):
    case = taking_part.add_use_case(initiative=theirs, name="Delen", by=country.neighbour, at=NOON)
    with pytest.raises(NotPermitted):
        taking_part.link(use_case=case, partner=country.care_csirt, by=country.member, at=NOON)
    row = taking_part.link(use_case=case, partner=country.care_csirt, by=country.neighbour, at=NOON)
    for actor in (country.member, STRANGER, STEWARD):
        with pytest.raises(NotPermitted):
            taking_part.unlink(link=row, by=actor, at=NOON)


def test_nobody_starts_on_what_has_stopped(country, ours):
    from schakel.collaboration import initiatives

    case = taking_part.add_use_case(initiative=ours, name="Delen", by=DESK, at=NOON)
    initiatives.decide(initiative=ours, state="stop", reason="klaar", by=DESK, at=NOON)
    with pytest.raises(WrongState):
        taking_part.link(use_case=case, partner=country.care_csirt, by=DESK, at=NOON)


def test_the_lessons_are_a_checklist_of_fifteen_answered_per_initiative(country, ours, theirs):
    slugs = [lesson.slug for lesson in lists.lessons()]
    assert len(slugs) == len({*slugs}) == 15
    assert {lesson.group for lesson in lists.lessons()} == {"organisation", "execution", "results"}
    answers = {slugs[0]: ("yes", ""), slugs[1]: ("no", "nog niet")}
    assert taking_part.answer_lessons(initiative=ours, answers=answers, by=country.member, at=NOON) == 2
    taking_part.answer_lessons(initiative=ours, answers={slugs[1]: ("partly", "begin")}, by=country.member, at=NOON)
    assert [*LessonAnswer.objects.order_by("pk").values_list("lesson", "state", "words")] == [
        (slugs[0], "yes", ""), (slugs[1], "partly", "begin"),
    ]  # fmt: skip
    with pytest.raises(Invalid, match="lesson is not known: be-nice"):
        taking_part.answer_lessons(initiative=ours, answers={"be-nice": ("yes", "")}, by=DESK, at=NOON)
    with pytest.raises(Invalid, match="one of the answers"):
        taking_part.answer_lessons(initiative=ours, answers={slugs[2]: ("maybe", "")}, by=DESK, at=NOON)
    with pytest.raises(NotPermitted):
        taking_part.answer_lessons(initiative=ours, answers=answers, by=country.neighbour, at=NOON)
    assert LessonAnswer.objects.count() == 2


def test_a_partner_joins_by_itself_what_looks_for_partners(country, make):
    row = make("Idee", owner=country.harbour_circle, seeks="Wie doet mee?")
    given = {"initiative": row, "at": NOON}
    taken = taking_part.take_part(partner=country.care_csirt, by=country.neighbour, **given)
    assert (taken.role, taken.partner) == ("member", country.care_csirt)
    third = Partner.objects.create(key="third", name="Derde", type="isac")
    for partner, by, role in (
        (third, country.neighbour, "member"),  # Another's.
        (third, STRANGER, "member"),
        (third, STEWARD, "member"),
        (third, member_of(third), "chair"),  # The owner says who leads.
    ):
        with pytest.raises(NotPermitted):
            taking_part.take_part(partner=partner, role=role, by=by, **given)
    with pytest.raises(NotPermitted):
        taking_part.take_part(name="Een club", by=country.neighbour, **given)


@pytest.mark.parametrize("state", ["stop", ""])
def test_what_has_stopped_or_looks_for_nobody_is_not_joined(country, make, state):
    row = make("Idee", owner=country.harbour_circle, seeks="Wie doet mee?" if state else "")
    if state:
        initiatives.decide(initiative=row, state=state, reason="Genoeg", by=DESK, at=NOON)
        row.refresh_from_db()
    with pytest.raises(NotPermitted):
        taking_part.take_part(initiative=row, partner=country.care_csirt, by=country.neighbour, at=NOON)
    assert row not in Initiative.objects.seeking()
