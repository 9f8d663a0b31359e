"""Feeds of MISP, on a web server and in a folder: what changed is read again, and nothing else."""

from datetime import timedelta

import orjson
import pytest

from schakel.policy.access import SYSTEM
from schakel.sharing.incoming import fetching, sources
from schakel.sharing.incoming.fetching import Unreachable
from schakel.sharing.incoming.sources import SourceTerms
from schakel.sharing.models import HeldContent, ItemVersion, SharedItem
from tests.cast import NOON
from tests.internet import Site
from tests.sharing.formats.misp.events import attribute, few

ONE, TWO = "0a4f6c1e-77f3-4c55-9f3c-51d2a3b6c001", "0a4f6c1e-77f3-4c55-9f3c-51d2a3b6c002"
HOST = "127.0.0.1"


def event(uuid, *, info="Phishing", timestamp="1772450000", **fields):
    tags = [{"name": "tlp:green"}]
    return few(uuid=uuid, info=info, timestamp=timestamp, Tag=tags, Attribute=[attribute()], **fields)


@pytest.fixture
def site(settings):
    settings.SOURCES_PRIVATE = True
    made = Site()
    yield made
    made.stop()


@pytest.fixture
def feed(network, site):
    terms = SourceTerms(name="Vangnet", kind="misp", address=f"http://{HOST}:{site.port}/feed/")
    return sources.add(terms=terms, owner=network.harbour, by=network.member, at=NOON)


def put(site, *events):
    for one in events:
        site.put(HOST, f"/feed/{one['uuid']}.json", orjson.dumps({"Event": one}))
    manifest = {one["uuid"]: {"info": one["info"], "timestamp": one["timestamp"]} for one in events}
    site.put(HOST, "/feed/manifest.json", orjson.dumps(manifest))
    site.asked.clear()


def fetch(source, hours=0):
    source.refresh_from_db()
    return fetching.fetch(source=source, by=SYSTEM, at=NOON + timedelta(hours=hours))


def asked(site):
    return [path.rpartition("/")[2] for _host, path in site.asked]


def test_only_what_changed_is_read_again(feed, site):
    put(site, event(ONE), event(TWO, timestamp="1772450001"))
    assert fetch(feed) == {"new": 2}
    assert asked(site) == ["manifest.json", f"{ONE}.json", f"{TWO}.json"]
    put(site, event(ONE), event(TWO, info="Phishing, nieuw", timestamp="1772460000"))
    fetch(feed, 2)
    assert asked(site) == ["manifest.json", f"{TWO}.json"]
    assert SharedItem.objects.count() == 2
    assert ItemVersion.objects.filter(item__external_key=TWO).count() == 2
    put(site, event(ONE), event(TWO, timestamp="1772460000"))
    assert fetch(feed, 4) == {}
    assert asked(site) == ["manifest.json"]


def test_an_event_that_is_broken_is_held_back_with_its_place_and_the_others_come_in(feed, site):
    put(site, event(ONE, date="2026-02-30"), event(TWO, timestamp="1772450001"))
    fetch(feed)
    assert SharedItem.objects.get().external_key == TWO
    assert HeldContent.objects.get().place == "/Event/date"


def test_an_event_that_is_not_there_is_told_of_after_the_others_came_in(feed, site):
    put(site, event(ONE), event(TWO, timestamp="1772450001"))
    del site.pages[HOST, f"/feed/{ONE}.json"]
    with pytest.raises(Unreachable, match=ONE):
        fetch(feed)
    assert SharedItem.objects.get().external_key == TWO
    site.put(HOST, f"/feed/{ONE}.json", orjson.dumps({"Event": event(ONE)}))
    assert fetch(feed, 2) == {"new": 1}


@pytest.mark.parametrize(
    "manifest",
    [
        b"<html>",
        b"[]",
        b'{"../../elders": {"timestamp": "1"}}',
        orjson.dumps({ONE: {"timestamp": "soon"}}),
        orjson.dumps({ONE: []}),
    ],
)
def test_what_is_no_manifest_is_refused_and_nothing_is_asked_by_it(feed, site, manifest):
    site.put(HOST, "/feed/manifest.json", manifest)
    with pytest.raises(Unreachable, match="manifest"):
        fetch(feed)
    assert asked(site) == ["manifest.json"]


def test_a_feed_in_a_folder_with_real_events(network, shared_samples):
    folder = shared_samples / "misp" / "feed-circl-osint"
    terms = SourceTerms(name="Map", kind="misp", address=str(folder))
    source = sources.add(terms=terms, owner=network.harbour, by=network.member, at=NOON)
    listed = orjson.loads((folder / "manifest.json").read_bytes())
    assert fetch(source) == {"new": len(listed)}
    assert set(SharedItem.objects.values_list("external_key", flat=True)) == set(listed)
    assert fetch(source, 2) == {}


def test_a_folder_that_is_not_there_says_so(network, tmp_path):
    terms = SourceTerms(name="Map", kind="misp", address=str(tmp_path / "nergens"))
    source = sources.add(terms=terms, owner=network.harbour, by=network.member, at=NOON)
    with pytest.raises(Unreachable, match="manifest"):
        fetch(source)
