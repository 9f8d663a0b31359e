import pytest
from django.core.exceptions import SuspiciousOperation
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import RequestFactory

from schakel.kit.refusals import NotPermitted, WrongState
from schakel.policy.access import NOBODY
from schakel.web.middleware import refusals


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html"])
def test_every_error_page_stands_without_a_visitor(name, db):
    page = render_to_string(name)
    assert "<h1" in page
    assert name[:3] in page


def test_an_unknown_address_is_a_page_of_ours(stranger):
    response = stranger.get("/nowhere")
    assert response.status_code == 404
    assert "This page does not exist" in response.content.decode()


def test_a_form_without_its_token_is_turned_away(db):
    from django.test import Client

    response = Client(enforce_csrf_checks=True).post("/account/login", {"login": "x"})
    assert response.status_code == 403
    assert "masthead" in response.content.decode()


@pytest.mark.parametrize(("refused", "status"), [(NotPermitted(), 403), (WrongState(), 409)])
def test_a_refusal_is_answered_with_its_words(refused, status):
    def refuse(request):
        raise refused

    request = RequestFactory().get("/")
    request.actor = NOBODY
    response = refusals(refuse).process_exception(request, refused)
    assert response.status_code == status
    assert str(refused) in response.content.decode()


def test_other_faults_are_left_to_django():
    request = RequestFactory().get("/")
    assert refusals(lambda _request: HttpResponse()).process_exception(request, SuspiciousOperation()) is None


@pytest.mark.parametrize(
    "send",
    [
        lambda client: client.get("/partners", {"after": "a\x00b"}),
        lambda client: client.post("/join/link", {"mail": "a\x00b@example.org"}),
        lambda client: client.get("/join/help", {"x\x00": "\x00"}),
    ],
)
def test_what_no_person_can_type_is_turned_away(db, stranger, send):
    assert send(stranger).status_code == 400


def test_a_search_for_what_cannot_be_kept_is_no_fault_of_ours(country, member):
    desk = member("coordinator")
    assert desk.get(f"/constituency/of/{country.harbour_circle.pk}", {"q": "\x00"}).status_code == 400
    assert desk.post("/campaigns/phase", {"phase": "warm", "reason": "\x00"}).status_code == 400
