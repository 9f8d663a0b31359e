"""A network that shares: the cast, its people, an open circle and a closed one."""

from types import SimpleNamespace

import pytest
from django.utils.translation import override

from schakel.policy.access import Role
from tests.sharing import world


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


@pytest.fixture(autouse=True)
def own_circle_key(settings, tmp_path):
    settings.CIRCLE_KEY = str(tmp_path / "circle-key")


@pytest.fixture
def network(country):
    """Partners `harbour_circle` and `care_csirt` that share, with two people each, the desk's people, and others."""
    world.share(country)
    harbour, care = {"partner": country.harbour_circle}, {"partner": country.care_csirt}
    return SimpleNamespace(
        country=country,
        harbour=country.harbour_circle,
        care=country.care_csirt,
        member=world.person("anna", Role.PARTNER, **harbour),
        colleague=world.person("arjan", Role.PARTNER, **harbour),
        neighbour=world.person("bea", Role.PARTNER, **care),
        neighbours_colleague=world.person("bram", Role.PARTNER, **care),
        desk=world.person("dora", Role.COORDINATOR),
        second=world.person("dirk", Role.COORDINATOR),
        client=world.person("carla", Role.ORGANISATION, organisation=country.harbour),
        patient=world.person("cees", Role.ORGANISATION, organisation=country.hospital),
        steward=world.person("stien", Role.STEWARD),
        auditor=world.person("otto", Role.AUDITOR),
    )
