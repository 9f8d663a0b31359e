"""`schakel search`: the index of what is shared is made anew."""

import json

import pytest
from django.core.management import call_command

from schakel.sharing.models import SearchEntry
from tests.sharing import world
from tests.sharing.conftest import in_english, network, own_circle_key  # noqa: F401 - fixtures


@pytest.fixture
def shared(network):  # noqa: F811 - the fixture of sharing
    return world.out(by=network.neighbour, owner=network.care)


def test_it_says_how_many_items_it_read(shared, capsys):
    SearchEntry.objects.all().delete()
    call_command("search", "rebuild", "--json")
    assert json.loads(capsys.readouterr().out) == {"items": 1}
    assert SearchEntry.objects.get().item == shared
