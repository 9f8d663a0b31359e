import pytest
from django.db import IntegrityError, transaction

from schakel.governance.models import Question, QuestionState
from schakel.governance.questions import answer, ask, decline, pass_on, put_forward, take
from schakel.governance.selections import open_round
from schakel.journal.queries import last
from schakel.kit.refusals import Invalid, NotPermitted, WrongState
from tests.cast import AUDITOR, DESK, NOON, STEWARD, STRANGER


@pytest.fixture
def question(country):
    return asked(country.member, country.harbour_circle)


def asked(by, partner, title="Wanneer oefenen wij?", **fields):
    given = {"function": "exercise", "words": "Onze leden vragen erom.", **fields}
    return ask(title=title, partner=partner, by=by, at=NOON, **given)


def test_a_question_is_taken_up_and_answered(question):
    take(question=question, by=DESK, at=NOON, owner="Oefenteam")
    assert question.owner == "Oefenteam"
    answer(question=question, words=" In mei. ", by=DESK, at=NOON)
    question.refresh_from_db()
    assert (question.state, question.answer, question.settled_at) == (QuestionState.ANSWERED, "In mei.", NOON)
    take(question=question, by=DESK, at=NOON)
    assert (question.state, question.settled_at, question.owner) == (QuestionState.TAKEN, None, "desk")
    tags = [event.tag for event in last(to=AUDITOR, limit=4)]
    assert tags == [
        "governance.question.taken",
        "governance.question.answered",
        "governance.question.taken",
        "governance.question.asked",
    ]


def test_the_journal_holds_no_words_of_a_question(question):
    decline(question=question, words="Past niet bij het netwerk.", by=DESK, at=NOON)
    assert "Wanneer" not in str([event.facts for event in last(to=AUDITOR, limit=9)])


def test_a_settled_question_is_not_settled_again(question):
    decline(question=question, words="Past niet bij het netwerk.", by=DESK, at=NOON)
    for act in (answer, decline):
        with pytest.raises(WrongState):
            act(question=question, words="Toch", by=DESK, at=NOON)
    with pytest.raises(WrongState):
        pass_on(question=question, function="knowledge", by=DESK, at=NOON)


def test_a_question_goes_to_another_function_or_to_the_network(question):
    pass_on(question=question, function="", by=DESK, at=NOON)
    assert question.function == ""
    with pytest.raises(Invalid, match="no function of this name"):
        pass_on(question=question, function="budget", by=DESK, at=NOON)


def test_a_question_becomes_a_candidate_once(question):
    selection = open_round(function="exercise", year=2027, places=1, by=DESK, at=NOON)
    other = open_round(function="knowledge", year=2027, places=1, by=DESK, at=NOON)
    with pytest.raises(Invalid, match="another function"):
        put_forward(question=question, selection=other, by=DESK, at=NOON)
    offering = put_forward(question=question, selection=selection, by=DESK, at=NOON)
    assert (offering.title, offering.round) == ("Wanneer oefenen wij?", selection)
    with pytest.raises(WrongState):
        put_forward(question=question, selection=selection, by=DESK, at=NOON)


def test_words_are_needed(country, question):
    with pytest.raises(Invalid, match="write down your question"):
        asked(country.member, country.harbour_circle, title="  ")
    with pytest.raises(Invalid, match="no function"):
        asked(country.member, country.harbour_circle, function="budget")
    for act in (answer, decline):
        with pytest.raises(Invalid, match="say something"):
            act(question=question, words=" ", by=DESK, at=NOON)


def test_a_partner_asks_for_itself_only(country):
    assert asked(country.member, country.harbour_circle).partner == country.harbour_circle
    assert asked(DESK, None).partner is None
    for actor, partner in (
        (country.neighbour, country.harbour_circle),
        (country.member, None),
        (STEWARD, country.harbour_circle),
        (STEWARD, None),
        (STRANGER, country.harbour_circle),
        (AUDITOR, None),
    ):
        with pytest.raises(NotPermitted):
            asked(actor, partner)


def test_a_question_is_for_who_asked_and_who_directs(country, question):
    for actor, sees in (
        (DESK, True), (country.member, True), (country.neighbour, False), (STEWARD, False), (AUDITOR, False),
        (STRANGER, False),
    ):  # fmt: skip
        assert Question.objects.visible_to(actor).exists() is sees


def test_a_shared_question_is_read_by_partners_once_it_is_answered(country):
    shared = asked(country.member, country.harbour_circle, is_shared=True)
    assert not Question.objects.visible_to(country.neighbour).exists()
    answer(question=shared, words="In mei.", by=DESK, at=NOON)
    assert Question.objects.visible_to(country.neighbour).get() == shared
    for actor in (STEWARD, AUDITOR, STRANGER):
        assert not Question.objects.visible_to(actor).exists()


def test_only_who_directs_settles(country, question):
    selection = open_round(function="exercise", year=2027, places=1, by=DESK, at=NOON)
    for actor in (country.member, country.neighbour, STEWARD, AUDITOR, STRANGER):
        for act in (
            lambda by: take(question=question, by=by, at=NOON),
            lambda by: answer(question=question, words="x", by=by, at=NOON),
            lambda by: decline(question=question, words="x", by=by, at=NOON),
            lambda by: pass_on(question=question, function="", by=by, at=NOON),
            lambda by: put_forward(question=question, selection=selection, by=by, at=NOON),
        ):
            with pytest.raises(NotPermitted):
                act(actor)
    question.refresh_from_db()
    assert question.state == QuestionState.NEW


def test_the_database_wants_words_with_an_end(question):
    for wrong in ({"state": "answered"}, {"settled_at": NOON}, {"state": "declined", "settled_at": NOON}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Question.objects.filter(pk=question.pk).update(**wrong)
