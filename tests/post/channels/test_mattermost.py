"""Posts to a server that takes only what Mattermost's published API describes, and to an incoming webhook."""

import json

import pytest
from django.utils import timezone

from schakel.post.channels.mattermost.channel import LONGEST, MattermostChannel
from schakel.post.models import Attempt
from tests.post.channels.described import Described

pytestmark = pytest.mark.django_db
POST = {"channel_id": "a1b2c3d4e5f6g7h8i9j0k1l2m3", "message": "**TLP:GREEN**\n\nLek"}
CREATE = ("POST", "/api/v4/posts")


@pytest.fixture
def mattermost(shared_samples):
    server = Described(shared_samples / "openapi" / "mattermost.yaml")
    yield server
    server.stop()


@pytest.fixture
def send(hand_over):
    channel = MattermostChannel()

    def act(address, payload=None, **fields):
        given = {"channel": "mattermost", "address": address, "webhook_secret": "a-token", "payload": payload or POST}
        delivery = hand_over(**(given | fields))
        return channel.send(delivery, Attempt.objects.create(delivery=delivery, started_at=timezone.now()))

    yield act
    channel.close()


def test_a_post_is_made_by_rest_as_our_account(mattermost, send):
    mattermost.answers[CREATE] = [(201, b'{"id":"x"}')]
    assert send(mattermost.url).verdict == "sent"
    assert (mattermost.asked, mattermost.wrong) == ([("POST", "/api/v4/posts", POST)], [])
    assert mattermost.headers[0]["authorization"] == "Bearer a-token"


def test_a_server_in_a_folder_is_found_there(mattermost, send):
    send(f"{mattermost.url}/chat/")
    assert mattermost.wrong == ["POST /chat/api/v4/posts is not described"]


def test_an_incoming_webhook_takes_the_text_alone_and_no_token(send, receiver):
    assert send(receiver.url, {"text": "**TLP:CLEAR**\n\nLek"}).verdict == "sent"
    ((path, headers, body),) = receiver.requests
    assert (path, json.loads(body)) == ("/hook", {"text": "**TLP:CLEAR**\n\nLek"})
    assert "authorization" not in {name.lower() for name in headers}


@pytest.mark.parametrize(
    ("status", "verdict"), [(400, "never"), (403, "never"), (404, "never"), (429, "later"), (502, "later")]
)
def test_a_no_that_stays_one_goes_to_a_person_and_any_other_is_tried_again(mattermost, send, status, verdict):
    mattermost.answers[CREATE] = [(status, b'{"message":"no"}')]
    assert send(mattermost.url).verdict == verdict


def test_a_post_that_is_too_long_is_never_sent(mattermost, send):
    assert send(mattermost.url, POST | {"message": "x" * (LONGEST + 1)}).verdict == "never"
    assert mattermost.asked == []


def test_a_server_that_is_away_is_told_apart(send):
    outcome = send("http://127.0.0.1:9")
    assert (outcome.verdict, outcome.is_away) == ("later", True)
