"""Who may read a shared item: the matrix as a table, and what must hold whatever the table says."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schakel.policy.audience import (
    ADDRESSABLE,
    MEANS,
    Address,
    Addressed,
    Hidden,
    Meant,
    Reader,
    Unaddressable,
    Unpassable,
    hidden,
    kind_of,
    needs_review,
    unaddressable,
    unpassable,
)
from schakel.policy.sharing import Refusal, Tlp

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)

# FIRST, Traffic Light Protocol 2.0, section 4. How an address means a reader, and the labels that allow it.
MATRIX = [
    #  label          named  party  group  client  community  public
    ("clear",         True,  True,  True,  True,   True,      True),
    ("green",         True,  True,  True,  True,   True,      False),
    ("amber",         True,  True,  True,  True,   False,     False),
    ("amber+strict",  True,  True,  True,  False,  False,     False),
    ("red",           True,  False, False, False,  False,     False),
]  # fmt: skip
CELLS = [(label, meant, reads) for label, *row in MATRIX for meant, reads in zip(Meant, row, strict=True)]

# Which addresses may be written on an item under each label; tasks are those of a circle, and stay in it.
WRITABLE = {
    "clear": set(Address) - {Address.TASK},
    "green": set(Address) - {Address.TASK},
    "amber": set(Address) - {Address.EVERYONE, Address.TASK},
    "amber+strict": set(Address) - {Address.EVERYONE, Address.CLIENTS, Address.TASK},
    "red": {Address.PERSON},
}

addresses = st.frozensets(st.sampled_from(["person:1", "partner:1", "sector:health", "circle:3", "everyone:"]))
readers = st.builds(
    Reader,
    meant=st.dictionaries(st.sampled_from(Meant), addresses),
    circles=st.frozensets(st.sampled_from([3, 4])),
    barred=st.none() | st.just(Refusal.AGREEMENT_ENDED),
)
items = st.builds(
    Addressed,
    tlp=st.sampled_from([tlp.value for tlp in Tlp]),
    addresses=addresses,
    circle=st.none() | st.just(3),
    is_out=st.booleans(),
    embargo_until=st.none() | st.sampled_from([NOON - timedelta(days=1), NOON + timedelta(days=1)]),
)


@pytest.mark.parametrize(("label", "meant", "reads"), CELLS)
def test_the_label_says_how_loosely_an_address_may_mean_somebody(label, meant, reads):
    item = Addressed(tlp=label, addresses=frozenset({"sector:health"}))
    reader = Reader(meant={meant: frozenset({"sector:health"})})
    assert (hidden(item, reader=reader, at=NOON) is None) is reads


@pytest.mark.parametrize("label", [tlp.value for tlp in Tlp])
def test_only_some_addresses_go_with_a_label(label):
    allowed = {
        kind
        for kind in Address
        if unaddressable(label, [kind.of("" if kind in {Address.DESK, Address.EVERYONE} else 1)]) is None
    }
    assert allowed == WRITABLE[label]


@given(items, readers)
def test_a_stricter_label_never_reaches_further(item, reader):
    order = [tlp.value for tlp in Tlp]
    stricter = order[order.index(item.tlp) :]
    reads = [
        hidden(Addressed(tlp, item.addresses, item.circle, item.is_out, item.embargo_until), reader=reader, at=NOON)
        is None
        for tlp in stricter
    ]
    assert reads == sorted(reads, reverse=True)


def test_a_stricter_label_lets_fewer_means_and_addresses_through():
    for open_, closed in zip(list(Tlp), list(Tlp)[1:], strict=False):
        assert MEANS[closed] <= MEANS[open_]
        assert ADDRESSABLE[closed] <= ADDRESSABLE[open_]


@given(items, readers)
def test_who_reads_was_meant_and_in_the_circle_and_not_too_early(item, reader):
    if hidden(item, reader=reader, at=NOON) is None:
        assert item.is_out
        assert item.circle is None or item.circle in reader.circles
        assert item.embargo_until is None or item.embargo_until <= NOON
        assert any(item.addresses & theirs for theirs in reader.meant.values())


@given(items, readers)
def test_who_is_barred_reads_only_what_is_for_all_the_world(item, reader):
    barred = Reader(meant=reader.meant, circles=reader.circles, barred=Refusal.NO_AGREEMENT)
    if hidden(item, reader=barred, at=NOON) is None:
        assert item.tlp == Tlp.CLEAR
        assert item.addresses & reader.meant[Meant.PUBLIC]


@pytest.mark.parametrize("label", ["", "TLP:ORANGE", "secret"])
def test_an_unknown_label_is_read_by_nobody_and_written_by_nobody(label):
    item = Addressed(tlp=label, addresses=frozenset({"everyone:"}))
    everywhere = Reader(meant={meant: frozenset({"everyone:"}) for meant in Meant})
    assert hidden(item, reader=everywhere, at=NOON) == Hidden.UNKNOWN_LABEL
    assert unaddressable(label, ["person:1"]) == Unaddressable.UNKNOWN_LABEL
    assert unpassable(label, is_switched_on=True, has_services=True) == Unpassable.UNKNOWN_LABEL
    assert needs_review(label, above="red")


@pytest.mark.parametrize(
    ("reader", "reason"),
    [
        (Reader(), Hidden.NOT_ADDRESSED),
        (Reader(meant={Meant.COMMUNITY: frozenset({"sector:health"})}), Hidden.TOO_WIDE),
        (
            Reader(meant={Meant.GROUP: frozenset({"sector:health"})}, barred=Refusal.AGREEMENT_SUSPENDED),
            Hidden.NO_AGREEMENT,
        ),
    ],
)
def test_the_reason_says_what_stands_in_the_way(reader, reason):
    assert hidden(Addressed("amber", frozenset({"sector:health"})), reader=reader, at=NOON) == reason


@pytest.mark.parametrize(
    ("addresses", "reason"),
    [
        ([], Unaddressable.NOBODY),
        (["partner"], Unaddressable.UNKNOWN_ADDRESS),
        (["partner:"], Unaddressable.UNKNOWN_ADDRESS),
        (["everyone:all"], Unaddressable.UNKNOWN_ADDRESS),
        (["planet:mars"], Unaddressable.UNKNOWN_ADDRESS),
        (["everyone:"], Unaddressable.LEAVES_CIRCLE),
        (["sector:health"], Unaddressable.LEAVES_CIRCLE),
        (["circle:4"], Unaddressable.LEAVES_CIRCLE),
        (["task:4.detection"], Unaddressable.LEAVES_CIRCLE),
        (["circle:3", "person:1"], None),
        (["task:3.detection"], None),
    ],
)
def test_addresses_inside_a_circle(addresses, reason):
    assert unaddressable("green", addresses, circle=3) == reason


@pytest.mark.parametrize("address", Address)
def test_an_address_is_written_and_known_again(address):
    value = "" if address in {Address.DESK, Address.EVERYONE} else "7"
    assert kind_of(address.of(value)) == address


# Our reading of TLP 2.0, section 4: clients are those who get security services; membership alone is not enough.
PASSING = [
    #  label          nothing                      switched on                 switched on, served
    ("clear",         None,                        None,                       None),
    ("green",         None,                        None,                       None),
    ("amber",         Unpassable.NOT_SWITCHED_ON,  Unpassable.NO_SERVICES,     None),
    ("amber+strict",  Unpassable.TOO_CLOSED,       Unpassable.TOO_CLOSED,      Unpassable.TOO_CLOSED),
    ("red",           Unpassable.TOO_CLOSED,       Unpassable.TOO_CLOSED,      Unpassable.TOO_CLOSED),
]  # fmt: skip


@pytest.mark.parametrize(("label", "bare", "switched", "served"), PASSING)
def test_passing_on_stays_within_the_label(label, bare, switched, served):
    assert unpassable(label, is_switched_on=False, has_services=False) == bare
    assert unpassable(label, is_switched_on=True, has_services=False) == switched
    assert unpassable(label, is_switched_on=True, has_services=True) == served
    assert unpassable(label, is_switched_on=True, has_services=True, circle=3) is not None


def test_labels_above_the_chosen_one_need_a_second_person():
    assert [needs_review(tlp.value, above="green") for tlp in Tlp] == [False, False, True, True, True]
