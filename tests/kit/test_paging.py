import json
from base64 import urlsafe_b64encode
from datetime import timedelta

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


def test_ordered_pages_hold_every_row_once_in_their_order(db):
    texts = ["b", "a", "b", "c", "a"]
    rows = [NetworkPhase.objects.create(phase="cold", from_at=NOON, reason=text) for text in texts]
    seen, place = [], ""
    for _ in range(3):
        page = paging.ordered_page(NetworkPhase.objects.all(), by=["reason"], place=place, size=2)
        seen += [(row.reason, row.pk) for row in page.rows]
        place = page.next_place
    assert place == ""
    assert seen == sorted((row.reason, row.pk) for row in rows)


@pytest.mark.parametrize(
    "values",
    [None, 1, [], ["a"], ["a", "b"], [1.5, 1], ["\x00", 1], [True, 1], [-1, 1], [None, 2], ["a", 2**70], ["\ud800", 1]],
)
def test_a_place_that_we_did_not_give_is_the_start(keys, values):
    place = urlsafe_b64encode(json.dumps(values).encode()).decode()
    brackets = urlsafe_b64encode(b"[" * 40_000).decode()
    for wrong in (place, "%%%", "é", place[:-2], brackets):
        page = paging.ordered_page(NetworkPhase.objects.all(), by=["reason"], place=wrong)
        assert [row.pk for row in page.rows] == keys


def test_a_text_where_a_number_belongs_is_the_start(keys):
    place = urlsafe_b64encode(b'["x", 1]').decode()
    assert len(paging.ordered_page(NetworkPhase.objects.all(), by=["id"], place=place).rows) == 5


def test_pages_by_moment_hold_every_row_once_latest_first(db):
    moments = [NOON, NOON, NOON - timedelta(minutes=1), NOON + timedelta(minutes=1), NOON]
    for at in moments:
        NetworkPhase.objects.create(phase="cold", from_at=at)
    seen, place = [], None
    for _ in range(3):
        found = paging.latest_page(NetworkPhase.objects.all(), by="from_at", place=place, size=2)
        seen += [(row.from_at, row.pk) for row in found.rows]
        place = found.next_place
    assert place == ""
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == 5


@pytest.mark.parametrize(
    "values", [[], ["yesterday", 1], ["2026-11-02T12:00:00", 1], [1, 2], ["2026-11-02T12:00:00+00:00"]]
)
def test_a_place_by_moment_that_cannot_be_read_is_the_start(db, values):
    NetworkPhase.objects.create(phase="cold", from_at=NOON)
    place = urlsafe_b64encode(json.dumps(values).encode()).decode()
    assert len(paging.latest_page(NetworkPhase.objects.all(), by="from_at", place=place).rows) == 1
