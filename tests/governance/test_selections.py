import pytest
from django.db import IntegrityError, transaction

from schakel.governance.models import Criterion, Decision, Offering, RoundState, SelectionRound
from schakel.governance.selections import close_round, decide, open_round, propose, score
from schakel.journal.queries import last
from schakel.kit.refusals import Invalid, NotPermitted, WrongState
from tests.cast import AUDITOR, DESK, NOON, STEWARD, STRANGER

FULL = dict.fromkeys(Criterion.values, 4)


@pytest.fixture
def selection(db):
    return open_round(function="knowledge", year=2026, places=1, by=DESK, at=NOON)


def put(selection, title, **fields):
    return propose(selection=selection, title=title, kind="product", by=DESK, at=NOON, **fields)


def weigh(offering, points=None):
    score(offering=offering, points=points or FULL, words={"plans": "Past"}, by=DESK, at=NOON)


def choose(offering, decision=Decision.CHOSEN, reason="Sterk"):
    decide(offering=offering, decision=decision, reason=reason, by=DESK, at=NOON)


def test_a_year_is_chosen_and_the_next_year_begins_with_what_was_kept(selection):
    hall, words, game = put(selection, "Centrale hal"), put(selection, "Woordenlijst"), put(selection, "Spel")
    weigh(hall)
    choose(hall)
    choose(words, Decision.LATER, "Eerst de hal")
    choose(game, Decision.DECLINED, "Past niet")
    close_round(selection=selection, by=DESK, at=NOON)
    assert (selection.state, selection.closed_at) == (RoundState.CLOSED, NOON)
    following = open_round(function="knowledge", year=2027, places=2, by=DESK, at=NOON)
    carried = following.offerings.order_by("pk")
    assert [(one.title, one.before, one.decision) for one in carried] == [
        ("Centrale hal", hall, "open"),
        ("Woordenlijst", words, "open"),
    ]
    assert last(to=AUDITOR, limit=1)[0].facts == {"function": "knowledge", "year": 2027, "carried": 2}


def test_another_function_or_an_open_round_carries_nothing(selection):
    put(selection, "Centrale hal")
    assert not open_round(function="knowledge", year=2027, places=1, by=DESK, at=NOON).offerings.exists()
    assert not open_round(function="exercise", year=2027, places=1, by=DESK, at=NOON).offerings.exists()


def test_points_may_be_given_again(selection):
    hall = put(selection, "Centrale hal")
    weigh(hall)
    weigh(hall, {"plans": 1})
    assert dict(hall.scores.values_list("criterion", "points")) == {**FULL, "plans": 1}


def test_what_is_chosen_was_weighed_on_every_criterion(selection):
    hall = put(selection, "Centrale hal")
    with pytest.raises(Invalid, match=r"weigh it first on: .*capacity"):
        choose(hall)
    weigh(hall, {name: 3 for name in Criterion.values if name != "events"})
    with pytest.raises(Invalid, match="events and threats"):
        choose(hall)


def test_no_more_is_chosen_than_there_are_places(selection):
    first, second = put(selection, "Een"), put(selection, "Twee")
    for one in (first, second):
        weigh(one)
    choose(first)
    choose(first, reason="Nog eens, met betere woorden")
    with pytest.raises(Invalid, match="all places"):
        choose(second)
    choose(first, Decision.LATER)
    choose(second)
    second.refresh_from_db()
    assert second.decision == Decision.CHOSEN


def test_a_round_is_closed_when_all_is_decided(selection):
    with pytest.raises(Invalid, match="nothing was put forward"):
        close_round(selection=selection, by=DESK, at=NOON)
    put(selection, "Een")
    with pytest.raises(Invalid, match="1 of this round are not decided"):
        close_round(selection=selection, by=DESK, at=NOON)


def test_a_closed_round_stays_as_it_is(selection):
    one = put(selection, "Een")
    choose(one, Decision.DECLINED)
    close_round(selection=selection, by=DESK, at=NOON)
    for act in (
        lambda: put(selection, "Twee"),
        lambda: weigh(one),
        lambda: choose(one, Decision.LATER),
        lambda: close_round(selection=selection, by=DESK, at=NOON),
    ):
        with pytest.raises(WrongState):
            act()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"year": 1999}, "the year lies between"),
        ({"places": 0}, "number of places"),
        ({"year": 2026}, "a round for that year already"),
        ({"function": "budget"}, "no function of this name"),
    ],
)
def test_what_cannot_be_a_round_is_refused(selection, given, words):
    with pytest.raises(Invalid, match=words):
        open_round(**{"function": "knowledge", "year": 2030, "places": 1, **given}, by=DESK, at=NOON)
    assert SelectionRound.objects.count() == 1


def test_what_cannot_be_put_forward_weighed_or_decided_is_refused(selection):
    hall = put(selection, "Centrale hal")
    for title, kind, words in (
        ("", "product", "a name"),
        ("x", "dream", "product or a service"),
        ("CENTRALE hal", "product", "already"),
    ):
        with pytest.raises(Invalid, match=words):
            propose(selection=selection, title=title, kind=kind, by=DESK, at=NOON)
    for points, words in (({"price": 3}, "no criterion named price"), ({"plans": 6}, "1 to 5"), ({}, "1 to 5")):
        with pytest.raises(Invalid, match=words):
            score(offering=hall, points=points, words={}, by=DESK, at=NOON)
    for decision, reason, words in (("open", "x", "not known"), ("later", " ", "give a reason")):
        with pytest.raises(Invalid, match=words):
            choose(hall, decision, reason)


def test_only_who_directs_chooses_and_members_read_what_was_chosen(country, selection):
    hall = put(selection, "Centrale hal")
    for actor in (country.member, STEWARD, AUDITOR, STRANGER):
        for act in (
            lambda by: open_round(function="knowledge", year=2030, places=1, by=by, at=NOON),
            lambda by: propose(selection=selection, title="x", kind="product", by=by, at=NOON),
            lambda by: score(offering=hall, points=FULL, words={}, by=by, at=NOON),
            lambda by: decide(offering=hall, decision="later", reason="x", by=by, at=NOON),
            lambda by: close_round(selection=selection, by=by, at=NOON),
        ):
            with pytest.raises(NotPermitted):
                act(actor)
        assert not SelectionRound.objects.visible_to(actor).exists()
    choose(hall, Decision.DECLINED)
    close_round(selection=selection, by=DESK, at=NOON)
    for actor, sees in ((country.member, True), (STEWARD, True), (AUDITOR, False), (STRANGER, False)):
        assert SelectionRound.objects.visible_to(actor).exists() is sees


def test_the_database_holds_decisions_and_points_to_their_rules(selection):
    hall = put(selection, "Centrale hal")
    weigh(hall)
    for wrong in ({"decision": "chosen"}, {"reason": "Zomaar"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Offering.objects.filter(pk=hall.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        hall.scores.update(points=6)
    with pytest.raises(IntegrityError), transaction.atomic():
        SelectionRound.objects.filter(pk=selection.pk).update(state="closed")
