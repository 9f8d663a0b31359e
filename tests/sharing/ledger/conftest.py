"""The network with people's mail, and jobs that run when they are told to."""

import pytest

from schakel.people.models import User
from schakel.policy.access import SYSTEM
from schakel.sharing.ledger import telling
from schakel.sharing.models import Preference, Receipt
from tests.cast import NOON


@pytest.fixture
def tell(db):
    """Tells an item's published version now, as the job does."""

    def act(item, at=NOON):
        item.refresh_from_db()
        return telling.tell(item=item, version=item.published_version, by=SYSTEM, at=at)

    return act


@pytest.fixture
def receipt_of():
    """The receipt of a party for an item."""

    def find(item, **party):
        return Receipt.objects.get(item=item, passing=None, **party)

    return find


@pytest.fixture
def prefer():
    """Says how somebody wants to be told."""

    def act(pace="at-once", **given):
        return Preference.objects.create(pace=pace, set_at=NOON, set_by="test", **given)

    return act


@pytest.fixture
def users(network):
    """The accounts behind the people."""
    return {name: User.objects.get(pk=getattr(network, name).user_id) for name in ("member", "client", "desk")}
