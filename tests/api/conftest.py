"""Programs with keys, and the same rows for each."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from schakel.notices.campaigns import start_campaign
from schakel.people import tokens
from schakel.people.models import User, UserGrant
from tests.cast import DESK
from tests.telling import KIND, finding_of, report_of, tell


@pytest.fixture(autouse=True)
def empty_cache(db):
    cache.clear()


@pytest.fixture(autouse=True)
def no_static_files(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path  # WhiteNoise warns of a folder that is not there; the API has no such files.


@pytest.fixture
def program(db):
    """`program("coordinator")` or `program("partner", partner)`: a client with a key."""

    def let_in(role, partner=None) -> Client:
        user = User.objects.create_user(f"{role}-{User.objects.count()}")
        UserGrant.objects.create(user=user, role=role, partner=partner)
        key = tokens.add(user=user, name="test", days=1, by=DESK, at=timezone.now())
        return Client(headers={"authorization": f"Bearer {key}", "accept-language": "en"})

    return let_in


@pytest.fixture
def world(country):
    """The harbour told by its circle, the hospital by its CSIRT, and a campaign about both."""
    now = timezone.now()
    country.report = report_of(at=now - timedelta(days=3))
    country.ours = finding_of(country.report, country.harbour)
    country.theirs = finding_of(country.report, country.hospital, "198.51.100.7 3389/tcp")
    country.notice = tell(country.report, country.harbour, partner=country.harbour_circle, at=now)
    country.other_notice = tell(country.report, country.hospital, partner=country.care_csirt, at=now)
    country.campaign = start_campaign(title="Open deuren", kind=KIND, tlp="green", by=DESK, at=now)
    country.closed_campaign = start_campaign(title="Stil", kind=KIND, tlp="amber+strict", by=DESK, at=now)
    return country
