"""Published items become objects for their audience, change with them, and are revoked with them."""

from datetime import timedelta

import orjson
import pytest
from django.utils import timezone

from schakel.policy.access import SYSTEM
from schakel.policy.audience import Addressed, hidden
from schakel.sharing.document import Indicator
from schakel.sharing.items import drafting, publishing
from schakel.sharing.models import Audience, ServedObject
from schakel.sharing.models.readers import reader_of
from schakel.sharing.taxii import asking, collections, serving
from schakel.sharing.taxii.asking import Wanted
from tests.cast import NOON
from tests.sharing import world

KADE = Indicator(kind="domain", value="kade.example")
SLUIS = Indicator(kind="domain", value="sluis.example")


def serve(item, at=None):
    serving.serve(item_id=item.pk, by=SYSTEM, at=at or timezone.now())


def fetched(actor, **wanted):
    """What an actor fetches: the names of indicators, and all objects."""
    audiences = collections.audiences(actor, day=timezone.localdate())
    page = asking.page(audiences, Wanted(limit=1000, **wanted))
    return orjson.loads(f"[{page.body}]")


def names(actor, **wanted):
    return [one["name"] for one in fetched(actor, types=("indicator",), **wanted)]


def out(network, *indicators, by=None, **given):
    by = by or network.member
    told = {"document": world.document(indicators=indicators), "by": by, "owner": network.harbour} | given
    item = world.out(**told)
    serve(item)
    return item


def test_the_audience_of_an_item_fetches_it_and_nobody_else(network):
    address = (f"partner:{network.care.pk}",)
    out(network, KADE, tlp="amber", addresses=address, reviewer=network.colleague)
    assert names(network.neighbour) == ["kade.example"]
    for other in (network.client, network.patient, network.steward, network.auditor):
        assert fetched(other) == []


def test_what_is_for_people_by_name_is_fetched_by_them_alone(network):
    address = (f"person:{network.neighbour.user_id}", f"person:{network.colleague.user_id}")
    out(network, KADE, tlp="red", addresses=address, reviewer=network.colleague)
    assert names(network.neighbour) == ["kade.example"]
    assert fetched(network.neighbours_colleague) == []
    assert fetched(network.desk) == []


def test_serving_twice_changes_nothing(network):
    item = out(network, KADE)
    before = list(ServedObject.objects.order_by("pk").values())
    serve(item)
    assert list(ServedObject.objects.order_by("pk").values()) == before


def test_drafts_embargoed_and_sealed_items_are_not_served(network):
    draft = drafting.draft(
        document=world.document(indicators=(KADE,)),
        terms=world.terms(),
        owner=network.harbour,
        by=network.member,
        at=NOON,
    )
    serve(draft)
    later = timezone.now() + timedelta(hours=1)
    waits = out(network, KADE, embargo_until=later)
    closed = world.circle(is_closed=True)
    world.join(closed, network.member, partner=network.harbour)
    world.join(closed, network.colleague, partner=network.harbour)
    address = (f"circle:{closed.pk}",)
    out(network, KADE, tlp="amber", addresses=address, group=closed, reviewer=network.colleague)
    assert not ServedObject.objects.exists()
    serve(waits, at=later)
    assert names(network.neighbour) == ["kade.example"]


def test_an_update_is_a_later_version_and_what_it_leaves_out_is_revoked(network):
    item = out(network, KADE, SLUIS)
    first = ServedObject.objects.order_by("-pk").values_list("pk", flat=True)[0]
    document = world.document(indicators=(SLUIS,), title="Lek, bijgewerkt")
    drafting.revise(item=item, document=document, terms=world.terms(), by=network.member, at=NOON + timedelta(hours=1))
    publishing.publish(item=item, by=network.member, at=NOON + timedelta(hours=1))
    serve(item)
    new = fetched(network.neighbour, after=first)
    assert [one["name"] for one in new if one.get("revoked")] == ["kade.example"]
    assert [one["name"] for one in new if one["type"] == "report"] == ["Lek, bijgewerkt"]
    everything = fetched(network.neighbour, types=("indicator",))
    assert [(one["name"], one.get("revoked", False)) for one in everything] == [
        ("sluis.example", False),
        ("kade.example", True),
    ]
    assert len(fetched(network.neighbour, types=("report",), versions=("all",))) == 2
    assert [one["name"] for one in fetched(network.neighbour, types=("report",), versions=("first",))] == [
        "Lek in Poortwachter"
    ]


