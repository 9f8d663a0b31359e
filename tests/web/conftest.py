"""Fixtures for pages: static files without a collected manifest, and members who have passed both factors."""

import itertools

import pytest
from django.test import Client

from schakel.web import build, messages

numbers = itertools.count(1)


@pytest.fixture(scope="session", autouse=True)
def site_is_built():
    """The site needs its styles: a plain message where set-up has not made them."""
    styles = build.ROOT / "build" / "web" / "components.css"
    if not styles.is_file():
        pytest.fail(f"{styles} is missing: run `make setup`", pytrace=False)
    messages.compile_all()


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.STATIC_ROOT = build.ROOT / "schakel" / "web" / "static"


@pytest.fixture
def member(db):
    """`member("coordinator")` or `member("partner", partner)`: a browser in which that member is logged in."""

    def log_in(
        role: str, partner=None, *, language: str = "en", has_second_factor: bool = True, organisation=None, **fields
    ) -> Client:
        from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

        from schakel.people.models import User, UserGrant

        user = User.objects.create_user(f"{role}-{next(numbers)}")
        UserGrant.objects.create(user=user, role=role, partner=partner, organisation=organisation, **fields)
        if has_second_factor:
            TOTP.activate(user, generate_totp_secret())
        client = Client(headers={"accept-language": language})
        client.force_login(user)
        client.user = user
        return client

    return log_in


@pytest.fixture
def desk(member):
    """The coordinator's browser."""
    return member("coordinator")


@pytest.fixture
def owner(member, country):
    """A browser at the harbour circle, whose rows most tests are about."""
    return member("partner", country.harbour_circle)


@pytest.fixture
def neighbour(member, country):
    """A browser at another partner."""
    return member("partner", country.care_csirt)


@pytest.fixture
def stranger(db):
    return Client(headers={"accept-language": "en"})
