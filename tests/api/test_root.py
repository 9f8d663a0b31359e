import json

import pytest
from django.test import Client

ROUTES = ["findings", "notices", "campaigns", "reports", "partners"]


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer schakel_wrong"}, {"authorization": "Basic eDp5"}])
def test_without_a_key_nothing_is_said(world, route, headers):
    answer = Client(headers=headers).get(f"/api/v1/{route}")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["title"] == "Unauthorized"


@pytest.mark.parametrize("route", ROUTES)
def test_a_session_is_no_key(world, route, member_client):
    assert member_client.get(f"/api/v1/{route}").status_code == 401


@pytest.fixture
def member_client(world):
    from schakel.people.models import User, UserGrant

    user = User.objects.create_user("desk")
    UserGrant.objects.create(user=user, role="coordinator")
    client = Client()
    client.force_login(user)
    return client


def test_every_answer_names_the_version_and_is_kept_by_nobody(program):
    client = program("coordinator")
    for path in ("findings", "findings/1", "nowhere", "openapi.json"):
        answer = client.get(f"/api/v1/{path}")
        assert answer["API-Version"] == "1.0.0"
        assert answer["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["nowhere", "findings/", "findings/1/", "", "findings/x/y"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_address_that_is_not_there_is_a_problem_and_no_redirect(program, path, method):
    answer = getattr(program("coordinator"), method)(f"/api/v1/{path}")
    assert answer.status_code == 404
    assert answer.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is nothing here, or it is not for you to see.",
        "errors": [],
    }


def test_all_mistakes_are_named_at_once_and_nothing_is_repeated(program):
    answer = program("coordinator").get("/api/v1/findings?size=0&after=-1&severity=huge&state=<b>")
    assert answer.status_code == 400
    assert [fault["location"] for fault in answer.json()["errors"]] == [
        "query.after",
        "query.size",
        "query.state",
        "query.severity",
    ]
    assert "<b>" not in answer.content.decode()


@pytest.mark.parametrize("query", ["kind=%00", "weakness=a%00b", "after=99999999999999999999", "size=501"])
def test_what_no_database_can_hold_is_a_mistake(program, query):
    assert program("coordinator").get(f"/api/v1/findings?{query}").status_code == 400


@pytest.mark.parametrize("route", ROUTES)
def test_a_misspelt_filter_does_not_let_all_pass(program, route):
    answer = program("coordinator").get(f"/api/v1/{route}?stat=open")
    assert answer.status_code == 400
    assert "stat" in answer.json()["detail"]


def test_a_body_that_is_no_json_is_a_problem(program):
    answer = program("coordinator").post("/api/v1/responses", "{", content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_the_description_is_open_to_all_and_true_to_the_rules(db):
    answer = Client().get("/api/v1/openapi.json")
    assert answer["Access-Control-Allow-Origin"] == "*"
    description = json.loads(answer.content)
    assert description["openapi"].startswith("3.1")
    assert description["info"]["version"] == "1.0.0"
    assert description["components"]["securitySchemes"]
    for path, methods in description["paths"].items():
        assert path.startswith("/api/v1/")
        assert path == path.lower()
        assert not path.endswith("/")
        for operation in methods.values():
            for parameter in operation["parameters"]:
                if parameter["in"] == "query":
                    assert "_" not in parameter["name"]
    for shape in description["components"]["schemas"].values():
        assert not [name for name in shape.get("properties", {}) if "_" in name]


def test_the_description_is_read_only(db):
    assert Client().post("/api/v1/openapi.json").status_code == 405
