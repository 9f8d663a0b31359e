"""What SQL shows is what the rule allows, for every actor and item; and the rule alone."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schakel.kit.refusals import NotPermitted
from schakel.policy.access import NOBODY, SYSTEM, Level, Role
from schakel.policy.audience import Addressed, hidden
from schakel.policy.sharing import Tlp
from schakel.registry.models import Agreement, AgreementState, Constituency, Relation
from schakel.sharing.items import drafting
from schakel.sharing.models import Audience, ClientTie, Passing, SharedItem
from schakel.sharing.models.readers import reader_of
from schakel.sharing.words import ItemState
from tests.cast import NOON, member_of
from tests.sharing import world

ACTORS = ["member", "neighbour", "desk", "client", "patient", "steward", "auditor"]


def actor(network, name):
    return NOBODY if name == "visitor" else getattr(network, name)


def people_and_groups(network):
    """Every kind of address, some that mean somebody and some that do not."""
    return [
        "everyone:", "desk:", f"person:{network.member.user_id}", f"person:{network.client.user_id}",
        f"partner:{network.harbour.pk}", f"partner:{network.care.pk}", f"organisation:{network.country.harbour.pk}",
        "sector:health", "region:NL-ZH", "partner-type:isac", "function:information-sharing", "sector:space",
    ]  # fmt: skip


@pytest.fixture
def groups(network):
    """An open circle with a partner, the desk and an organisation, and a closed one with two people."""
    open_, closed = world.circle("Open kring"), world.circle("Dichte kring", is_closed=True)
    world.join(open_, partner=network.harbour)
    world.join(open_, is_desk=True)
    world.join(closed, network.neighbour, partner=network.care)
    world.join(closed, network.second, is_desk=True)
    return open_, closed


def put(network, *, tlp, addresses, circle=None, state=ItemState.PUBLISHED, embargo_until=None):
    """A row as it could stand there, whether or not an act would make it so."""
    is_out = state in {ItemState.PUBLISHED, ItemState.RETRACTED}
    return SharedItem.objects.create(
        kind="advisory", title="Iets", tlp=tlp, circle=circle, state=state, made_at=NOON, embargo_until=embargo_until,
        owner=network.care, author_id=network.neighbours_colleague.user_id,
        audience=Audience.objects.made(tlp=tlp, circle=circle, addresses=addresses),
        published_at=NOON if is_out else None, published_version=1 if is_out else None,
        retracted_at=NOON if state == ItemState.RETRACTED else None,
    )  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_sql_shows_what_the_rule_allows(data, network, groups):
    addresses = data.draw(st.sets(st.sampled_from(people_and_groups(network)), min_size=1))
    circle = data.draw(st.sampled_from([None, None, *groups]))
    now = timezone.now()
    item = put(
        network,
        tlp=data.draw(st.sampled_from([tlp.value for tlp in Tlp])),
        addresses=addresses | ({f"circle:{circle.pk}"} if circle else set()),
        circle=circle,
        state=data.draw(st.sampled_from(ItemState)),
        embargo_until=data.draw(st.sampled_from([None, now - timedelta(hours=1), now + timedelta(hours=1)])),
    )
    told = Addressed(
        tlp=item.tlp,
        addresses=frozenset(item.audience.addresses),
        circle=item.circle_id,
        is_out=item.state in {ItemState.PUBLISHED, ItemState.RETRACTED},
        embargo_until=item.embargo_until,
    )
    for name in [*ACTORS, "visitor", "second"]:
        by = actor(network, name)
        if name == "neighbour":  # Its own party wrote it.
            continue
        allowed = hidden(told, reader=reader_of(by, day=now.date()), at=now) is None
        assert SharedItem.objects.visible_to(by).filter(pk=item.pk).exists() is allowed, name


@pytest.mark.parametrize(
    ("tlp", "addresses", "readers"),
    [
        ("clear", ["everyone:"], {*ACTORS, "visitor"}),
        ("green", ["everyone:"], {"member", "neighbour", "desk", "client", "patient"}),
        ("amber", ["sector:health"], {"neighbour"}),
        ("amber+strict", ["partner-type:isac"], {"member", "neighbour"}),
        ("green", ["region:NL-ZH"], {"neighbour", "client", "patient"}),
        ("amber", ["region:NL-ZH"], {"neighbour"}),
        ("amber", ["desk:"], {"desk", "neighbour"}),
    ],
)
def test_who_reads_what(network, tlp, addresses, readers):
    item = put(network, tlp=tlp, addresses=addresses)
    seen = {n for n in [*ACTORS, "visitor"] if SharedItem.objects.visible_to(actor(network, n)).filter(pk=item.pk)}
    assert seen == readers


def test_who_only_reads_for_a_partner_sees_its_drafts_and_writes_none(network):
    reader = world.person("ria", Role.PARTNER, partner=network.harbour, level=Level.READER)
    item = drafting.draft(
        document=world.document(), terms=world.terms(), owner=network.harbour, by=network.member, at=NOON
    )
    assert item in SharedItem.objects.visible_to(reader)
    with pytest.raises(NotPermitted):
        drafting.drop(item=item, by=reader, at=NOON)


def test_red_is_for_those_who_are_named_and_its_author(network):
    item = put(network, tlp="red", addresses=[f"person:{network.member.user_id}"])
    seen = {n for n in [*ACTORS, "colleague"] if SharedItem.objects.visible_to(actor(network, n)).exists()}
    assert seen == {"member"}
    assert item in SharedItem.objects.visible_to(network.neighbours_colleague)


def test_a_partner_whose_agreement_is_suspended_reads_only_what_is_public(network):
    put(network, tlp="green", addresses=["everyone:"])
    public = put(network, tlp="clear", addresses=["everyone:"])
    Agreement.objects.filter(partner=network.harbour).update(state=AgreementState.SUSPENDED)
    assert list(SharedItem.objects.visible_to(network.member)) == [public]


def test_nobody_but_members_sees_into_a_closed_circle(network, groups):
    _open, closed = groups
    item = put(network, tlp="clear", addresses=[f"circle:{closed.pk}"], circle=closed)
    assert not SharedItem.objects.visible_to(network.desk).exists()
    assert not SharedItem.objects.visible_to(network.neighbours_colleague).exists()  # It wrote it, and is not in it.
    assert list(SharedItem.objects.visible_to(network.second)) == [item]


def test_who_left_a_circle_sees_nothing_of_it_any_more(network, groups):
    open_, _closed = groups
    put(network, tlp="green", addresses=[f"circle:{open_.pk}"], circle=open_)
    assert SharedItem.objects.visible_to(network.member).exists()
    open_.members.filter(partner=network.harbour).update(until_at=timezone.now())
    assert not SharedItem.objects.visible_to(network.member).exists()


def test_what_was_sent_to_a_partner_reaches_the_one_that_it_became_part_of(network):
    item = put(network, tlp="amber", addresses=[f"partner:{network.care.pk}"])
    type(network.care).objects.filter(pk=network.care.pk).update(successor=network.harbour)
    assert item in SharedItem.objects.visible_to(network.member)


@pytest.mark.parametrize(
    ("tlp", "is_served", "reads"),
    [("green", False, True), ("amber", False, False), ("amber", True, True), ("amber+strict", True, False)],
)
def test_what_is_passed_on_reaches_the_constituency_within_the_label(network, tlp, is_served, reads):
    item = put(network, tlp=tlp, addresses=[f"partner:{network.harbour.pk}"])
    Passing.objects.create(item=item, partner=network.harbour, title="Let op", passed_at=NOON, passed_by="anna")
    if is_served:
        ClientTie.objects.create(partner=network.harbour, relation=Relation.MEMBER, since_at=NOON, by="anna")
    assert SharedItem.objects.visible_to(network.client).exists() is reads
    assert not SharedItem.objects.visible_to(network.patient).exists()
    Constituency.objects.filter(organisation=network.country.harbour).delete()
    assert not SharedItem.objects.visible_to(network.client).exists()


def test_the_same_label_and_addresses_are_one_audience(network):
    one, two = (put(network, tlp="green", addresses=given) for given in (["b:1", "a:1"], ["a:1", "b:1", "a:1"]))
    assert one.audience == two.audience


def test_the_system_sees_all_rows(network):
    put(network, tlp="red", addresses=["person:1"])
    assert SharedItem.objects.visible_to(SYSTEM).count() == 1


def test_reading_costs_the_same_whoever_reads(network, groups, django_assert_max_num_queries):
    both = member_of(network.harbour)
    with django_assert_max_num_queries(6):
        list(SharedItem.objects.visible_to(both))
    with django_assert_max_num_queries(6):
        list(SharedItem.objects.visible_to(network.desk))
