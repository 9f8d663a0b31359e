import pytest

from schakel.kit import paging
from schakel.notices.models import NetworkPhase
from tests.cast import NOON


@pytest.fixture
def keys(db):
    rows = [NetworkPhase.objects.create(phase="cold", from_at=NOON) for _ in range(5)]
    return [row.pk for row in rows]


@pytest.mark.parametrize("is_oldest_first", [True, False])
def test_pages_hold_every_row_once(keys, is_oldest_first):
    seen, after = [], None
    for _ in range(3):
        page = paging.page(NetworkPhase.objects.all(), after=after, size=2, is_oldest_first=is_oldest_first)
        seen += [row.pk for row in page.rows]
        after = page.next_after
    assert after is None
    assert seen == sorted(keys, reverse=not is_oldest_first)


def test_a_full_last_page_is_the_last(keys):
    assert paging.page(NetworkPhase.objects.all(), size=5).next_after is None


def test_a_page_of_nothing_is_the_last(db):
    assert paging.page(NetworkPhase.objects.all()) == paging.Page(rows=[], next_after=None)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("12", 12),
        ("", None),
        (None, None),
        ("-1", None),
        ("x", None),
        ("²", None),
        ("9" * 19, 2**63 - 1),
        ("9" * 99, None),
    ],
)
def test_only_a_number_that_can_be_a_key_is_one(text, key):
    assert paging.key_of(text) == key
