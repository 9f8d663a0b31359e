import pytest

from schakel.collaboration import initiatives, merging, taking_part
from schakel.collaboration.merging import Side
from schakel.collaboration.models import Initiative, MergeProposal, Participant, UseCaseLink
from schakel.kit.refusals import Invalid, NotPermitted, WrongState
from tests.cast import DESK, NOON, STEWARD, STRANGER


def propose(source, target, *, by=DESK):
    return merging.propose(source=source, target=target, reason="samen sterker", by=by, at=NOON)


def agree(proposal, side, *, by, words=""):
    merging.agree(proposal=proposal, side=side, words=words, by=by, at=NOON)


def state_of(initiative):
    return Initiative.objects.get(pk=initiative.pk).state


def test_a_merger_happens_when_both_owners_have_agreed_and_not_before(country, ours, theirs):
    proposal = propose(ours, theirs, by=country.member)
    assert (proposal.state, proposal.source_agreed_at, proposal.target_agreed_at) == ("open", NOON, None)
    assert state_of(ours) == "undecided"
    agree(proposal, Side.TARGET, by=country.neighbour)
    ours.refresh_from_db()
    proposal.refresh_from_db()
    assert (ours.state, ours.successor, ours.state_reason) == ("merged", theirs, "samen sterker")
    assert (proposal.state, proposal.ended_at) == ("done", NOON)
    theirs.refresh_from_db()
    assert theirs.functions == ["knowledge", "notification"]
    assert [*theirs.predecessors.all()] == [ours]
    for one, other in ((ours, theirs), (theirs, ours)):
        assert one.steps.filter(step="merged", became=other.slug).exists()


def test_nobody_agrees_for_another_partner_not_even_the_desk(country, ours, theirs):
    proposal = propose(ours, theirs)
    assert (proposal.source_agreed_at, proposal.target_agreed_at) == (None, None)
    for actor in (DESK, country.neighbour, STRANGER, STEWARD):
        with pytest.raises(NotPermitted):
            agree(proposal, Side.SOURCE, by=actor, words="namens hen")
    assert state_of(ours) == "undecided"


def test_for_an_outside_body_the_desk_writes_down_who_agreed(country, ours, outside):
    proposal = propose(ours, outside, by=country.member)
    with pytest.raises(NotPermitted):
        agree(proposal, Side.TARGET, by=country.member, words="het bestuur")
    with pytest.raises(Invalid, match="who of the owner agreed"):
        agree(proposal, Side.TARGET, by=DESK)
    agree(proposal, Side.TARGET, by=DESK, words="het bestuur, bij brief")
    proposal.refresh_from_db()
    assert (proposal.state, proposal.target_words) == ("done", "het bestuur, bij brief")


def test_one_owner_of_both_needs_nobody_else(country, make, ours):
    other = make("Kadewacht", owner=country.harbour_circle)
    assert propose(other, ours, by=country.member).state == "done"
    assert state_of(other) == "merged"


def test_only_an_owner_or_the_desk_proposes(country, ours, theirs, outside):
    for actor in (STRANGER, STEWARD):
        with pytest.raises(NotPermitted):
            propose(ours, theirs, by=actor)
    with pytest.raises(NotPermitted):
        propose(theirs, outside, by=country.member)
    assert not MergeProposal.objects.exists()


def test_what_cannot_merge_is_refused_with_the_reason(ours, theirs, outside):
    with pytest.raises(Invalid, match="with itself"):
        propose(ours, ours)
    initiatives.decide(initiative=outside, state="stop", reason="klaar", by=DESK, at=NOON)
    with pytest.raises(Invalid, match="must still run"):
        propose(ours, outside)
    initiatives.make_central(initiative=theirs, by=DESK, at=NOON)
    with pytest.raises(Invalid, match="first make another one central"):
        propose(theirs, ours)
    propose(ours, theirs)
    with pytest.raises(Invalid, match="open proposal"):
        propose(ours, theirs)


