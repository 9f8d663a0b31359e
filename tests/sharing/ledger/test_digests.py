"""Digests hold what may be seen at the moment of sending; what was stopped does not come."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from schakel.kit.refusals import Invalid, NotPermitted
from schakel.policy.access import SYSTEM
from schakel.post.models import Delivery
from schakel.registry.models import Agreement, AgreementState, Contact
from schakel.sharing.items import publishing
from schakel.sharing.ledger import digests, preferences, stopping, urgency
from schakel.sharing.ledger.ways import Party
from schakel.sharing.models import Dispatch, MailStop, Preference
from tests.cast import NOON
from tests.sharing import world

MORNING = NOON + timedelta(days=1)


def send(at=MORNING):
    return digests.send(by=SYSTEM, at=at)


def stop(token):
    found = stopping.read(token)
    assert found is not None
    stopping.stop(found, by=stopping.LINK, at=NOON)


@pytest.fixture
def daily(network, prefer):
    return prefer("daily", partner=network.care)


def test_a_day_of_items_is_one_mail_in_the_morning(network, tell, daily):
    for title in ("Eerste", "Tweede"):
        tell(world.out(by=network.member, owner=network.harbour, document=world.document(title)))
    assert not Delivery.objects.exists()
    assert send(at=NOON + timedelta(hours=1)) == {}
    assert send()["digests"] == 1
    mail = Delivery.objects.select_related("content").get()
    assert mail.subject == "[TLP:GREEN] 2 berichten"
    assert mail.text.index("Eerste") < mail.text.index("Tweede")
    assert mail.text.startswith("TLP:GREEN\n")
    assert "List-Unsubscribe" in mail.headers
    assert send() == {}


def test_only_what_may_still_be_read_is_in_it(network, tell, daily):
    gone = world.out(by=network.member, owner=network.harbour, document=world.document("Weg"))
    stays = world.out(by=network.member, owner=network.harbour, document=world.document("Blijft"))
    for item in (gone, stays):
        tell(item)
    publishing.retract(item=gone, reason="Fout.", by=network.member, at=NOON)
    send()
    text = Delivery.objects.select_related("content").get().text
    assert "Blijft" in text
    assert "Weg" not in text


def test_with_a_suspended_agreement_nothing_comes(network, tell, daily):
    tell(world.out(by=network.member, owner=network.harbour))
    Agreement.objects.filter(partner=network.care).update(state=AgreementState.SUSPENDED)
    assert send()["dropped"] == 1
    assert not Delivery.objects.exists()
    assert Dispatch.objects.get(receipt__partner=network.care).stop == "no-longer-visible"


def test_above_the_ceiling_a_digest_holds_a_link(network, tell, daily):
    item = world.out(
        by=network.member, owner=network.harbour, tlp="amber", addresses=[f"partner:{network.care.pk}"],
        reviewer=network.colleague,
    )  # fmt: skip
    tell(item)
    send()
    mail = Delivery.objects.select_related("content").get()
    assert mail.subject.startswith("[TLP:AMBER]")
    assert "Poortwachter" not in mail.text
    assert str(item.uid) in mail.text


def test_an_alarm_waits_for_no_digest(network, tell, daily):
    alarm = world.document(probability="high", damage="high")
    tell(world.out(by=network.member, owner=network.harbour, document=alarm))
    mail = Delivery.objects.get()
    assert "List-Unsubscribe" not in mail.headers


def test_the_link_in_a_mail_stops_the_next_but_no_alarm(network, tell):
    tell(world.out(by=network.member, owner=network.harbour))
    link = Delivery.objects.get().headers["List-Unsubscribe"].strip("<>")
    token = link.rpartition("/")[2]
    for _ in range(2):
        stop(token)
    assert MailStop.objects.count() == 1
    tell(world.out(by=network.member, owner=network.harbour))
    assert Delivery.objects.count() == 1
    alarm = world.document(probability="high", damage="high")
    tell(world.out(by=network.member, owner=network.harbour, document=alarm))
    assert Delivery.objects.count() == 2


def test_a_person_that_stops_its_mail_gets_none(network, tell, prefer, users):
    prefer(user=users["client"])
    way = stopping.Stopping("items", None, users["client"].pk)
    stop(stopping.token_of(way))
    assert Preference.objects.get(user=users["client"]).pace == "never"


@pytest.mark.parametrize("token", ["", "x", "a:b", "eyJ9:1"])
def test_a_link_that_is_none_of_ours_stops_nothing(token):
    assert stopping.read(token) is None


@pytest.mark.parametrize(
    ("pace", "day", "expected"), [("daily", 2, 3), ("daily", 8, 9), ("weekly", 2, 9), ("weekly", 8, 9)]
)
def test_the_next_digest_is_a_morning(pace, day, expected):
    at = datetime(2026, 11, day, 12, tzinfo=ZoneInfo("Europe/Amsterdam"))
    assert urgency.next_digest(pace, at=at) == datetime(2026, 11, expected, 7, tzinfo=ZoneInfo("Europe/Amsterdam"))


def choose(by, **party):
    return preferences.choose(party=Party(**party), pace="weekly", reader="small", by=by, at=NOON)


def test_everybody_chooses_for_itself_alone(network, users):
    assert choose(network.client, user=network.client.user_id).pace == "weekly"
    assert choose(network.member, partner=network.harbour.pk).reader == "small"
    assert choose(network.client, organisation=network.country.harbour.pk).pk
    for by in (network.neighbour, network.client, network.steward, network.auditor):
        with pytest.raises(NotPermitted):
            choose(by, partner=network.harbour.pk)
    for by in (network.member, network.patient, network.desk):
        with pytest.raises(NotPermitted):
            choose(by, user=network.client.user_id)


@pytest.mark.parametrize(
    "wrong", [{"pace": "hourly"}, {"reader": "child"}, {"kinds": ["gossip"]}, {"mail_ceiling": "pink"}]
)
def test_a_wish_that_is_none_is_refused(network, wrong):
    told: dict[str, Any] = {"party": Party(partner=network.harbour.pk), "pace": "daily", "reader": "expert", **wrong}
    with pytest.raises(Invalid):
        preferences.choose(**told, by=network.member, at=NOON)
    assert not Preference.objects.exists()


def test_a_reader_gets_the_text_that_is_written_for_it(network, tell, prefer):
    Contact.objects.filter(partner=network.care).update(language="en")
    prefer(partner=network.care, reader="small")
    texts = (
        world.Text(language="nl", title="Deskundig", action="Doe dit."),
        world.Text(language="en", reader="small", title="In plain words", action="Call your supplier."),
    )
    tell(world.out(by=network.member, owner=network.harbour, document=world.document(texts=texts)))
    assert Delivery.objects.select_related("content").get().subject == "[TLP:GREEN] In plain words"