def test_a_retracted_item_is_revoked_as_a_whole(network):
    item = out(network, KADE)
    publishing.retract(item=item, reason="Het klopte niet.", by=network.member, at=timezone.now())
    serve(item)
    held = [one for one in fetched(network.neighbour) if one["type"] not in {"identity", "marking-definition"}]
    assert {one["type"] for one in held} >= {"report", "indicator"}
    assert all(one["revoked"] for one in held if one["type"] != "extension-definition")
    before = ServedObject.objects.count()
    serve(item)
    assert ServedObject.objects.count() == before


def test_who_may_not_read_the_new_version_fetches_nothing_of_it_from_the_moment_it_is_out(network):
    item = out(network, KADE)
    assert names(network.neighbour) == ["kade.example"]
    narrow = world.terms("amber", (f"partner:{network.harbour.pk}",))
    document = world.document(indicators=(KADE, SLUIS))
    drafting.revise(item=item, document=document, terms=narrow, by=network.member, at=NOON)
    publishing.approve(item=item, by=network.colleague, at=NOON)
    publishing.publish(item=item, by=network.member, at=NOON)
    assert names(network.neighbour) == []
    serve(item)
    assert names(network.neighbour) == []
    assert names(network.colleague) == ["kade.example", "sluis.example"]


def test_who_may_read_it_from_now_on_gets_it_as_new(network):
    item = out(network, KADE, tlp="amber", addresses=(f"partner:{network.harbour.pk}",), reviewer=network.colleague)
    last = ServedObject.objects.order_by("-pk").values_list("pk", flat=True)[0]
    drafting.revise(
        item=item, document=world.document(indicators=(KADE,)), terms=world.terms(), by=network.member, at=NOON
    )
    publishing.publish(item=item, by=network.member, at=NOON)
    serve(item)
    assert names(network.neighbour, after=last) == ["kade.example"]


def test_authors_and_markings_are_told_once(network):
    out(network, KADE)
    out(network, SLUIS)
    kinds = [one["type"] for one in fetched(network.neighbour)]
    assert (kinds.count("identity"), kinds.count("marking-definition"), kinds.count("indicator")) == (2, 1, 2)


@pytest.mark.parametrize("reader", ["neighbour", "client", "desk"])
def test_what_is_fetched_is_what_the_rule_allows(network, reader):
    actor = getattr(network, reader)
    colleague = network.colleague
    items = [
        out(network, KADE),
        out(network, SLUIS, tlp="clear"),
        out(network, KADE, tlp="amber", addresses=(f"partner:{network.care.pk}",), reviewer=colleague),
        out(network, KADE, tlp="amber+strict", addresses=(f"partner:{network.harbour.pk}",), reviewer=colleague),
        out(network, KADE, tlp="green", addresses=("desk:",)),
    ]
    audiences = collections.audiences(actor, day=timezone.localdate())
    served = set(ServedObject.objects.filter(audience__in=audiences, item__isnull=False).values_list("item", flat=True))
    reader_now = reader_of(actor, day=timezone.localdate())
    said = {one.pk: Addressed(one.tlp, frozenset(one.audience.addresses)) for one in items}
    allowed = {pk for pk, one in said.items() if hidden(one, reader=reader_now, at=timezone.now()) is None}
    assert served == allowed
    assert set(audiences) == set(Audience.objects.of(reader_now).values_list("pk", flat=True))
