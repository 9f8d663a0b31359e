"""Browsers of the people of a network that shares."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.utils import is_mfa_enabled
from django.test import Client

from schakel.people.models import User
from tests.sharing.conftest import in_english, network, own_circle_key

__all__ = ["in_english", "network", "own_circle_key"]


@pytest.fixture
def browser(network):
    """`browser("member")`: a browser in which that person of the network is logged in; "stranger" is nobody."""

    def log_in(name: str, language: str = "en") -> Client:
        client = Client(headers={"accept-language": language})
        if name != "stranger":
            user = User.objects.get(pk=getattr(network, name).user_id)
            if not is_mfa_enabled(user):
                TOTP.activate(user, generate_totp_secret())
            client.force_login(user)
        return client

    return log_in


@pytest.fixture
def member(browser):
    return browser("member")
