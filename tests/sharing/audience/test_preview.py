"""Who gets an item: the preview says what the rule says, for everybody, and counts what it lists."""

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schakel.people.models import User, UserGrant
from schakel.policy.access import Role
from schakel.policy.audience import Addressed, Hidden, hidden
from schakel.policy.sharing import Refusal, Tlp
from schakel.registry.models import Agreement, AgreementState, Contact, Organisation, Partner
from schakel.sharing.audience.parties import Party
from schakel.sharing.audience.preview import LISTED, addressed, recipients, summary, when_out
from schakel.sharing.models.readers import reader_of
from tests.cast import NOON
from tests.sharing import world
from tests.sharing.test_visibility import groups, people_and_groups

__all__ = ["groups"]
BODIES = {
    "member": (Party.PARTNER, "harbour"),
    "neighbour": (Party.PARTNER, "care"),
    "client": (Party.ORGANISATION, "country.harbour"),
    "patient": (Party.ORGANISATION, "country.hospital"),
    "desk": (Party.DESK, ""),
    "second": (Party.DESK, ""),
}


def told(*addresses, tlp="green", circle=None):
    return Addressed(tlp=tlp, addresses=frozenset(addresses), circle=circle)


def found(asked):
    return {(one.party, one.pk): one for one in recipients(asked, at=timezone.now())}


def body_of(network, name):
    party, way = BODIES[name]
    row = network
    for step in filter(None, way.split(".")):
        row = getattr(row, step)
    return party, getattr(row, "pk", None) if way else None


def reaches(asked, network, name):
    """Whether somebody gets it: by name, or as one of a body."""
    them = found(asked)
    ways = (them.get(body_of(network, name)), them.get((Party.PERSON, getattr(network, name).user_id)))
    return any(one is not None and one.refusal in {None, Refusal.NO_CHANNEL} for one in ways)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_the_preview_says_what_the_rule_allows(data, network, groups):
    circle = data.draw(st.sampled_from([None, None, *groups]))
    addresses = data.draw(st.sets(st.sampled_from(people_and_groups(network)), min_size=1))
    asked = told(
        *addresses,
        *([f"circle:{circle.pk}"] if circle else []),
        tlp=data.draw(st.sampled_from([tlp.value for tlp in Tlp])),
        circle=circle.pk if circle else None,
    )
    now = timezone.now()
    for name in BODIES:
        reader = reader_of(getattr(network, name), day=now.date())
        assert reaches(asked, network, name) is (hidden(asked, reader=reader, at=now) is None), name


@pytest.mark.parametrize(
    ("tlp", "address", "whom"),
    [
        ("green", "everyone:", {"Havenkring", "Zorg-CSIRT", "Haven van Zoutwijk", "Ziekenhuis De Linde", ""}),
        ("amber", "sector:health", {"Zorg-CSIRT"}),
        ("green", "partner-type:isac", {"Havenkring", "Zorg-CSIRT"}),
        ("green", "region:NL-ZH", {"Haven van Zoutwijk", "Ziekenhuis De Linde"}),
        ("amber", "desk:", {""}),
    ],
)
def test_it_lists_by_which_address(network, tlp, address, whom):
    got = [one for one in found(told(address, tlp=tlp)).values() if one.refusal is None]
    assert {one.name for one in got} == whom
    assert {one.address for one in got} == {address}


def test_it_says_why_not(network):
    Agreement.objects.filter(partner=network.harbour).update(state=AgreementState.SUSPENDED)
    them = found(told(f"partner:{network.harbour.pk}", "partner-type:isac"))
    assert them[Party.PARTNER, network.harbour.pk].refusal == Refusal.AGREEMENT_SUSPENDED
    assert them[Party.PARTNER, network.care.pk].refusal is None
    assert them[Party.DESK, None].refusal == Hidden.NOT_ADDRESSED


def test_the_label_stops_those_that_an_address_means_too_loosely(network):
    them = found(told("region:NL-ZH", tlp="amber"))
    assert them[Party.ORGANISATION, network.country.harbour.pk].refusal == Hidden.TOO_WIDE


