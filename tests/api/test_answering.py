from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from schakel.notices import gate, links
from schakel.notices.models import Finding, Notice, NoticeState, Response


def post(client, path, **body):
    return client.post(f"/api/v1/{path}", body, content_type="application/json")


def test_a_partner_answers_a_notice_with_its_key(program, world):
    answer = post(
        program("partner", world.harbour_circle),
        f"notices/{world.notice.pk}/responses",
        answer="will-fix",
        dueOn=str(timezone.localdate() + timedelta(days=3)),
        words="Leverancier komt dinsdag",
    )
    assert answer.status_code == 201
    assert answer.json()["findingsCount"] == 1
    assert Finding.objects.get(pk=world.ours.pk).state == "promised"
    assert Finding.objects.get(pk=world.theirs.pk).state == "open"


def test_nobody_answers_a_notice_of_somebody_else(program, world):
    for client in (program("partner", world.care_csirt), program("steward"), program("auditor")):
        answer = post(client, f"notices/{world.notice.pk}/responses", answer="fixed")
        assert answer.status_code == 404
    assert not Response.objects.exists()


def test_a_refusal_keeps_its_words(program, world):
    client = program("partner", world.harbour_circle)
    answer = post(client, f"notices/{world.notice.pk}/responses", answer="will-fix")
    assert answer.status_code == 400
    assert answer.json()["detail"].endswith("give the date by which it will be fixed.")
    Notice.objects.filter(pk=world.notice.pk).update(state=NoticeState.READY, sent_at=None)
    assert post(program("coordinator"), f"notices/{world.notice.pk}/responses", answer="fixed").status_code == 409


@pytest.mark.parametrize(
    "body", [{}, {"answer": "perhaps"}, {"answer": "fixed", "due": "x"}, {"answer": "fixed", "words": "\x00"}]
)
def test_an_answer_that_is_none_is_a_mistake(program, world, body):
    client = program("partner", world.harbour_circle)
    answer = post(client, f"notices/{world.notice.pk}/responses", **body)
    assert answer.status_code == 400
    assert answer.json()["errors"]


def test_who_holds_the_link_answers_without_a_key(world):
    answer = post(Client(), "responses", token=links.token_of(world.notice), answer="fixed")
    assert answer.status_code == 201
    assert Response.objects.get().given_by == "link"
    assert Notice.objects.get(pk=world.notice.pk).opened_at is not None


def test_a_link_that_opens_nothing_tells_nothing(world):
    token = links.token_of(world.notice)
    Notice.objects.filter(pk=world.other_notice.pk).update(link_revoked_at=timezone.now())
    answers = [
        post(Client(), "responses", token=text, answer="fixed")
        for text in (token[:-1], "x", "", links.token_of(world.other_notice))
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert not Response.objects.exists()


@pytest.mark.usefixtures("standing_clock")
def test_who_tries_too_often_is_refused_before_the_link_is_looked_at(world):
    for _ in range(gate.PER_LINK.count):
        post(Client(), "responses", token="guess", answer="fixed")
    answer = post(Client(), "responses", token="guess", answer="fixed")
    assert (answer.status_code, answer["Content-Type"]) == (429, "application/problem+json")


@pytest.mark.usefixtures("standing_clock")
def test_one_address_cannot_try_many_links(world):
    codes = [
        post(Client(), "responses", token=f"guess-{number}", answer="fixed").status_code
        for number in range(gate.PER_CLIENT.count + 1)
    ]
    assert set(codes[:-1]) == {404}
    assert codes[-1] == 429
