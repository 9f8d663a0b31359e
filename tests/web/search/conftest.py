"""A network that shares, and the browsers of its people."""

import pytest
from django.test import Client

from tests.sharing import world
from tests.sharing.conftest import in_english, network, own_circle_key  # noqa: F401 - fixtures


@pytest.fixture
def browser(network):  # noqa: F811 - the fixture of sharing
    """`browser("member")`: that person, logged in."""

    def log_in(name: str) -> Client:
        from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

        from schakel.people.models import User

        user = User.objects.get(pk=getattr(network, name).user_id)
        TOTP.activate(user, generate_totp_secret())
        client = Client(headers={"accept-language": "en"})
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def item(network):  # noqa: F811 - the fixture of sharing
    return world.out(by=network.neighbour, owner=network.care)