def test_either_side_refuses_and_the_proposer_withdraws(country, ours, theirs):
    proposal = propose(ours, theirs, by=country.member)
    with pytest.raises(Invalid, match="give a reason"):
        merging.refuse(proposal=proposal, reason="", by=country.neighbour, at=NOON)
    with pytest.raises(NotPermitted):
        merging.withdraw(proposal=proposal, reason="x", by=country.neighbour, at=NOON)
    merging.refuse(proposal=proposal, reason="andere doelgroep", by=country.neighbour, at=NOON)
    for act in (merging.refuse, merging.withdraw):
        with pytest.raises(WrongState):
            act(proposal=proposal, reason="x", by=country.member, at=NOON)
    with pytest.raises(WrongState):
        agree(proposal, Side.TARGET, by=country.neighbour)
    again = propose(ours, theirs, by=country.member)
    merging.withdraw(proposal=again, reason="vergissing", by=country.member, at=NOON)
    assert state_of(ours) == "undecided"
    with pytest.raises(NotPermitted):
        merging.refuse(proposal=again, reason="x", by=DESK, at=NOON)


def test_agreeing_twice_changes_nothing(country, ours, theirs):
    proposal = propose(ours, theirs, by=country.member)
    with pytest.raises(WrongState):
        agree(proposal, Side.SOURCE, by=country.member)


def test_a_merger_with_what_stopped_meanwhile_does_not_happen(country, ours, theirs):
    proposal = propose(ours, theirs, by=country.member)
    initiatives.decide(initiative=theirs, state="stop", reason="geld op", by=DESK, at=NOON)
    with pytest.raises(WrongState):
        agree(proposal, Side.TARGET, by=country.neighbour)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.target_agreed_at, state_of(ours)) == ("open", None, "undecided")


def test_what_the_source_had_goes_on_in_the_target(country, ours, theirs):
    for one in (ours, theirs):
        taking_part.take_part(initiative=one, partner=country.care_csirt, by=DESK, at=NOON)
    taking_part.take_part(initiative=ours, name="Loodsen", by=DESK, at=NOON)
    same = [taking_part.add_use_case(initiative=one, name="Delen", by=DESK, at=NOON) for one in (ours, theirs)]
    only = taking_part.add_use_case(initiative=ours, name="Schepen", by=DESK, at=NOON)
    for case in (*same, only):
        taking_part.link(use_case=case, partner=country.care_csirt, by=DESK, at=NOON)
    taking_part.link(use_case=same[0], partner=country.harbour_circle, by=DESK, at=NOON)
    agree(propose(ours, theirs, by=country.member), Side.TARGET, by=country.neighbour)
    there = Participant.objects.filter(initiative=theirs, until_on=None).values_list("partner__name", "name")
    assert sorted(map(str, there)) == ["('Zorg-CSIRT', '')", "(None, 'Loodsen')"]
    assert sorted(theirs.use_cases.values_list("name", flat=True)) == ["Delen", "Schepen"]
    linked = UseCaseLink.objects.filter(use_case__initiative=theirs).values_list("use_case__name", "partner__key")
    assert sorted(linked) == [("Delen", "care-csirt"), ("Delen", "harbour-circle"), ("Schepen", "care-csirt")]


def test_who_wanted_to_join_the_source_is_asked_again_about_the_target(country, make, ours, theirs, outside):
    waiting = propose(outside, ours, by=country.member)
    back = propose(theirs, ours, by=country.neighbour)
    agree(propose(ours, theirs, by=country.member), Side.TARGET, by=country.neighbour)
    waiting.refresh_from_db()
    back.refresh_from_db()
    assert (waiting.state, waiting.target, waiting.target_agreed_at) == ("open", theirs, None)
    assert (back.state, back.ended_at) == ("withdrawn", NOON)


def test_owner_neighbour_and_stranger_see_each_their_own_proposals(country, make, ours, theirs, outside):
    ours_too = make("Kadewacht", owner=country.harbour_circle)
    one, other = propose(ours, outside), propose(outside, theirs)
    both = propose(ours_too, theirs)
    seen = {actor.name: {*MergeProposal.objects.visible_to(actor)} for actor in
            (country.member, country.neighbour, STRANGER, STEWARD, DESK)}  # fmt: skip
    assert seen == {
        "member": {one, both}, "neighbour": {other, both}, "stranger": set(), "steward": set(),
        "desk": {one, other, both},
    }  # fmt: skip
