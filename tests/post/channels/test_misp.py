"""Events put on a server that takes only what MISP's published API describes."""

import orjson
import pytest
from django.utils import timezone
from pymisp import MISPEvent

from schakel.policy.sharing import Tlp
from schakel.post.channels.misp.channel import MispChannel
from schakel.post.models import Attempt
from schakel.sharing.formats.misp import feeds
from tests.post.channels.described import Described
from tests.sharing.formats.misp.events import SAMPLE

pytestmark = pytest.mark.django_db
UUID = SAMPLE["uuid"]
EVENT = orjson.loads(feeds.published(SAMPLE, tlp=Tlp.GREEN).content)
EDIT, ADD, DELETE = ("PUT", "/events/edit/{eventId}"), ("POST", "/events/add"), ("DELETE", "/events/delete/{eventId}")
GONE = (404, b'{"name":"Invalid event"}')


@pytest.fixture
def misp(shared_samples):
    server = Described(shared_samples / "openapi" / "misp.yaml")
    yield server
    server.stop()


@pytest.fixture
def put(hand_over, misp):
    channel = MispChannel()

    def act(payload=EVENT, **fields):
        given = {"channel": "misp", "address": misp.url, "webhook_secret": "their-key", "payload": payload, "body": ""}
        delivery = hand_over(**(given | fields))
        return channel.send(delivery, Attempt.objects.create(delivery=delivery, started_at=timezone.now()))

    yield act
    channel.close()


def acts(misp):
    return [(method, path) for method, path, _body in misp.asked]


def test_an_event_that_is_new_there_is_added_and_published(misp, put):
    misp.answers[EDIT] = [GONE]
    outcome = put()
    assert (outcome.verdict, misp.wrong) == ("sent", [])
    assert acts(misp) == [("PUT", f"/events/edit/{UUID}"), ("POST", "/events/add"), ("POST", f"/events/publish/{UUID}")]
    assert {headers["authorization"] for headers in misp.headers} == {"their-key"}
    told = misp.asked[1][2]
    told["Event"]["Attribute"].pop()  # PyMISP knows no type of tomorrow.
    event = MISPEvent()
    event.load(told)
    assert (event.uuid, event.info) == (UUID, "Phishing at the harbour")


def test_an_event_that_is_there_is_changed(misp, put):
    assert put().verdict == "sent"
    assert (acts(misp), misp.wrong) == ([("PUT", f"/events/edit/{UUID}"), ("POST", f"/events/publish/{UUID}")], [])


def test_a_version_that_the_server_has_already_is_no_failure(misp, put):
    misp.answers[EDIT] = [(403, b'{"errors":["Event in the request not newer than the local copy."]}')]
    assert put().verdict == "sent"
    assert acts(misp) == [("PUT", f"/events/edit/{UUID}")]


@pytest.mark.parametrize("answer", [(200, b"{}"), GONE])
def test_an_event_that_is_taken_back_is_deleted_and_stays_away(misp, put, answer):
    misp.answers[DELETE] = [answer]
    assert put({"delete": UUID}).verdict == "sent"
    assert (acts(misp), misp.wrong) == ([("DELETE", f"/events/delete/{UUID}")], [])


@pytest.mark.parametrize(
    ("status", "verdict"), [(403, "never"), (401, "never"), (302, "never"), (500, "later"), (429, "later")]
)
def test_a_no_that_stays_one_goes_to_a_person_and_any_other_is_tried_again(misp, put, status, verdict):
    misp.answers[EDIT] = [GONE]
    misp.answers[ADD] = [(status, b'{"message":"no"}')]
    outcome = put()
    assert (outcome.verdict, str(status) in outcome.reply) == (verdict, True)


def test_a_server_that_is_away_is_told_apart(put):
    outcome = put(address="http://127.0.0.1:9")
    assert (outcome.verdict, outcome.is_away) == ("later", True)


@pytest.mark.parametrize("address", ["http://misp.example", "ftp://misp.example", "https://user:word@misp.example"])
def test_an_address_that_may_not_be_used_is_never_called(put, address):
    assert put(address=address).verdict == "never"


def test_what_the_description_does_not_allow_is_seen_here(misp):
    misp.take("POST", "/events/add", b'{"info": 5, "distribution": "9"}')
    misp.take("POST", "/events/edit/1", b"{}")
    assert len(misp.wrong) >= 2
