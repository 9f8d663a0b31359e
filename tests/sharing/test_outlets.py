from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone
from pymisp import MISPEvent

from schakel.kit.refusals import Invalid, NotPermitted, WrongState
from schakel.policy.channels import Stop
from schakel.post.models import Delivery
from schakel.sharing.document import Text
from schakel.sharing.items import content, drafting, publishing
from schakel.sharing.misp import feed
from schakel.sharing.models import ItemVersion, Outlet, OutletTelling, SharedItem
from schakel.sharing.outlets import actions, telling
from tests.sharing import world

ROOM = "a1b2c3d4e5f6g7h8i9j0k1l2m3"
KINDS = ["misp", "mattermost"]


def outlet_of(network, kind="misp", *, partner=None, by=None, **given):
    usual: dict[str, Any] = {
        "name": "Ons",
        "address": f"https://{kind}.example/hooks/geheim",
        "secret": "key",
        "at": timezone.now(),
    }
    holder = partner or network.care
    return actions.add(partner=holder, kind=kind, by=by or network.neighbour, **(usual | given))


def tell():
    feed.make_due(at=timezone.now())
    return telling.tell_due(at=timezone.now())


def deliveries():
    return list(Delivery.objects.order_by("pk").values_list("channel", "payload"))


def publish(network, **given):
    return world.out(by=network.member, owner=network.harbour, at=timezone.now(), **given)


def test_a_server_gets_the_event_that_its_partner_may_read(network):
    outlet_of(network)
    item = publish(network)
    assert tell() == {"told": 1, "stopped": 0, "recalled": 0}
    ((channel, payload),) = deliveries()
    event = MISPEvent()
    event.load(payload)
    assert (channel, event.info, event.distribution) == ("misp", item.title, 1)
    assert tell() == {"told": 0, "stopped": 0, "recalled": 0}


def test_a_room_reads_the_label_before_the_text_and_again_behind_it(network):
    outlet_of(network, "mattermost", room=ROOM)
    publish(network)
    tell()
    ((channel, payload),) = deliveries()
    assert (channel, payload["channel_id"]) == ("mattermost", ROOM)
    assert payload["message"].startswith("**TLP:GREEN**\n\n#### Lek in Poortwachter")
    assert payload["message"].endswith("**TLP:GREEN**")
    assert "Werk Poortwachter bij" in payload["message"]


