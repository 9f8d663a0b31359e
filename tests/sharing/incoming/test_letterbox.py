"""Items by mail, through the door that the mail server hands mail to."""

import pytest
from django.db import DatabaseError

from schakel.journal.models import Event
from schakel.policy.access import SYSTEM
from schakel.post import doors
from schakel.sharing.incoming import letterbox, sources
from schakel.sharing.incoming.sources import SourceTerms
from schakel.sharing.models import HeldContent, ItemSource, SharedItem
from tests.cast import NOON
from tests.post.conftest import free_port
from tests.post.test_doors import give

ADDRESS = "delen@schakel.example"
MAIL = (
    b"From: isac@haven.example\r\nSubject: TLP:GREEN Lek\r\nMessage-ID: <een@haven.example>\r\n\r\nevil[.]example\r\n"
)


@pytest.fixture
def door(real_commits):
    sources.add(terms=SourceTerms(name="Post", kind="door", address=ADDRESS), owner=None, by=SYSTEM, at=NOON)
    opened = doors.serve_lmtp(port=free_port(), taker=letterbox.word_for)
    yield opened
    opened.stop()


def test_a_mail_to_a_source_becomes_an_item_and_other_mail_goes_its_way(door):
    replies = give(door, [ADDRESS.upper(), "retour@schakel.example"], MAIL)
    assert replies == [(250, "2.0.0 taken"), (250, "2.0.0 other")]
    item = SharedItem.objects.get()
    assert (item.title, item.tlp, item.external_key) == ("TLP:GREEN Lek", "green", "een@haven.example")
    assert give(door, [ADDRESS], MAIL) == [(250, "2.0.0 taken")]
    assert SharedItem.objects.count() == 1


def test_a_mail_that_cannot_be_read_is_safe_with_us(door):
    assert give(door, [ADDRESS], MAIL.replace(b"GREEN", b"PINK")) == [(250, "2.0.0 held")]
    assert HeldContent.objects.get().place == "het onderwerp"
    assert Event.objects.filter(tag="sharing.content.held").exists()


def test_a_mail_waits_while_the_database_is_away(door, monkeypatch):
    def away(*_, **__):
        raise DatabaseError

    monkeypatch.setattr(letterbox, "bring", away)
    assert give(door, [ADDRESS], MAIL)[0][0] == 451


def test_a_source_that_rests_takes_nothing(door):
    ItemSource.objects.update(is_active=False)
    assert give(door, [ADDRESS], MAIL) == [(250, "2.0.0 other")]
    assert not SharedItem.objects.exists()
