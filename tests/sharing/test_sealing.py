"""The keys of closed circles."""

import stat
from pathlib import Path

import pytest

from schakel.sharing import sealing
from tests.sharing import world


@pytest.fixture
def closed(db):
    return world.circle(is_closed=True)


def test_what_is_sealed_opens_in_its_circle_alone(closed):
    other = world.circle("Een andere", is_closed=True)
    sealed = closed.seal(b"Wij weten het.")
    assert b"weten" not in sealed
    assert closed.unseal(sealed) == b"Wij weten het."
    with pytest.raises(sealing.Unsealable):
        other.unseal(sealed)


def test_the_same_words_are_sealed_differently_each_time(closed):
    assert closed.seal(b"ja") != closed.seal(b"ja")


@pytest.mark.parametrize("change", [lambda s: s[:-1], lambda s: s[:20] + bytes([s[20] ^ 1]) + s[21:], lambda _s: b""])
def test_what_was_changed_does_not_open(closed, change):
    with pytest.raises(sealing.Unsealable):
        closed.unseal(change(closed.seal(b"Wij weten het al heel lang.")))


def test_the_key_of_the_machine_lies_beside_the_database_for_us_alone(closed, settings, tmp_path):
    place = Path(settings.CIRCLE_KEY)
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    sealed = closed.seal(b"Wij weten het.")
    settings.CIRCLE_KEY = str(tmp_path / "another")
    with pytest.raises(sealing.Unsealable):
        closed.unseal(sealed)
