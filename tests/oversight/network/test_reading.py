from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from schakel.governance.beginning import begin
from schakel.kit.refusals import NotPermitted
from schakel.oversight.network import Asked, Kind, Node, Tie, TieKind, network
from schakel.oversight.network.reading import narrowed
from schakel.registry.models import Agreement, AgreementState, Commitment, Partner, PartnerStanding
from tests.cast import AUDITOR, DESK, NOON, STEWARD, STRANGER
from tests.oversight.network.scene import DAY, initiative, prospect, takes_part

ALL = Asked(with_prospects=True)


@pytest.fixture
def world(country):
    begin(by=DESK, at=NOON)
    prospect()
    takes_part(country.harbour_circle, initiative(owner=country.care_csirt))
    return country


def seen(actor, asked=ALL, language="nl"):
    return network(actor, day=DAY, language=language, asked=asked)


def labels(found, kind):
    return [node.label for node in found.nodes if node.kind == kind]


def ties(found, kind):
    names = {node.key: node.label for node in found.nodes}
    return {(names[tie.source], names[tie.target]) for tie in found.ties if tie.kind == kind}


def test_the_coordinator_sees_everything_and_what_ties_it(world):
    found = seen(DESK)
    assert labels(found, Kind.PARTNER) == ["Havenkring", "Zorg-CSIRT"]
    assert labels(found, Kind.PROSPECT) == ["Misschien BV"]
    assert labels(found, Kind.INITIATIVE) == ["Havens oefenen"]
    assert len(labels(found, Kind.FUNCTION)) == 5
    told = "Doelwit- en slachtoffernotificatie"
    assert ties(found, TieKind.INFORMS) == {("Havenkring", told), ("Zorg-CSIRT", told)}
    assert ties(found, TieKind.SUITS) == {("Misschien BV", "Kennisuitwisseling")}
    assert ties(found, TieKind.OWNS) == {("Zorg-CSIRT", "Havens oefenen")}
    assert ties(found, TieKind.TAKES_PART) == {("Havenkring", "Havens oefenen")}
    assert ties(found, TieKind.SERVES) == {("Havens oefenen", "Opleiden, trainen en oefenen")}
    assert len(ties(found, TieKind.GIVES)) == 14
    assert "Knowledge exchange" in labels(seen(DESK, language="en"), Kind.FUNCTION)


def test_prospects_come_only_where_they_are_asked_for(world):
    assert labels(seen(DESK, Asked()), Kind.PROSPECT) == []


def test_a_partner_sees_the_directory_and_no_trace_of_a_prospect(world):
    Partner.objects.filter(pk=world.care_csirt.pk).update(standing=PartnerStanding.JOINING)
    with_hidden = seen(world.member)
    assert labels(with_hidden, Kind.PARTNER) == ["Havenkring"]
    assert labels(with_hidden, Kind.PROSPECT) == []
    assert not [tie for tie in with_hidden.ties if f"-{world.care_csirt.pk}" in tie.source]
    assert labels(seen(DESK), Kind.PARTNER) == ["Havenkring", "Zorg-CSIRT"]
    assert [node.is_joining for node in seen(DESK).nodes if node.label == "Zorg-CSIRT"] == [True]
    assert labels(seen(world.neighbour), Kind.PARTNER) == ["Havenkring", "Zorg-CSIRT"]
    before = seen(world.member)
    prospect("another", "Nog een")
    assert seen(world.member) == before


@pytest.mark.parametrize("actor", [STEWARD, AUDITOR, STRANGER], ids=lambda one: one.name)
def test_others_see_no_network(world, actor):
    with pytest.raises(NotPermitted):
        seen(actor)


def test_who_left_is_gone(world):
    Partner.objects.filter(pk=world.care_csirt.pk).update(standing=PartnerStanding.LEFT, left_at=NOON)
    assert labels(seen(DESK), Kind.PARTNER) == ["Havenkring"]
    assert ties(seen(DESK), TieKind.OWNS) == set()


def test_roles_follow_agreements_and_commitments_of_the_day_and_the_heaviest_holds(world):
    told = "Doelwit- en slachtoffernotificatie"
    Commitment.objects.create(
        partner=world.harbour_circle, function="notification", role="lead", from_on=date(2026, 1, 1)
    )
    Commitment.objects.create(
        partner=world.care_csirt, function="knowledge", role="contributor", from_on=date(2027, 1, 1)
    )
    Agreement.objects.filter(partner=world.care_csirt).update(state=AgreementState.SUSPENDED)
    found = seen(DESK)
    assert ties(found, TieKind.LEADS) == {("Havenkring", told)}
    assert ties(found, TieKind.INFORMS) == ties(found, TieKind.CONTRIBUTES) == set()
    later = network(DESK, day=date(2027, 1, 2), language="nl")
    assert ties(later, TieKind.CONTRIBUTES) == {("Zorg-CSIRT", "Kennisuitwisseling")}


