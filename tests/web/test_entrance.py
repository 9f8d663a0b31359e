import re

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from schakel.people import actions
from schakel.policy.access import Role
from schakel.web.accounts import Adapter
from schakel.web.middleware import headers
from tests.cast import DESK, NOON

PASSWORD = "zeven groene fietsen"


@pytest.fixture(autouse=True)
def no_counts_left(db):
    cache.clear()


@pytest.fixture(autouse=True)
def codes_last(settings):
    settings.MFA_TOTP_TOLERANCE = 1  # A code may grow old on the way to the page.


@pytest.fixture
def anna(db):
    return actions.add_user(name="anna", role=Role.COORDINATOR, password=PASSWORD, by=DESK, at=NOON)


def code_for(secret):
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def log_in(client, password=PASSWORD):
    return client.post("/account/login", {"login": "anna", "password": password})


def test_the_whole_way_in_with_a_new_account(stranger, anna):
    assert log_in(stranger).status_code == 302
    assert stranger.get("/").url == "/account/second-factor/totp/activate/"
    page = stranger.get("/account/second-factor/totp/activate/").content.decode()
    secret = re.search(r"<code[^>]+>(\w+)</code>", page)[1]
    assert "data:image/svg+xml" in page
    done = stranger.post("/account/second-factor/totp/activate/", {"code": code_for(secret)})
    assert done.url == "/account/second-factor/recovery-codes/"
    assert stranger.get(done.url).content.decode().count("<li>") >= 10
    assert stranger.get("/").status_code == 200


def test_a_factor_is_not_changed_by_who_finds_a_screen_open(stranger, anna):
    secret = generate_totp_secret()
    TOTP.activate(anna, secret)
    stranger.force_login(anna)
    response = stranger.get("/account/second-factor/recovery-codes/generate/")
    assert response.url.startswith("/account/confirm?next=")
    assert "Is it still you?" in stranger.get(response.url).content.decode()
    assert stranger.post(response.url, {"password": PASSWORD}).url == "/account/second-factor/recovery-codes/generate/"
    assert stranger.get("/account/second-factor/recovery-codes/generate/").status_code == 200


def test_a_password_alone_opens_nothing(stranger, anna):
    TOTP.activate(anna, generate_totp_secret())
    response = log_in(stranger)
    assert response.url.startswith("/account/second-factor/authenticate/")
    assert stranger.get("/").url == "/account/login?next=/"
    assert "Your code" in stranger.get(response.url).content.decode()
    wrong = stranger.post(response.url, {"code": "000000"})
    assert wrong.status_code == 200
    assert stranger.get("/").url == "/account/login?next=/"


def test_password_and_code_open_the_site(stranger, anna):
    secret = generate_totp_secret()
    TOTP.activate(anna, secret)
    log_in(stranger)
    assert stranger.post("/account/second-factor/authenticate/", {"code": code_for(secret)}).url == "/"
    page = stranger.get("/").content.decode()
    assert "anna" in page
    assert stranger.post("/account/logout").url == "/account/login"
    assert stranger.get("/").url == "/account/login?next=/"


def test_a_wrong_password_and_an_unknown_name_look_the_same(stranger, anna):
    wrong = stranger.post("/account/login", {"login": "anna", "password": "nonsense"}).content.decode()
    unknown = stranger.post("/account/login", {"login": "nobody", "password": "nonsense"}).content.decode()

    def bare(page):
        return re.sub(r'value="(anna|nobody|[\w]{64})"', "", page)

    assert bare(wrong) == bare(unknown)


@pytest.mark.usefixtures("standing_clock")
def test_guessing_is_slowed_down(stranger, anna):
    for _ in range(5):
        log_in(stranger, "nonsense")
    assert "Too many" in log_in(stranger).content.decode()
    assert stranger.get("/").url == "/account/login?next=/"


@pytest.mark.usefixtures("standing_clock")
def test_too_many_visits_get_429(stranger, anna):
    answers = [log_in(stranger, "nonsense").status_code for _ in range(31)]
    assert answers[-1] == 429


@pytest.mark.parametrize("path", ["/account/signup/", "/account/password/reset/", "/account/email/"])
def test_what_nobody_needs_is_not_there(stranger, path):
    assert stranger.get(path).status_code == 404


def test_nobody_signs_up(rf):
    assert not Adapter().is_open_for_signup(rf.get("/"))


def test_styles_may_be_kept_by_browsers(rf):
    answer = headers(lambda request: HttpResponse())
    assert "Cache-Control" not in answer(rf.get("/static/site.css")).headers
    assert answer(rf.get("/")).headers["Cache-Control"] == "no-store"


def test_who_has_no_second_factor_is_nobody(member):
    client = member("coordinator", has_second_factor=False)
    assert client.get("/reports").url == "/account/second-factor/totp/activate/"
    assert "mainnav" not in client.get("/account/second-factor/totp/activate/").content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/account/password",
        "/account/second-factor/",
        "/account/second-factor/recovery-codes/generate/",
        "/account/logout",
    ],
)
def test_the_pages_of_an_account_are_ours(member, path):
    client = member("steward")
    client.user.set_password(PASSWORD)
    client.user.save()
    client.post("/account/login", {"login": client.user.username, "password": PASSWORD})
    client.force_login(client.user)
    page = client.get(path, follow=True).content.decode()
    assert "masthead" in page
    assert "style=" not in page


def test_a_menu_goes_as_far_as_the_permissions(member, country):
    def menu(client):
        return re.findall(r'mainnav__link" href="([^"]+)"', client.get("/").content.decode())

    steward = menu(member("steward"))
    assert steward[0] == "/"
    assert not {"/findings", "/notices", "/campaigns", "/reports", "/desk"} & set(steward)
    assert menu(member("partner", country.care_csirt))[:2] == ["/", "/findings"]
    assert "/reports" not in menu(member("partner", country.care_csirt))
    assert {"/", "/findings", "/reports"} <= set(menu(member("coordinator")))


def test_the_language_is_kept(stranger):
    assert 'lang="en"' in stranger.get("/account/login").content.decode()
    response = stranger.post("/language/", {"language": "nl", "next": "/account/login"})
    assert response.url == "/account/login"
    page = stranger.get("/account/login").content.decode()
    assert 'lang="nl"' in page
    assert "Inloggen" in page


def test_dutch_is_the_language_of_who_asks_for_no_other(db):
    assert '<html lang="nl">' in Client().get("/account/login").content.decode()


def test_answers_carry_the_headers_that_browsers_obey(stranger):
    headers = stranger.get("/account/login").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "no-store" in headers["Cache-Control"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
