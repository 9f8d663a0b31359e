import pytest

from schakel.journal.models import Event
from schakel.kit.refusals import Invalid, NotPermitted, WrongState
from schakel.sharing.formats.registry import formats
from schakel.sharing.incoming import quarantine, sources
from schakel.sharing.incoming.quarantine import StillHeld
from schakel.sharing.incoming.sources import SourceTerms
from schakel.sharing.models import HeldContent, SharedItem
from tests.cast import NOON
from tests.sharing.incoming.test_receiving import source, take


@pytest.fixture
def haven(network):
    return source(network)


@pytest.fixture
def held(haven):
    return take("woorden", haven).held


def again(held, by):
    return quarantine.read_again(held=held, formats=formats(), by=by, at=NOON)


def test_what_is_held_is_read_when_the_reason_is_gone(network, haven, held):
    sources.change(
        source=haven,
        terms=SourceTerms(name="Haven ISAC", default_tlp="green"),
        is_active=True,
        by=network.member,
        at=NOON,
    )
    held = HeldContent.objects.get()
    [item] = again(held, network.colleague).items
    held.refresh_from_db()
    assert (held.state, bytes(held.content), held.settled_by, item.tlp) == (
        "read",
        b"",
        network.colleague.name,
        "green",
    )
    assert Event.objects.order_by("number").last().tag == "sharing.content.released"
    with pytest.raises(WrongState):
        again(held, network.member)


def test_what_still_cannot_be_read_stays_as_it_was(network, held):
    with pytest.raises(StillHeld, match="no label"):
        again(held, network.member)
    held = HeldContent.objects.get()
    assert (held.state, bytes(held.content)) == ("waiting", b"woorden")
    assert not SharedItem.objects.exists()


def test_what_is_dropped_leaves_its_reason_and_no_content(network, held):
    with pytest.raises(Invalid):
        quarantine.drop(held=held, reason=" ", by=network.member, at=NOON)
    quarantine.drop(held=held, reason="Reclame.", by=network.member, at=NOON)
    held = HeldContent.objects.get()
    assert (held.state, bytes(held.content), held.drop_reason) == ("dropped", b"", "Reclame.")
    assert take("woorden", held.source).held.pk != held.pk


@pytest.mark.parametrize("name", ["neighbour", "client", "steward", "auditor"])
def test_only_its_own_party_settles_what_is_held(network, held, name):
    with pytest.raises(NotPermitted):
        again(held, getattr(network, name))
    with pytest.raises(NotPermitted):
        quarantine.drop(held=held, reason="Weg.", by=getattr(network, name), at=NOON)
    assert HeldContent.objects.get().state == "waiting"
