"""Newsletters hold cleared items alone, go out once, and to whom they are for."""

import pytest

from schakel.kit.refusals import Invalid, NotPermitted, WrongState
from schakel.policy.access import SYSTEM
from schakel.post.models import Delivery
from schakel.registry.models import Contact
from schakel.sharing.items import publishing
from schakel.sharing.models import MailStop, Newsletter
from schakel.sharing.relaying import newsletters
from tests.cast import NOON
from tests.sharing import world


def compose(network, items, *, by=None, **given):
    told = {"partner": network.harbour, "title": "Nieuws uit de haven", "intro": "Beste lezer,"} | given
    return newsletters.compose(items=[one.pk for one in items], by=by or network.member, at=NOON, **told)


def send(issue, by):
    newsletters.send(issue=issue, by=by, at=NOON)
    issue.refresh_from_db()
    return newsletters.deliver(issue=issue, by=SYSTEM, at=NOON)


def test_items_stand_in_the_order_that_was_chosen(network):
    one = world.out(by=network.neighbour, owner=network.care, document=world.document("Eerste"))
    two = world.out(by=network.neighbour, owner=network.care, document=world.document("Tweede"), tlp="clear")
    assert send(compose(network, [two, one]), network.member) == {"sent": 1, "refused": 0}
    mail = Delivery.objects.select_related("content").get()
    assert mail.address == "beveiliging@haven.example"
    assert mail.subject == "[TLP:GREEN] Nieuws uit de haven"
    assert mail.text.index("Tweede") < mail.text.index("Eerste")
    assert "List-Unsubscribe" in mail.headers


def test_what_is_not_cleared_cannot_be_chosen(network):
    harbour = [f"partner:{network.harbour.pk}"]
    amber = world.out(
        by=network.neighbour, owner=network.care, tlp="amber", addresses=harbour, reviewer=network.neighbours_colleague
    )
    narrow = world.out(by=network.neighbour, owner=network.care, addresses=harbour)
    hidden = world.out(by=network.neighbour, owner=network.care, addresses=["desk:"])
    for item in (amber, narrow, hidden):
        with pytest.raises(Invalid):
            compose(network, [item])
    assert not newsletters.cleared(partner=network.harbour, by=network.member).exists()


def test_what_was_retracted_meanwhile_does_not_go_out(network):
    gone, stays = (
        world.out(by=network.neighbour, owner=network.care, document=world.document(title))
        for title in ("Weg", "Blijft")
    )
    issue = compose(network, [gone, stays])
    publishing.retract(item=gone, reason="Fout.", by=network.neighbour, at=NOON)
    send(issue, network.member)
    assert "Weg" not in Delivery.objects.select_related("content").get().text


def test_it_goes_out_once_and_is_then_fixed(network):
    item = world.out(by=network.neighbour, owner=network.care)
    issue = compose(network, [item])
    send(issue, network.member)
    assert newsletters.deliver(issue=Newsletter.objects.get(), by=SYSTEM, at=NOON) == {}
    with pytest.raises(WrongState):
        newsletters.send(issue=issue, by=network.member, at=NOON)
    with pytest.raises(WrongState):
        compose(network, [item], issue=issue)


def test_who_stopped_it_gets_none(network):
    contact = Contact.objects.get(address="beveiliging@haven.example")
    MailStop.objects.create(contact=contact, what="newsletters", partner=network.harbour, at=NOON)
    issue = compose(network, [world.out(by=network.neighbour, owner=network.care)])
    assert send(issue, network.member) == {"sent": 0, "refused": 1}


def test_who_may_make_one(network):
    item = world.out(by=network.neighbour, owner=network.care)
    for by in (network.neighbour, network.client, network.steward, network.auditor):
        with pytest.raises(NotPermitted):
            compose(network, [item], by=by)
    assert compose(network, [item], by=network.desk, partner=None).partner is None


def test_the_desk_writes_to_the_partners(network):
    issue = compose(network, [world.out(by=network.neighbour, owner=network.care)], by=network.desk, partner=None)
    send(issue, network.desk)
    addresses = set(Delivery.objects.values_list("address", flat=True))
    assert addresses == {"meldingen@harbour-circle.example", "meldingen@care-csirt.example"}
