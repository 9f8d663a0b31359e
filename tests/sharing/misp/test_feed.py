import hashlib
from dataclasses import replace

import orjson
import pytest
from django.urls import reverse
from django.utils import timezone
from pymisp import MISPEvent

from schakel.journal.models import Event
from schakel.kit.refusals import NotPermitted
from schakel.people import tokens
from schakel.people.models import User
from schakel.policy.access import NOBODY, SYSTEM
from schakel.sharing.document import Indicator
from schakel.sharing.formats.misp.format import Misp
from schakel.sharing.items import content, drafting, publishing
from schakel.sharing.misp import feed
from schakel.sharing.models import FeedEvent, ItemVersion
from tests.journeys.shared_things import CASES, MEMBERS, OUTSIDE, Shared
from tests.sharing import world
from tests.sharing.formats.misp.events import SAMPLE

NEVER = {"closedcircle", "closedclear", "redmember", "redclient"}
"""In a closed circle, or for people by name: no machine gets them."""


def key_of(actor):
    return tokens.add(user=User.objects.get(pk=actor.user_id), name="misp", days=30, by=SYSTEM, at=timezone.now())


def made():
    return feed.make_due(at=timezone.now())


def fetched(client, name, key="", uuid=None, known=""):
    headers = {"authorization": key} if key else {}
    headers |= {"if-none-match": known} if known else {}
    return client.get(reverse(name, kwargs={"event_uuid": uuid} if uuid else None), headers=headers)


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def walked(client, key=""):
    """All that a server of MISP gets: the manifest, the hashes, and each event that the manifest names."""
    listed = orjson.loads(body(fetched(client, "misp_manifest", key)))
    files = {uuid: body(fetched(client, "misp_event", key, uuid)) for uuid in listed}
    return listed, body(fetched(client, "misp_hashes", key)).decode(), files


@pytest.fixture
def item(network):
    return world.out(by=network.member, owner=network.harbour)


@pytest.mark.parametrize("who", sorted(MEMBERS | OUTSIDE))
def test_each_gets_what_the_table_gives_it_and_no_trace_of_anything_else(client, network, who):
    Shared(network)
    made()
    actor = NOBODY if who in {"visitor", "stranger"} else getattr(network, who)
    listed, hashes, files = walked(client, key_of(actor) if actor is not NOBODY else "")
    readable = {one.name for one in CASES if who in one.readers and one.state in {"published", "retracted"}} - NEVER
    told = orjson.dumps(listed).decode() + b"".join(files.values()).decode()
    seen = {one.name for one in CASES if f'{one.mark}"' in told or f"{one.mark}.example" in told}
    by_hash = {one.name for one in CASES if hashlib.md5(f"h0.{one.mark}.example".encode()).hexdigest() in hashes}
    assert (seen, len(listed)) == (readable, len(readable))
    assert by_hash == readable - {"retracted"}


def test_what_is_fetched_by_another_address_is_as_if_it_were_not_there(client, network):
    Shared(network)
    made()
    for row in FeedEvent.objects.exclude(item__tlp="clear"):
        assert fetched(client, "misp_event", uuid=row.uuid).status_code == 404


def test_pymisp_reads_every_event_and_agrees_with_the_manifest(client, network, item):
    made()
    listed, hashes, files = walked(client, key_of(network.neighbour))
    ((uuid, entry),) = listed.items()
    event = MISPEvent()
    event.load(files[uuid].decode())
    assert (event.uuid, event.info, event.date.isoformat()) == (uuid, entry["info"], entry["date"])
    assert [tag.name for tag in event.tags if tag.name.startswith("tlp:")] == ["tlp:green"]
    assert set(event.attributes_hashes("md5")) >= {line.partition(",")[0] for line in hashes.splitlines()}
    assert {attribute.value for attribute in event.attributes} >= {"poort.example", "192.0.2.9"}


def test_an_event_that_came_from_misp_goes_out_as_it_came_but_for_what_is_private(client, network):
    (document,) = Misp().read(orjson.dumps({"Event": SAMPLE}))
    draft = drafting.draft(
        document=document, terms=world.terms(no_action_reason="x"), owner=network.harbour, by=network.member,
        at=timezone.now(), is_received=True,
    )  # fmt: skip
    publishing.publish(item=draft, by=network.member, at=timezone.now())
    made()
    event = orjson.loads(walked(client, key_of(network.neighbour))[2][SAMPLE["uuid"]])["Event"]
    assert event["timestamp"] == SAMPLE["timestamp"]
    assert event["x_invented_by_a_neighbour"] == SAMPLE["x_invented_by_a_neighbour"]
    assert "event_creator_email" not in event


