"""Questions by the API: a partner finds the answer to its own, and whoever directs settles them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from schakel.governance import questions
from schakel.governance.models import Question
from tests.cast import DESK, NOON, member_of

HERE = "/api/v1/questions"


@pytest.fixture
def asked(country):
    def ask(title="Wanneer?", *, partner=country.harbour_circle, **given):
        by = member_of(partner) if partner else DESK
        return questions.ask(function="exercise", title=title, words="Graag", partner=partner, by=by, at=NOON, **given)

    return ask


def send(client, path, given):
    return client.post(f"{HERE}{path}", given, content_type="application/json")


def titles(client, query=""):
    answer = client.get(f"{HERE}{query}")
    assert answer.status_code == 200, answer.content
    return [one["title"] for one in answer.json()["items"]]


def test_a_partner_asks_for_itself(program, country):
    owner, neighbour = program("partner", country.harbour_circle), program("partner", country.care_csirt)
    given = {"function": "exercise", "title": "Wanneer?", "partnerId": country.harbour_circle.pk}
    told = send(owner, "", given)
    assert told.status_code == 201
    assert {name: told.json()[name] for name in ("function", "title", "state", "partnerId", "answer")} == {
        "function": "exercise", "title": "Wanneer?", "state": "new", "partnerId": country.harbour_circle.pk,
        "answer": "",
    }  # fmt: skip
    assert send(neighbour, "", given).status_code == 404
    assert send(owner, "", {"title": "?"}).status_code == 403
    assert send(program("steward"), "", {"title": "?"}).status_code == 403
    assert send(owner, "", {**given, "title": " "}).status_code == 400
    assert Question.objects.count() == 1


def test_a_partner_reads_the_answer_and_a_neighbour_knows_of_nothing(program, country, asked):
    question, owner = asked(), program("partner", country.harbour_circle)
    assert send(program("coordinator"), f"/{question.pk}/answer", {"words": "In maart"}).json()["state"] == "answered"
    assert owner.get(f"{HERE}/{question.pk}").json()["answer"] == "In maart"
    for stranger in (program("partner", country.care_csirt), program("steward"), program("auditor")):
        assert stranger.get(f"{HERE}/{question.pk}").status_code == 404
        assert titles(stranger) == []
        assert send(stranger, f"/{question.pk}/answer", {"words": "Nee"}).status_code == 404


def test_a_shared_answer_says_not_who_asked(program, country, asked):
    question = asked(is_shared=True)
    neighbour = program("partner", country.care_csirt)
    assert titles(neighbour) == []
    questions.answer(question=question, words="In maart", by=DESK, at=NOON)
    told = neighbour.get(f"{HERE}/{question.pk}").json()
    assert (told["answer"], told["partnerId"]) == ("In maart", None)
    assert "Havenkring" not in str(told)
    assert program("partner", country.harbour_circle).get(f"{HERE}/{question.pk}").json()["partnerId"]


def test_who_directs_does_all_there_is_to_do(program, asked):
    desk, question = program("coordinator"), asked()
    assert send(desk, f"/{question.pk}/take", {"owner": "Anke"}).json()["state"] == "taken"
    assert send(desk, f"/{question.pk}/pass-on", {"function": "knowledge"}).json()["function"] == "knowledge"
    assert send(desk, f"/{question.pk}/decline", {"words": ""}).status_code == 400
    assert send(desk, f"/{question.pk}/decline", {"words": "Te klein"}).json()["state"] == "declined"
    assert send(desk, f"/{question.pk}/answer", {"words": "Toch"}).status_code == 409
    reopened = send(desk, f"/{question.pk}/take", {}).json()
    assert (reopened["state"], reopened["answer"]) == ("taken", "")


def test_a_partner_settles_nothing_of_its_own(program, country, asked):
    question, owner = asked(), program("partner", country.harbour_circle)
    for act, given in (("take", {}), ("answer", {"words": "Ja"}), ("decline", {"words": "Nee"})):
        assert send(owner, f"/{question.pk}/{act}", given).status_code == 403
    question.refresh_from_db()
    assert question.state == "new"


def test_a_list_is_narrowed_and_a_longer_one_costs_no_more(program, asked):
    desk = program("coordinator")
    asked("Een")
    with CaptureQueriesContext(
        connection,
    ) as few:
        assert titles(desk, "?state=new&function=exercise") == ["Een"]
    for number in range(5):
        asked(f"Vraag {number}", partner=None)
    with CaptureQueriesContext(connection) as many:
        assert len(titles(desk)) == 6
    assert len(many) == len(few)
    assert titles(desk, "?state=answered") == titles(desk, "?function=") == []
    assert desk.get(f"{HERE}?stat=new").status_code == 400
