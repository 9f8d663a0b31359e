"""Which ways an item may leave by: label, ceiling, encryption, circle."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schakel.policy.channels import Channel, Load, Stop, may_block, stop
from schakel.policy.sharing import Tlp

channels = st.builds(Channel, ceiling=st.sampled_from(Tlp), is_encrypted=st.booleans(), is_for_people=st.booleans())
loads = st.builds(
    Load,
    tlp=st.sampled_from([tlp.value for tlp in Tlp]),
    iep=st.sampled_from([{}, {"encrypt_in_transit": "may"}, {"encrypt_in_transit": "must"}]),
    is_sealed=st.booleans(),
)

# What plain mail, encrypted mail, a feed behind a login and a public feed take.
PLAIN = Channel(ceiling=Tlp.GREEN)
ENCRYPTED = Channel(ceiling=Tlp.RED, is_encrypted=True, is_for_people=True)
FEED = Channel(ceiling=Tlp.AMBER_STRICT, is_encrypted=True)
PUBLIC = Channel(ceiling=Tlp.CLEAR)
MATRIX = [
    #  label          plain                    encrypted  feed                     public
    ("clear",         None,                    None,      None,                    None),
    ("green",         None,                    None,      None,                    Stop.ABOVE_CEILING),
    ("amber",         Stop.ABOVE_CEILING,      None,      None,                    Stop.ABOVE_CEILING),
    ("amber+strict",  Stop.ABOVE_CEILING,      None,      None,                    Stop.ABOVE_CEILING),
    ("red",           Stop.NAMED_PEOPLE_ONLY,  None,      Stop.NAMED_PEOPLE_ONLY,  Stop.NAMED_PEOPLE_ONLY),
]  # fmt: skip


@pytest.mark.parametrize(("label", "plain", "encrypted", "feed", "public"), MATRIX)
def test_a_channel_takes_labels_up_to_its_ceiling(label, plain, encrypted, feed, public):
    stops = [stop(Load(label, {}), channel=one) for one in (PLAIN, ENCRYPTED, FEED, PUBLIC)]
    assert stops == [plain, encrypted, feed, public]


@given(loads, channels)
def test_red_leaves_to_people_alone(load, channel):
    if load.tlp == Tlp.RED and not channel.is_for_people:
        assert stop(load, channel=channel) is not None


@given(loads, channels)
def test_a_stricter_label_never_leaves_where_a_wider_one_may_not(load, channel):
    order = [tlp.value for tlp in Tlp]
    leaves = [
        stop(Load(tlp, load.iep, load.is_sealed), channel=channel) is None for tlp in order[order.index(load.tlp) :]
    ]
    assert leaves == sorted(leaves, reverse=True)


@given(loads, channels)
def test_what_a_closed_circle_shares_leaves_to_people_alone(load, channel):
    if load.is_sealed and not channel.is_for_people:
        assert stop(load, channel=channel) is not None


@pytest.mark.parametrize("word", ["must", "MUST", "sometimes", ""])
def test_what_must_travel_encrypted_does(word):
    load = Load("clear", {"encrypt_in_transit": word})
    assert stop(load, channel=PLAIN) == Stop.MUST_BE_ENCRYPTED
    assert stop(load, channel=FEED) is None


def test_an_unknown_label_leaves_nowhere():
    assert stop(Load("TLP:ORANGE", {}), channel=ENCRYPTED) == Stop.UNKNOWN_LABEL


@pytest.mark.parametrize(
    ("pap", "may"), [("", True), ("clear", True), ("green", True), ("amber", False), ("red", False)]
)
def test_pap_says_whether_a_machine_may_block(pap, may):
    assert may_block(pap) is may