def test_only_what_came_out_or_changed_is_made_and_it_is_told_once(item):
    assert made() == {"made": 1, "removed": 0}
    assert made() == {"made": 0, "removed": 0}
    assert Event.objects.filter(tag="sharing.feed.made").count() == 1


def test_an_update_is_out_of_the_feed_until_it_is_made_and_then_newer(client, network, item):
    made()
    key = key_of(network.neighbour)
    before = walked(client, key)[0]
    told = content.document_of(ItemVersion.objects.get(item=item))
    told = replace(told, title="Nieuw", indicators=(Indicator(kind="domain", value="nieuw.example"),))
    drafting.revise(item=item, document=told, terms=world.terms(), by=network.member, at=timezone.now())
    publishing.publish(item=item, by=network.member, at=timezone.now())
    assert walked(client, key)[0] == {}
    made()
    after, _hashes, files = walked(client, key)
    (uuid,) = after
    assert [uuid] == [*before]
    assert int(after[uuid]["timestamp"]) > int(before[uuid]["timestamp"])
    assert b"nieuw.example" in files[uuid]
    assert b"poort.example" not in files[uuid]


def test_a_retracted_item_takes_its_parts_back(client, network, item):
    made()
    publishing.retract(item=item, reason="Het klopt niet.", by=network.member, at=timezone.now())
    made()
    _listed, hashes, files = walked(client, key_of(network.neighbour))
    (event,) = [orjson.loads(one)["Event"] for one in files.values()]
    assert hashes == ""
    assert all(part["deleted"] for kind in ("Attribute", "Object", "EventReport") for part in event[kind])


def test_an_item_that_went_into_a_narrower_label_leaves_the_feed(network, item):
    made()
    terms = world.terms("red", [f"person:{one.user_id}" for one in (network.member, network.colleague)])
    drafting.revise(item=item, document=world.document(), terms=terms, by=network.member, at=timezone.now())
    publishing.approve(item=item, by=network.colleague, at=timezone.now())
    publishing.publish(item=item, by=network.member, at=timezone.now())
    assert made() == {"made": 0, "removed": 1}


def test_two_owners_of_one_event_are_one_event_to_who_reads_both(client, network):
    (document,) = Misp().read(orjson.dumps({"Event": SAMPLE}))
    for owner, by in ((network.harbour, network.member), (network.care, network.neighbour)):
        draft = drafting.draft(
            document=document,
            terms=world.terms(no_action_reason="x"),
            owner=owner,
            by=by,
            at=timezone.now(),
            is_received=True,
        )
        publishing.publish(item=draft, by=by, at=timezone.now())
    made()
    assert FeedEvent.objects.count() == 2
    listed, hashes, files = walked(client, key_of(network.desk))
    assert (len(listed), len(files), len(set(hashes.splitlines()))) == (1, 1, len(hashes.splitlines()))


def test_what_a_reader_has_already_is_not_sent_again(client, network, item):
    made()
    key = key_of(network.neighbour)
    uuid = FeedEvent.objects.get().uuid
    for name, given in (("misp_manifest", None), ("misp_hashes", None), ("misp_event", uuid)):
        first = fetched(client, name, key, given)
        again = fetched(client, name, key, given, known=first["ETag"])
        assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
        assert first["Cache-Control"] == "private, no-cache"
    first = fetched(client, "misp_manifest", key)
    publishing.retract(item=item, reason="Het klopt niet.", by=network.member, at=timezone.now())
    made()
    assert fetched(client, "misp_manifest", key)["ETag"] != first["ETag"]


@pytest.mark.parametrize("key", ["schakel_unknown", "Bearer schakel_unknown", "x"])
def test_a_key_that_is_none_is_refused_and_not_served_as_the_public(client, db, key):
    response = fetched(client, "misp_manifest", key)
    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")


def test_a_session_counts_for_nothing(client, network, item):
    made()
    client.force_login(User.objects.get(pk=network.neighbour.user_id))
    assert orjson.loads(body(fetched(client, "misp_manifest"))) == {}


def test_the_number_of_queries_does_not_grow_with_the_feed(client, network, django_assert_max_num_queries):
    key = key_of(network.neighbour)
    for number in range(3):
        world.out(by=network.member, owner=network.harbour, document=world.document(f"Lek {number}"))
    made()
    with django_assert_max_num_queries(24):
        assert len(orjson.loads(body(fetched(client, "misp_manifest", key)))) == 3


@pytest.mark.parametrize("who", ["member", "neighbour", "steward", "client"])
def test_only_who_manages_exchange_makes_the_feed(network, who):
    with pytest.raises(NotPermitted):
        feed.make_due(at=timezone.now(), by=getattr(network, who))