def test_who_is_not_in_the_circle_does_not_get_it(network, groups):
    open_, closed = groups
    them = found(told(f"partner:{network.care.pk}", f"circle:{open_.pk}", circle=open_.pk))
    assert them[Party.PARTNER, network.care.pk].refusal == Hidden.OUTSIDE_CIRCLE
    assert them[Party.PARTNER, network.harbour.pk].refusal is None
    them = found(told(f"circle:{closed.pk}", circle=closed.pk))
    got = {key for key, one in them.items() if one.refusal is None}
    assert got == {(Party.PERSON, network.neighbour.user_id), (Party.PERSON, network.second.user_id)}


def test_who_has_neither_account_nor_contact_is_shown_as_out_of_reach(network):
    asked = told(f"organisation:{network.country.bakery.pk}", f"partner:{network.harbour.pk}")
    assert found(asked)[Party.ORGANISATION, network.country.bakery.pk].refusal == Refusal.NO_CHANNEL
    UserGrant.objects.filter(partner=network.harbour).delete()
    assert found(asked)[Party.PARTNER, network.harbour.pk].refusal is None
    Contact.objects.filter(partner=network.harbour).update(is_verified=False)
    assert found(asked)[Party.PARTNER, network.harbour.pk].refusal == Refusal.NO_CHANNEL


def test_what_is_addressed_to_one_that_became_part_of_another_gets_to_that(network):
    Partner.objects.filter(pk=network.care.pk).update(successor=network.harbour)
    Organisation.objects.filter(pk=network.country.hospital.pk).update(successor=network.country.harbour)
    them = found(told(f"partner:{network.care.pk}", f"organisation:{network.country.hospital.pk}", tlp="amber"))
    got = {key for key, one in them.items() if one.refusal is None}
    assert got == {(Party.PARTNER, network.harbour.pk), (Party.ORGANISATION, network.country.harbour.pk)}


def test_a_published_item_is_asked_by_what_it_is(network):
    item = world.out(by=network.member, owner=network.harbour, addresses=["sector:health"])
    assert addressed(item) == told("sector:health")
    assert when_out(world.terms("green", ["sector:health"]), circle=None) == told("sector:health")


def test_the_summary_counts_accounts_and_bodies(network):
    counted = summary(told("everyone:"), at=NOON)
    assert counted.getting == {Party.DESK: 1, Party.PARTNER: 2, Party.ORGANISATION: 2}
    assert counted.by_address == {"everyone:": 5}
    assert counted.people == 8
    closed = summary(told("sector:health"), at=NOON)
    assert (closed.getting, closed.people) == ({Party.PARTNER: 1}, 2)
    assert closed.refused == {Hidden.NOT_ADDRESSED: 2}
    assert closed.listed_refused == []


def grow(count):
    made = Partner.objects.bulk_create(
        Partner(key=f"p{n}", name=f"Partner {n}", type="isac", functions=["information-sharing"], sectors=["health"])
        for n in range(count)
    )
    Agreement.objects.bulk_create(
        Agreement(partner=one, functions=["information-sharing"], from_on=NOON.date(), state=AgreementState.SIGNED)
        for one in made
    )
    bodies = Organisation.objects.bulk_create(
        Organisation(key=f"o{n}", name=f"Organisatie {n}", sector="health", region="NL-ZH") for n in range(count)
    )
    users = User.objects.bulk_create(User(username=f"u{n}") for n in range(2 * count))
    UserGrant.objects.bulk_create(
        [UserGrant(user=users[n], role=Role.PARTNER, partner=one) for n, one in enumerate(made)]
        + [UserGrant(user=users[count + n], role=Role.ORGANISATION, organisation=one) for n, one in enumerate(bodies)]
    )


def test_a_large_network_costs_no_more_queries_and_is_not_listed_whole(network, django_assert_max_num_queries):
    grow(1152)
    with django_assert_max_num_queries(12):
        counted = summary(told("everyone:"), at=timezone.now())
    assert counted.getting == {Party.DESK: 1, Party.PARTNER: 1154, Party.ORGANISATION: 1154}
    assert counted.people == 2 * 1152 + 8
    assert sum(one.party == Party.PARTNER for one in counted.listed) == LISTED
