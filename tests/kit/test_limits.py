from datetime import timedelta

import pytest
from django.core.cache import cache

from schakel.kit.limits import Limit, client_of
from tests.cast import NOON

THRICE = Limit("test", count=3, seconds=60)


@pytest.fixture(autouse=True)
def empty_cache(db):
    cache.clear()


def test_one_too_many_passes_the_limit():
    assert [THRICE.is_passed("me", at=NOON) for _ in range(5)] == [False, False, False, True, True]


def test_each_is_counted_alone():
    for _ in range(4):
        THRICE.is_passed("me", at=NOON)
    assert not THRICE.is_passed("you", at=NOON)
    assert not Limit("other", count=3, seconds=60).is_passed("me", at=NOON)


def test_a_new_window_starts_at_nothing():
    for _ in range(4):
        THRICE.is_passed("me", at=NOON)
    assert not THRICE.is_passed("me", at=NOON + timedelta(seconds=60))


def test_a_limit_of_nothing_lets_nobody_in():
    assert Limit("shut", count=0, seconds=60).is_passed("me", at=NOON)


def test_text_that_is_no_unicode_is_counted_too():
    assert not THRICE.is_passed("\udce9", at=NOON)


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", ""),
        ("unix", "unix"),
    ],
)
def test_of_an_ipv6_address_the_site_counts(address, client):
    assert client_of(address) == client
