"""Programs of the sharing network, each with its key."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from schakel.people import tokens
from schakel.people.models import User
from schakel.policy.access import SYSTEM
from schakel.sharing.taxii import serving
from tests.cast import DESK
from tests.sharing import world
from tests.sharing.conftest import network, own_circle_key  # noqa: F401 - fixtures

TAXII = "application/taxii+json;version=2.1"


@pytest.fixture(autouse=True)
def no_static_files(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path


def key_of(actor):
    user = User.objects.get(pk=actor.user_id)
    return tokens.add(user=user, name="program", days=1, by=DESK, at=timezone.now())


def program(actor):
    headers = {"authorization": f"Bearer {key_of(actor)}", "accept-language": "en", "accept": TAXII}
    return Client(headers=headers)


def out(net, **given):
    item = world.out(**({"by": net.member, "owner": net.harbour} | given))
    serving.serve(item_id=item.pk, by=SYSTEM, at=timezone.now())
    return item


@pytest.fixture
def shared(network):  # noqa: F811
    """One item for all, one for the neighbour, one in an open circle; and the programs of some."""
    circle = world.circle("Sluiswachters")
    world.join(circle, partner=network.harbour)
    closely = {"reviewer": network.colleague, "tlp": "amber"}
    item = out(network)
    close = out(
        network, document=world.document("Alleen de zorg"), addresses=(f"partner:{network.care.pk}",), **closely
    )
    within = out(
        network, document=world.document("In de kring"), addresses=(f"circle:{circle.pk}",), group=circle, **closely
    )
    people = {name: program(getattr(network, name)) for name in ("member", "neighbour", "client", "steward", "desk")}
    later = timezone.now() + timedelta(days=1)
    return SimpleNamespace(net=network, circle=circle, item=item, close=close, within=within, later=later, **people)
