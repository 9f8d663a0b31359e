"""Pages: for any rows, any reader and any wish, each object once and none missing, as a plain loop finds them."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schakel.sharing.models import Audience
from schakel.sharing.taxii import asking
from schakel.sharing.taxii.asking import Wanted
from schakel.sharing.taxii.placing import Row, place

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def audiences(db):
    return [Audience.objects.made(tlp="green", circle=None, addresses=[f"partner:{at}"]).pk for at in range(3)]


def row(audience, key, version, kind="indicator"):
    at = BEGIN + timedelta(seconds=version) if version is not None else None
    content = orjson.dumps({"key": key, "version": version, "audience": audience}).decode()
    return Row(item=None, audience=audience, key=key, type=kind, version=at, is_revoked=False, content=content)


ROWS = st.lists(st.tuples(st.integers(0, 2), st.sampled_from("abcd"), st.none() | st.integers(0, 2)), max_size=12)


def plain(rows, seen, wish):
    """The same by a loop: rows that the reader may see; of each object the wished version, of equal ones the first."""
    visible = [one for one in rows if one[0] in seen]
    found = []
    for at, (audience, key, version) in enumerate(visible):
        beside = [other for other in visible if other[1] == key]
        if (audience, key, version) and any(other[2] == version for other in visible[:at] if other[1] == key):
            continue
        known = [other[2] for other in beside if other[2] is not None]
        if version is not None and wish == "last" and version < max(known):
            continue
        if version is not None and wish == "first" and version > min(known):
            continue
        found.append((key, version))
    return found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(rows=ROWS, seen=st.sets(st.integers(0, 2)), wish=st.sampled_from(["last", "first", "all"]), few=st.booleans())
def test_pages_agree_with_the_plain_loop(audiences, rows, seen, wish, few):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM sharing_servedobject")
    for audience, key, version in rows:
        place([row(audiences[audience], key, version)])
    asking_few, asking.FEW = asking.FEW, 32 if few else 0
    found, after = [], 0
    try:
        while True:
            page = asking.page([audiences[one] for one in seen], Wanted(after=after, limit=2, versions=(wish,)))
            found += [(one["key"], one["version"]) for one in orjson.loads(f"[{page.body}]")]
            if not page.has_more:
                break
            after = page.last or after
    finally:
        asking.FEW = asking_few
    assert found == plain(rows, seen, wish)


def test_a_version_is_asked_for_by_its_time(audiences):
    place([row(audiences[0], "a", 1), row(audiences[0], "a", 2)])
    page = asking.page(audiences, Wanted(versions=(BEGIN + timedelta(seconds=1), "last")))
    assert [one["version"] for one in orjson.loads(f"[{page.body}]")] == [1, 2]
    page = asking.page(audiences, Wanted(versions=(BEGIN + timedelta(seconds=1),)))
    assert [one["version"] for one in orjson.loads(f"[{page.body}]")] == [1]


def test_places_never_go_back(audiences):
    place([row(audiences[0], "a", 1)] * 3)
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(sequence ORDER BY sequence) FROM sharing_servedobject")
        [first] = cursor.fetchone()
        cursor.execute("DELETE FROM sharing_servedobject")
        cursor.execute("SELECT setval('sharing_served_place', %s)", [first[-1] + 3_600_000_000])  # The clock went back.
    place([row(audiences[0], "a", 1)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(sequence) FROM sharing_servedobject")
        assert cursor.fetchone()[0] == first[-1] + 3_600_000_001


def test_one_query_for_a_page_and_none_for_who_may_read_nothing(audiences, django_assert_num_queries):
    with django_assert_num_queries(1):
        asking.page(audiences, Wanted())
    with django_assert_num_queries(0):
        asking.page([], Wanted())
        asking.page(audiences, Wanted(has_spec=False))
