"""What members ask, and what becomes of it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from schakel.governance.models import Question
from schakel.governance.questions import answer, ask
from schakel.governance.selections import open_round
from tests.cast import DESK, NOON
from tests.web.notices.test_respond import every_row

HERE = "/network/questions"


@pytest.fixture
def question(country):
    return asked(country, "Wanneer <oefenen> wij?")


def asked(country, title, *, is_shared=False):
    return ask(
        function="exercise", title=title, words="Graag.", partner=country.harbour_circle, is_shared=is_shared,
        by=country.member, at=NOON,
    )  # fmt: skip


def test_a_partner_asks_and_finds_the_answer(owner, desk, country):
    given = {"function": "exercise", "title": "Wanneer?", "words": "Graag.", "partner": country.harbour_circle.pk}
    place = owner.post(f"{HERE}/new", given).url
    question = Question.objects.get()
    assert place == f"{HERE}/{question.pk}"
    assert (question.partner, question.is_shared, question.function) == (country.harbour_circle, False, "exercise")
    assert desk.post(place, {"act": "answer", "words": "In mei."}).url == place
    page = owner.get(place).content.decode()
    assert "In mei." in page
    assert "What happens with it" not in page


def test_the_desk_asks_for_itself(desk):
    assert "On behalf of" not in desk.get(f"{HERE}/new?function=knowledge").content.decode()
    desk.post(f"{HERE}/new", {"function": "", "title": "Wat missen wij?"})
    assert Question.objects.get().partner is None
    assert "the coordinator" in desk.get(HERE).content.decode()


def test_a_partner_asks_in_no_other_name(owner, country):
    answer = owner.post(f"{HERE}/new", {"title": "Wanneer?", "partner": country.care_csirt.pk})
    assert answer.status_code == 400
    assert not Question.objects.exists()
    assert "Zorg-CSIRT" not in owner.get(f"{HERE}/new").content.decode()


def test_the_desk_does_all_there_is_to_do(desk, question):
    place = f"{HERE}/{question.pk}"
    open_round(function="exercise", year=2027, places=1, by=DESK, at=NOON)
    selection = open_round(function="knowledge", year=2027, places=1, by=DESK, at=NOON)
    desk.post(place, {"act": "take", "owner": "Oefenteam"})
    desk.post(place, {"act": "pass", "function": "knowledge"})
    assert "Taken up by Oefenteam" in desk.get(place).content.decode()
    desk.post(place, {"act": "forward", "round": selection.pk})
    assert "Put forward for 2027" in desk.get(place).content.decode()
    assert selection.offerings.get().title == question.title
    desk.post(place, {"act": "decline", "words": "Komt in de ronde."})
    page = desk.get(place).content.decode()
    assert "Komt in de ronde." in page
    assert "Open it again" in page
    desk.post(place, {"act": "take"})
    assert "Open it again" not in desk.get(place).content.decode()
    assert desk.post(place, {"act": "forward", "round": "99999"}).status_code == 404
    assert desk.post(place, {"act": "forward", "round": selection.pk}).status_code == 409


@pytest.mark.parametrize(
    ("given", "words"),
    [({"act": "answer", "words": " "}, "say something"), ({"act": "sing"}, "not known"), ({}, "not known")],
)
def test_what_cannot_be_done_is_said(desk, question, given, words):
    answer = desk.post(f"{HERE}/{question.pk}", given)
    assert answer.status_code == 400
    assert words in answer.content.decode()


def test_a_question_looks_like_none_to_others(owner, neighbour, member, stranger, question):
    place = f"{HERE}/{question.pk}"
    assert owner.get(place).status_code == 200
    assert neighbour.get(place).status_code == neighbour.get(f"{HERE}/999999").status_code == 404
    assert "oefenen" not in neighbour.get(HERE).content.decode()
    assert "oefenen" not in neighbour.get("/network/functions/exercise").content.decode()
    for path in (HERE, place, f"{HERE}/new"):
        assert member("steward").get(path).status_code == 403
        assert member("auditor").get(path).status_code == 403
        assert stranger.get(path).url.startswith("/account/login")


def test_a_shared_answer_does_not_name_who_asked(owner, neighbour, country):
    shared = asked(country, "Mag iedereen dit lezen?", is_shared=True)
    answer(question=shared, words="Ja.", by=DESK, at=NOON)
    place = f"{HERE}/{shared.pk}"
    page = neighbour.get(place).content.decode() + neighbour.get(HERE).content.decode()
    assert "Mag iedereen dit lezen?" in page
    assert "a partner" in page
    assert "Havenkring" not in page
    assert "Havenkring" in owner.get(place).content.decode()


def test_only_the_desk_settles(owner, neighbour, question):
    before = every_row()
    assert owner.post(f"{HERE}/{question.pk}", {"act": "answer", "words": "x"}).status_code == 403
    assert neighbour.post(f"{HERE}/{question.pk}", {"act": "answer", "words": "x"}).status_code == 404
    assert every_row() == before


def test_the_list_is_narrowed_and_says_so_when_nothing_fits(desk, question):
    assert "&lt;oefenen&gt;" in desk.get(f"{HERE}?function=exercise&state=new").content.decode()
    for narrow in ("function=knowledge", "function=network", "state=answered"):
        assert "No question fits" in desk.get(f"{HERE}?{narrow}").content.decode()
    assert "&lt;oefenen&gt;" in desk.get(f"{HERE}?state=nonsense").content.decode()


def test_an_empty_list_says_what_it_is_for(desk):
    assert "Ask what you miss" in desk.get(HERE).content.decode()


def test_more_questions_cost_no_more_queries_and_come_in_pages(desk, country, question, django_assert_num_queries):
    with CaptureQueriesContext(connection) as few:
        desk.get(HERE)
    for number in range(55):
        asked(country, f"Vraag {number}")
    with django_assert_num_queries(len(few)):
        page = desk.get(f"{HERE}?function=exercise").content.decode()
    following = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "function=exercise" in following
    assert "Vraag 0" in desk.get(following).content.decode()
