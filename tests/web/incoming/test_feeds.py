"""The news feed, read by a reader of Atom, as everyone and by a key."""

import base64
from datetime import timedelta
from io import BytesIO

import feedparser
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from schakel.people import tokens
from schakel.people.models import User
from schakel.policy.access import SYSTEM
from schakel.sharing.items import publishing
from tests.sharing import world

URL = "/sharing/feed.atom"


@pytest.fixture(autouse=True)
def own_circle_key(settings, tmp_path):
    settings.CIRCLE_KEY = str(tmp_path / "circle-key")


@pytest.fixture
def people(country):
    from schakel.policy.access import Role

    world.share(country)
    return {
        "owner": world.person("anna", Role.PARTNER, partner=country.harbour_circle),
        "colleague": world.person("arjan", Role.PARTNER, partner=country.harbour_circle),
        "neighbour": world.person("bea", Role.PARTNER, partner=country.care_csirt),
        "steward": world.person("stien", Role.STEWARD),
    }


def share(people, country, title, **given):
    given = {"reviewer": people["colleague"]} | given
    return world.out(
        by=people["owner"], owner=country.harbour_circle, document=world.document(title), at=timezone.now(), **given
    )


@pytest.fixture
def items(people, country):
    neighbour = [f"partner:{country.care_csirt.pk}"]
    return {
        "clear": share(people, country, "Voor iedereen", tlp="clear"),
        "green": share(people, country, "Voor het netwerk", tlp="green"),
        "amber": share(people, country, "Voor de buren", tlp="amber", addresses=neighbour),
        "ours": share(people, country, "Voor onszelf", tlp="amber", addresses=[f"partner:{country.harbour_circle.pk}"]),
    }


def key_of(name):
    user = User.objects.get(username=name)
    return tokens.add(user=user, name="lezer", days=30, by=SYSTEM, at=timezone.now())


def basic(key):
    return {"Authorization": "Basic " + base64.b64encode(f"x:{key}".encode()).decode()}


def read(headers=None):
    answer = Client().get(URL, headers=headers or {})
    assert answer.status_code == 200
    found = feedparser.parse(BytesIO(answer.content))
    assert (found.bozo, found.version) == (False, "atom10")
    return {entry.title for entry in found.entries}


def test_everyone_reads_what_is_public_and_nothing_else(items):
    assert read() == {"Voor iedereen"}


@pytest.mark.parametrize(
    ("name", "titles"),
    [
        ("bea", {"Voor iedereen", "Voor het netwerk", "Voor de buren"}),
        ("anna", {"Voor iedereen", "Voor het netwerk", "Voor de buren", "Voor onszelf"}),
        ("stien", {"Voor iedereen"}),
    ],
)
def test_a_key_opens_what_its_holder_may_read(items, name, titles):
    assert read(basic(key_of(name))) == titles
    assert read({"Authorization": f"Bearer {key_of(name)}"}) == titles


def test_what_is_for_named_people_is_in_no_feed(people, country):
    name = people["neighbour"].user_id
    item = share(people, country, "Voor Bea", tlp="amber", addresses=[f"person:{name}"])
    assert read(basic(key_of("bea"))) == {"Voor Bea"}
    type(item).objects.filter(pk=item.pk).update(tlp="red")
    assert read(basic(key_of("bea"))) == set()


@pytest.mark.parametrize("header", ["Basic eDp5", "Bearer x", "Basic !!", "Digest x", "Basic eDo="])
def test_a_key_that_is_none_opens_nothing(items, header):
    answer = Client().get(URL, headers={"Authorization": header})
    assert (answer.status_code, answer.content) == (401, b"")


def test_a_session_counts_for_nothing(items, member, country):
    client = member("partner", country.care_csirt)
    assert b"Voor het netwerk" not in client.get(URL).content


def test_nothing_is_sent_again_until_something_changed(items, people):
    first = Client().get(URL)
    again = Client().get(URL, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    publishing.retract(
        item=items["clear"], reason="Fout.", by=people["owner"], at=timezone.now() + timedelta(seconds=1)
    )
    changed = Client().get(URL, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert f'<at:deleted-entry ref="{items["clear"].uid.urn}"'.encode() in changed.content
    assert b"Voor iedereen" not in changed.content


def test_many_items_cost_no_more_queries(items, people, country):
    def count():
        with CaptureQueriesContext(connection) as found:
            read()
        return len(found)

    before = count()
    for number in range(5):
        share(people, country, f"Nummer {number}", tlp="clear")
    assert count() == before