def test_words_of_others_call_nobody_in_the_room(network):
    outlet_of(network, "mattermost")
    told = world.document("@all kijk", texts=(Text(summary="@channel nu", action="@here"),))
    publish(network, document=told)
    tell()
    ((_channel, payload),) = deliveries()
    assert not any(call in payload["text"] for call in ("@all", "@channel", "@here"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ceiling", ["clear", "green"])
def test_nothing_goes_above_the_ceiling_and_the_reason_is_kept(network, kind, ceiling):
    outlet_of(network, kind, ceiling=ceiling)
    publish(network, tlp="amber", addresses=[f"partner:{network.care.pk}"], reviewer=network.colleague)
    assert tell() == {"told": 0, "stopped": 1, "recalled": 0}
    assert (deliveries(), OutletTelling.objects.get().stop) == ([], Stop.ABOVE_CEILING)


def test_a_room_takes_no_more_than_the_policy_whatever_its_owner_wants(network):
    outlet_of(network, "mattermost", ceiling="red")
    outlet_of(network, "misp", ceiling="red")
    publish(network, tlp="amber", addresses=[f"partner:{network.care.pk}"], reviewer=network.colleague)
    assert tell() == {"told": 1, "stopped": 1, "recalled": 0}
    assert [channel for channel, _payload in deliveries()] == ["misp"]


def test_who_asks_for_encryption_is_not_read_in_a_room(network):
    outlet_of(network, "mattermost")
    item = publish(network)
    SharedItem.objects.filter(pk=item.pk).update(iep={"encrypt_in_transit": "MUST"})
    assert tell() == {"told": 0, "stopped": 1, "recalled": 0}


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_partner_may_not_read_leaves_no_trace(network, kind):
    outlet_of(network, kind)
    publish(network, tlp="amber", addresses=["desk:"], reviewer=network.colleague)
    group = world.circle("zz", is_closed=True)
    world.join(group, network.neighbour, partner=network.care)
    world.join(group, network.second, is_desk=True)
    drafting.draft(
        document=world.document(), terms=world.terms(), owner=network.harbour, by=network.member, at=timezone.now()
    )
    assert tell() == {"told": 0, "stopped": 0, "recalled": 0}
    assert not OutletTelling.objects.exists()


@pytest.mark.parametrize("kind", KINDS)
def test_an_update_goes_where_the_item_is(network, kind):
    outlet_of(network, kind)
    item = publish(network)
    tell()
    revise(network, item, title="Nieuw lek")
    assert tell() == {"told": 1, "stopped": 0, "recalled": 0}
    assert "Nieuw lek" in str(deliveries()[-1])


@pytest.mark.parametrize(("kind", "words"), [("misp", "delete"), ("mattermost", "ingetrokken")])
def test_a_retracted_item_is_taken_back_once_where_it_is(network, kind, words):
    outlet = outlet_of(network, kind)
    item = publish(network)
    tell()
    other = outlet_of(network, kind, partner=network.harbour, by=network.member)
    publishing.retract(item=item, reason="Het klopt niet.", by=network.member, at=timezone.now())
    assert tell() == {"told": 0, "stopped": 0, "recalled": 1}
    assert tell() == {"told": 0, "stopped": 0, "recalled": 0}
    assert words in str(deliveries()[-1])
    assert set(OutletTelling.objects.values_list("outlet", flat=True)) == {outlet.pk} != {other.pk}


@pytest.mark.parametrize(("tlp", "to"), [("amber", "desk:"), ("red", "person")])
def test_a_version_that_is_for_fewer_takes_the_former_one_back_without_the_new_words(network, tlp, to):
    outlet_of(network)
    item = publish(network)
    tell()
    uuid = deliveries()[0][1]["Event"]["uuid"]
    named = [f"person:{one.user_id}" for one in (network.member, network.colleague)]
    revise(network, item, title="Geheim", tlp=tlp, addresses=named if to == "person" else [to])
    assert tell() == {"told": 0, "stopped": 0, "recalled": 1}
    assert deliveries()[-1] == ("misp", {"delete": uuid})


def test_a_version_above_the_ceiling_takes_the_former_one_back(network):
    outlet_of(network, ceiling="green")
    item = publish(network)
    tell()
    revise(network, item, title="Strenger", tlp="amber", addresses=[f"partner:{network.care.pk}"])
    figures = [tell(), tell()]
    assert [sum(one[name] for one in figures) for name in ("told", "stopped", "recalled")] == [0, 1, 1]


def test_an_outlet_that_ended_is_told_nothing_and_keeps_no_key(network):
    outlet = outlet_of(network)
    actions.end(outlet=outlet, by=network.neighbour, at=timezone.now())
    publish(network)
    assert tell() == {"told": 0, "stopped": 0, "recalled": 0}
    assert Outlet.objects.get().secret == ""
    with pytest.raises(WrongState):
        actions.end(outlet=outlet, by=network.neighbour, at=timezone.now())


@pytest.mark.parametrize("who", ["member", "client", "steward", "auditor"])
def test_only_its_own_partner_and_the_desk_know_of_an_outlet_and_change_it(network, who):
    outlet, stranger = outlet_of(network), getattr(network, who)
    assert not Outlet.objects.visible_to(stranger).exists()
    with pytest.raises(NotPermitted):
        outlet_of(network, by=stranger, address="https://elders.example/")
    with pytest.raises(NotPermitted):
        actions.end(outlet=outlet, by=stranger, at=timezone.now())
    assert [list(Outlet.objects.visible_to(actor)) for actor in (network.neighbour, network.desk)] == [[outlet]] * 2


@pytest.mark.parametrize(
    "given",
    [
        {"address": "http://misp.example"},
        {"address": "misp"},
        {"ceiling": "purple"},
        {"kind": "fax"},
        {"name": " "},
        {"secret": ""},
        {"kind": "mattermost", "secret": "", "room": ROOM},
    ],
)
def test_a_place_that_cannot_be_used_is_refused_with_words(network, given):
    with pytest.raises(Invalid):
        outlet_of(network, **given)
    assert not Outlet.objects.exists()


def test_the_same_place_twice_is_refused(network):
    outlet_of(network)
    with pytest.raises(Invalid):
        outlet_of(network)


@pytest.mark.parametrize("who", ["member", "neighbour", "steward"])
def test_only_who_manages_exchange_tells_outlets(network, who):
    with pytest.raises(NotPermitted):
        telling.tell_due(at=timezone.now(), by=getattr(network, who))


def revise(network, item, *, title, tlp="green", addresses=world.EVERYONE):
    version = ItemVersion.objects.filter(item=item).latest("number")
    told = replace(content.document_of(version), title=title)
    terms, now = world.terms(tlp, addresses), timezone.now()
    drafting.revise(item=item, document=told, terms=terms, by=network.member, at=now)
    if tlp != "green":
        publishing.approve(item=item, by=network.colleague, at=now)
    publishing.publish(item=item, by=network.member, at=now)
