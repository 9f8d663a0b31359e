"""Initiatives of three owners: the harbour circle, the care CSIRT, and a body outside the network."""

import pytest
from django.utils.translation import override

from schakel.collaboration import initiatives
from schakel.collaboration.descriptions import Description
from tests.cast import DESK, NOON


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


@pytest.fixture
def make(db):
    """`make("Naam", owner=…)`: an initiative, put in by the desk."""

    def added(name, *, by=DESK, **given):
        given = {"kind": "project", **given}
        return initiatives.add(description=Description(name=name, **given), by=by, at=NOON)

    return added


@pytest.fixture
def ours(make, country):
    return make("Havenwacht", owner=country.harbour_circle, functions=("notification",))


@pytest.fixture
def theirs(make, country):
    return make("Zorgwacht", owner=country.care_csirt, functions=("knowledge",))


@pytest.fixture
def outside(make):
    return make("Stichting Vangnet", owner_name="Stichting Vangnet")
