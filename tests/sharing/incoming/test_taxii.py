"""TAXII collections of others, followed from where we were; and our own, read by ourselves."""

from datetime import timedelta

import orjson
import pytest
from django.utils import timezone

from schakel.policy.access import SYSTEM
from schakel.sharing.incoming import fetching, sources
from schakel.sharing.incoming.fetchers import taxii
from schakel.sharing.incoming.fetching import Unreachable
from schakel.sharing.incoming.sources import SourceTerms
from schakel.sharing.models import HeldContent, ItemIndicator, SharedItem
from schakel.sharing.taxii import serving
from schakel.sharing.taxii.collections import SHARED
from tests.api.taxii.conftest import key_of
from tests.cast import NOON
from tests.internet import Site
from tests.sharing import world
from tests.sharing.formats.stix import made

ONE = made.indicator("een", "[domain-name:value = 'een.example']", object_marking_refs=[made.GREEN])
TWO = made.indicator("twee", "[domain-name:value = 'twee.example']", object_marking_refs=[made.GREEN])
HEAD = made.report("Twee kranen", [ONE["id"], TWO["id"]], object_marking_refs=[made.GREEN])
FIRST, SECOND = "2026-03-01T08:00:00.000001Z", "2026-03-01T08:00:00.000002Z"
AFTER = SECOND.replace(":", "%3A")


@pytest.fixture
def site(settings):
    settings.SOURCES_PRIVATE = True
    served = Site()
    yield served
    served.stop()


def add(network, address, **terms):
    given = SourceTerms(name="Kade", kind="taxii", address=address, every=timedelta(minutes=5), **terms)
    return sources.add(terms=given, owner=network.care, by=network.neighbour, at=NOON)


@pytest.fixture
def source(network, site):
    return add(network, f"http://127.0.0.1:{site.port}/c")


def fetch(source, minutes=0):
    source.refresh_from_db()
    return fetching.fetch(source=source, by=SYSTEM, at=NOON + timedelta(minutes=minutes))


def put(site, query, *objects, added="", status=200, **more):
    body = orjson.dumps({"objects": list(objects)} | more) if objects or more else b"{}"
    headers = {"X-TAXII-Date-Added-Last": added} if added else {}
    site.pages["127.0.0.1", f"/c/objects/?limit=1000{query}"] = (status, headers, body)


def test_pages_make_one_bundle_and_the_next_time_only_what_was_added_is_asked_for(source, site):
    put(site, "", ONE, HEAD, added=FIRST, more=True, next="p 2")
    put(site, "&next=p+2", TWO, added=SECOND)
    assert fetch(source) == {"new": 1}
    item = SharedItem.objects.get()
    assert item.title == "Twee kranen"
    assert set(ItemIndicator.objects.values_list("value", flat=True)) == {"een.example", "twee.example"}
    put(site, f"&added_after={AFTER}")
    assert fetch(source, 10) == {}
    assert site.asked[-1][1].endswith(f"added_after={AFTER}")


def test_a_server_without_next_is_followed_by_time(source, site):
    put(site, "", ONE, added=SECOND, more=True)
    put(site, f"&added_after={AFTER}", TWO, added=SECOND)
    assert fetch(source) == {"new": 1}


def test_what_is_not_sound_is_held_back_and_not_asked_for_again(source, site):
    put(site, "", ONE | {"confidence": 101}, added=SECOND)
    assert fetch(source) == {"held": 1}
    assert HeldContent.objects.get().place == "/objects/0/confidence"
    put(site, f"&added_after={AFTER}")
    assert fetch(source, 10) == {}


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{}", 401), (b"<html>", 200), (b"[]", 200), (b'{"objects": {}}', 200), (b'{"more": true}', 200)],
)
def test_what_is_no_answer_is_said_and_nothing_is_noted_as_fetched(source, site, body, status):
    site.pages["127.0.0.1", "/c/objects/?limit=1000"] = (status, {}, body)
    with pytest.raises(Unreachable):
        fetch(source)
    source.refresh_from_db()
    assert (source.position, bool(source.failure)) == ({}, True)


def test_a_server_that_sends_us_in_a_circle_is_left(source, site, monkeypatch):
    monkeypatch.setattr(taxii, "MOST_PAGES", 3)
    put(site, "", ONE, added=FIRST, more=True, next="x")
    put(site, "&next=x", ONE, added=FIRST, more=True, next="x")
    with pytest.raises(Unreachable, match="without end"):
        fetch(source)


@pytest.mark.slow
@pytest.mark.usefixtures("real_commits", "site")
@pytest.mark.parametrize("secret", ["program:{key}", "{key}"])
def test_our_own_server_is_such_a_server(live_server, network, tmp_path, secret):
    item = world.out(by=network.member, owner=network.harbour)
    serving.serve(item_id=item.pk, by=SYSTEM, at=timezone.now())
    (tmp_path / "key").write_text(secret.format(key=key_of(network.neighbour)))
    address = f"{live_server.url}/taxii2/root/collections/{SHARED}/"
    source = add(network, address, secret_file=str(tmp_path / "key"))
    assert fetch(source) == {"new": 1}
    copy = SharedItem.objects.exclude(pk=item.pk).get()
    assert (copy.title, copy.owner, copy.tlp, copy.publisher) == (item.title, network.care, "green", "Havenkring")
    assert fetch(source, 10) == {}