def test_what_stopped_and_who_went_is_not_shown(world):
    initiative("oud", "Oud", state="stop", state_reason="Klaar", functions=["knowledge"])
    takes_part(world.care_csirt, initiative("nieuw", "Nieuw"), until_on=DAY)
    found = seen(DESK)
    assert labels(found, Kind.INITIATIVE) == ["Havens oefenen", "Nieuw"]
    assert ties(found, TieKind.TAKES_PART) == {("Havenkring", "Havens oefenen")}


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        (Asked(sector="health"), {"Zorg-CSIRT", "Havens oefenen"}),
        (Asked(region="NL-ZE", with_prospects=True), {"Misschien BV"}),
        (Asked(region="NL-ZE"), set()),
        (Asked(type="isac"), {"Havenkring", "Zorg-CSIRT", "Havens oefenen"}),
        (Asked(type="isac", function="notification"), {"Havenkring", "Zorg-CSIRT"}),
        (Asked(function="exercise"), {"Havens oefenen"}),
        (Asked(category="core"), {"Zorg-CSIRT", "Havens oefenen"}),
        (Asked(kind="initiative"), {"Havens oefenen"}),
        (Asked(words="HAVEN"), {"Havenkring", "Havens oefenen"}),
        (Asked(kind="prospect", with_prospects=True), {"Misschien BV"}),
        (Asked(words="nergens"), set()),
    ],
)
def test_the_network_is_narrowed(world, asked, shown):
    Partner.objects.filter(pk=world.care_csirt.pk).update(category="core", category_on=DAY)
    assert {node.label for node in seen(DESK, asked).nodes if node.kind != Kind.FUNCTION} == shown


def test_functions_stay_as_far_as_something_is_tied_to_them(world):
    assert labels(seen(DESK, Asked(sector="health")), Kind.FUNCTION) == [
        "Doelwit- en slachtoffernotificatie",
        "Opleiden, trainen en oefenen",
    ]
    assert labels(seen(DESK, Asked(function="notification")), Kind.FUNCTION) == ["Doelwit- en slachtoffernotificatie"]


def test_another_app_joins_by_its_source(world):
    """The seam by which what comes later, such as circles, joins: a function, and a line in SOURCES."""
    circle = Node("initiative-kring", Kind.INITIATIVE, "Kring", "kring")
    member = Tie(f"partner-{world.harbour_circle.pk}", circle.key, TieKind.TAKES_PART)
    hidden = Tie("partner-999999", circle.key, TieKind.TAKES_PART)

    def circles(_actor, _day, _language):
        return [circle], [member, hidden]

    from schakel.oversight.network.sources import SOURCES

    found = network(DESK, day=DAY, language="nl", sources=(*SOURCES, circles))
    assert "Kring" in labels(found, Kind.INITIATIVE)
    assert ("Havenkring", "Kring") in ties(found, TieKind.TAKES_PART)
    assert hidden not in found.ties


def test_more_of_everything_costs_no_more_queries(world, django_assert_num_queries):
    with CaptureQueriesContext(connection) as few:
        seen(DESK)
    for number in range(5):
        one = Partner.objects.create(key=f"p{number}", name=f"P{number}", type="isac")
        takes_part(one, initiative(f"i{number}", f"I{number}", owner=one))
        prospect(f"q{number}", f"Q{number}")
    with django_assert_num_queries(len(few)):
        seen(DESK)


KINDS = st.sampled_from(list(Kind))
VALUES = st.sampled_from(["", "a", "b"])
NODES = st.lists(
    st.builds(Node, key=st.integers(0, 9).map(str), kind=KINDS, label=VALUES, page=st.just(1), type=VALUES,
              functions=st.lists(VALUES, max_size=2).map(tuple), sectors=st.lists(VALUES, max_size=2).map(tuple)),
    max_size=10, unique_by=lambda node: node.key,
)  # fmt: skip
TIES = st.lists(
    st.builds(Tie, st.integers(0, 9).map(str), st.integers(0, 9).map(str), st.just(TieKind.SERVES)), max_size=20
)
ASKED = st.builds(
    Asked, function=VALUES, sector=VALUES, type=VALUES, words=VALUES, kind=st.sampled_from(["", *Kind]),
    with_prospects=st.booleans(),
)  # fmt: skip


@given(NODES, TIES, ASKED)
def test_what_is_narrowed_is_part_of_the_whole_and_its_ties_have_both_ends(nodes, tie_list, asked):
    found = narrowed(nodes, tie_list, asked)
    keys = {node.key for node in found.nodes}
    assert keys <= {node.key for node in nodes}
    assert set(found.ties) == {tie for tie in tie_list if tie.source in keys and tie.target in keys}
    assert asked.with_prospects or all(node.kind != Kind.PROSPECT for node in found.nodes)
    if asked.sector:
        assert all(asked.sector in one.sectors for one in found.nodes if one.kind in {Kind.PARTNER, Kind.PROSPECT})
