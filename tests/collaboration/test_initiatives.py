from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from schakel.collaboration import initiatives
from schakel.collaboration.descriptions import Description
from schakel.collaboration.models import (
    STALE_DAYS,
    Initiative,
    InitiativeState,
    InitiativeStep,
    Milestone,
    Outcome,
    Tie,
)
from schakel.kit.refusals import Invalid, NotPermitted, WrongState
from tests.cast import AUDITOR, DESK, NOON, STEWARD, STRANGER

S = InitiativeState


def steps_of(initiative):
    return list(initiative.steps.order_by("pk").values_list("step", "became", "by"))


def test_a_partner_adds_its_own_and_the_desk_anything(make, country):
    own = make("Eigen werk", by=country.member, owner=country.harbour_circle)
    assert (own.slug, own.state, own.tie, own.checked_on) == ("eigen-werk", "undecided", "unknown", NOON.date())
    assert steps_of(own) == [("added", "", "member")]
    assert make("Van een ander", owner_name="Iemand").owner_name == "Iemand"


@pytest.mark.parametrize("owner", ["care_csirt", None])
def test_a_partner_adds_nothing_for_another_or_for_nobody(make, country, owner):
    with pytest.raises(NotPermitted):
        make("Van wie", by=country.member, owner=getattr(country, owner) if owner else None)
    assert not Initiative.objects.exists()


@pytest.mark.parametrize("actor", [STRANGER, STEWARD, AUDITOR], ids=lambda actor: actor.name)
def test_who_is_no_member_adds_and_sees_nothing(make, ours, actor):
    with pytest.raises(NotPermitted):
        make("Van buiten", by=actor)
    assert not Initiative.objects.visible_to(actor).exists()
    assert not Initiative.objects.managed_by(actor).exists()


def test_members_see_the_whole_register_and_change_their_own(country, ours, theirs, outside):
    for actor in (country.member, country.neighbour, DESK):
        assert Initiative.objects.visible_to(actor).count() == 3
    assert [*Initiative.objects.managed_by(country.member)] == [ours]
    assert [*Initiative.objects.managed_by(country.neighbour)] == [theirs]
    assert Initiative.objects.managed_by(DESK).count() == 3


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": "  "}, "give the initiative a name"),
        ({"kind": "dream"}, "kind of initiative is not known: dream"),
        ({"functions": ("notification", "cooking")}, "function is not known: cooking"),
        ({"owner_name": "X", "owner": "harbour"}, "not both"),
        ({"url": "ftp://example.org"}, "must be a web address"),
        ({"began_in": 2024, "ended_in": 2023}, "the last year lies before the first"),
        ({"began_in": 3}, "this year cannot be right"),
    ],
)
def test_a_description_that_cannot_be_is_refused_with_the_reason(country, given, words):
    given = {"name": "x", "kind": "project", **given}
    if given.get("owner"):
        given["owner"] = country.harbour_circle
    with pytest.raises(Invalid, match=words):
        initiatives.add(description=Description(**given), by=DESK, at=NOON)
    assert not Initiative.objects.exists()


def test_no_address_of_a_page_and_no_address_twice(make):
    assert [make(name).slug for name in ("New", "Merges", "Wacht", "Wacht", "!!")] == [
        "new-2", "merges-2", "wacht", "wacht-2", "initiative",
    ]  # fmt: skip


def test_an_owner_describes_its_own_and_keeps_it(country, ours, theirs):
    told = Description(name="Havenwacht plus", kind="programme", owner=country.harbour_circle, audience="reders")
    initiatives.edit(initiative=ours, description=told, by=country.member, at=NOON)
    ours.refresh_from_db()
    assert (ours.name, ours.kind, ours.audience, ours.slug) == ("Havenwacht plus", "programme", "reders", "havenwacht")
    with pytest.raises(NotPermitted):
        initiatives.edit(initiative=theirs, description=told, by=country.member, at=NOON)
    given_away = Description(name="x", kind="project", owner=country.care_csirt)
    with pytest.raises(NotPermitted):
        initiatives.edit(initiative=ours, description=given_away, by=country.member, at=NOON)
    initiatives.edit(initiative=ours, description=given_away, by=DESK, at=NOON)
    assert ours.owner == country.care_csirt
    assert [step for step, *_ in steps_of(ours)] == ["added", "edited", "handed-over"]


@pytest.mark.parametrize("state", [S.CONTINUE, S.DEVELOP, S.STOP])
def test_a_decision_is_kept_with_its_reason(country, ours, state):
    initiatives.decide(initiative=ours, state=state, reason=" loopt goed ", by=country.member, at=NOON)
    ours.refresh_from_db()
    assert (ours.state, ours.state_reason) == (state, "loopt goed")
    assert steps_of(ours)[-1] == ("decided", state, "member")
    assert ours.is_running is (state != S.STOP)


def test_a_decision_needs_a_reason_the_right_and_a_state_that_one_can_decide(country, ours):
    with pytest.raises(Invalid, match="give a reason"):
        initiatives.decide(initiative=ours, state=S.STOP, reason=" ", by=country.member, at=NOON)
    for state in (S.MERGED, S.UNDECIDED):
        with pytest.raises(Invalid, match="needs both owners"):
            initiatives.decide(initiative=ours, state=state, reason="x", by=DESK, at=NOON)
    for actor in (country.neighbour, STRANGER, STEWARD):
        with pytest.raises(NotPermitted):
            initiatives.decide(initiative=ours, state=S.STOP, reason="x", by=actor, at=NOON)
    ours.refresh_from_db()
    assert ours.state == S.UNDECIDED


def test_what_has_stopped_can_begin_again(ours):
    for state in (S.CONTINUE, S.CONTINUE, S.STOP, S.DEVELOP):
        initiatives.decide(initiative=ours, state=state, reason=f"nu {state}", by=DESK, at=NOON)
    assert ours.is_running
    initiatives.decide(initiative=ours, state=S.STOP, reason="klaar", by=DESK, at=NOON)
    with pytest.raises(WrongState):
        initiatives.decide(initiative=ours, state=S.STOP, reason="nog eens", by=DESK, at=NOON)


def test_coupling_is_assessed_by_the_desk_and_every_assessment_stays(country, ours):
    for outcome, tie in ((Outcome.LEAVE, Tie.OUTSIDE), (Outcome.COUPLE, Tie.LINKED)):
        initiatives.assess(initiative=ours, outcome=outcome, tie=tie, reason="bekeken", by=DESK, at=NOON)
    ours.refresh_from_db()
    assert (ours.outcome, ours.tie, ours.assessments.count()) == ("couple", "linked", 2)
    with pytest.raises(NotPermitted):
        initiatives.assess(initiative=ours, outcome="leave", tie="outside", reason="x", by=country.member, at=NOON)
    with pytest.raises(Invalid, match="give a reason"):
        initiatives.assess(initiative=ours, outcome="leave", tie="outside", reason="", by=DESK, at=NOON)
    with pytest.raises(Invalid, match="choose an outcome"):
        initiatives.assess(initiative=ours, outcome="wait", tie="outside", reason="x", by=DESK, at=NOON)


def test_there_is_one_central_programme(ours, theirs, country):
    for one in (ours, theirs):
        initiatives.make_central(initiative=one, by=DESK, at=NOON)
    ours.refresh_from_db()
    theirs.refresh_from_db()
    assert (ours.is_central, ours.tie, theirs.is_central, theirs.tie) == (False, "unknown", True, "part")
    with pytest.raises(Invalid, match="central programme itself"):
        initiatives.assess(initiative=theirs, outcome="leave", tie="outside", reason="x", by=DESK, at=NOON)
    with pytest.raises(NotPermitted):
        initiatives.make_central(initiative=ours, by=country.member, at=NOON)
    assert [*Initiative.objects.not_in_the_centre()] == [ours]


def test_what_nobody_checked_for_a_year_is_stale(country, ours, theirs):
    next_year = NOON + timedelta(days=STALE_DAYS)
    assert not Initiative.objects.stale(NOON.date()).exists()
    initiatives.check(initiative=ours, by=country.member, at=NOON + timedelta(days=1))
    assert [*Initiative.objects.stale(next_year.date())] == [theirs]
    assert theirs.is_stale(next_year.date())
    assert not ours.is_stale(next_year.date())
    initiatives.decide(initiative=theirs, state=S.STOP, reason="klaar", by=DESK, at=NOON)
    assert not Initiative.objects.stale(next_year.date()).exists()
    with pytest.raises(NotPermitted):
        initiatives.check(initiative=ours, by=country.neighbour, at=NOON)


def test_a_milestone_is_written_once(country, ours):
    for _again in range(2):
        initiatives.add_milestone(
            initiative=ours, on=date(2024, 1, 1), precision="year", words="Begin", by=country.member, at=NOON
        )
    assert Milestone.objects.count() == 1
    for precision, given, words in (("day", " ", "say what happened"), ("hour", "x", "how exactly")):
        with pytest.raises(Invalid, match=words):
            initiatives.add_milestone(
                initiative=ours, on=NOON.date(), precision=precision, words=given, by=DESK, at=NOON
            )
    with pytest.raises(NotPermitted):
        initiatives.add_milestone(
            initiative=ours, on=NOON.date(), precision="day", words="x", by=country.neighbour, at=NOON
        )


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "merged"},
        {"state": "stop", "state_reason": ""},
        {"owner_name": "Iemand"},
        {"is_central": True},
        {"began_in": 2025, "ended_in": 2020},
    ],
)
def test_the_database_would_catch_us_lying(ours, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        Initiative.objects.filter(pk=ours.pk).update(**fields)


def test_every_act_stands_in_the_journal(country, ours):
    from schakel.journal.models import Event

    initiatives.decide(initiative=ours, state=S.CONTINUE, reason="goed", by=country.member, at=NOON)
    tags = [*Event.objects.order_by("number").values_list("tag", "actor")]
    assert tags[-2:] == [
        ("collaboration.initiative.added", "desk"),
        ("collaboration.initiative.decided", "member"),
    ]
    assert InitiativeStep.objects.filter(initiative=ours).count() == 2
