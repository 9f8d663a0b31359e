"""What is brought up to date is what would be counted anew, whatever happened."""

import random
from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schakel.journal.models import Event
from schakel.kit.refusals import NotPermitted
from schakel.notices.actions import LINK, answer, mark_opened
from schakel.notices.models import Answer
from schakel.oversight.coverage import keeping, reading, refreshing, tables
from schakel.oversight.coverage.dimensions import functions
from schakel.oversight.models import Coverage, CoverageShare, CoverageTable
from schakel.policy.access import SYSTEM
from schakel.registry.models import Constituency, Organisation
from tests.cast import DESK, NOON, STEWARD, STRANGER
from tests.oversight.coverage.scene import DAY, STARTS, Network
from tests.telling import finding_of, report_of, tell


def everything(counted):
    """Each table's cells, and each share."""
    shares = CoverageShare.objects.order_by("partner_id").values_list(
        "partner_id", "members", "alone", "parts", "told", "opened", "answered"
    )
    rows = (
        CoverageTable.objects.filter(coverage=counted).order_by("function", "by").values_list("function", "by", "cells")
    )
    return list(rows), list(shares)


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_an_update_says_what_a_count_of_everything_says(django_capture_on_commit_callbacks, db, own_functions, seed):
    own_functions(STARTS)
    empty()
    dice, at = random.Random(seed), NOON
    network = Network(dice, organisations=25, partners=4)
    for _ in range(5):
        network.happen()
        at += timedelta(days=dice.choice([0, 0, 1]))
        with django_capture_on_commit_callbacks(execute=True):
            updated = everything(refreshing.refresh(by=SYSTEM, at=at))
        assert updated == everything(refreshing.refresh(by=SYSTEM, at=at, is_whole=True))


def empty():
    """Each example begins with an empty country."""
    Coverage.objects.all().delete()
    CoverageShare.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM registry_estimate; DELETE FROM registry_constituency; DELETE FROM registry_agreement;"
            "DELETE FROM registry_partner; DELETE FROM registry_organisation"
        )


def test_counting_again_writes_nothing_where_nothing_changed(country):
    first = refreshing.refresh(by=SYSTEM, at=NOON)
    events = Event.objects.count()
    again = refreshing.refresh(by=SYSTEM, at=NOON + timedelta(minutes=5))
    assert (again.pk, again.counted_at) == (first.pk, NOON)
    assert Event.objects.count() == events


def test_the_cast_is_counted(country):
    counted = refreshing.refresh(by=SYSTEM, at=NOON)
    [whole] = reading.cells(counted, function="notification", tables=[()])[()]
    assert (whole.population, whole.listed, whole.low, whole.high) == (4, 2, 2, 2)
    assert (whole.unreached, whole.surely_unreached) == (2, 2)
    [other] = reading.cells(counted, function="exercise", tables=[()])[()]
    assert (other.listed, other.told) == (0, None)


def test_what_notices_showed_is_counted_per_organisation(country):
    report = report_of()
    for organisation in (country.harbour, country.hospital, country.bakery):
        finding_of(report, organisation)
    ours = tell(report, country.harbour, partner=country.harbour_circle)
    tell(report, country.hospital, partner=country.care_csirt)
    tell(report, country.bakery)
    mark_opened(notice=ours, at=NOON)
    answer(notice=ours, answer=Answer.FIXED, by=LINK, at=NOON)
    later = NOON + timedelta(hours=2)
    counted = refreshing.refresh(by=SYSTEM, at=later)
    [whole] = reading.cells(counted, function="notification", tables=[()])[()]
    assert (whole.told, whole.opened, whole.answered) == (3, 1, 1)
    share = CoverageShare.objects.get(partner=country.harbour_circle)
    assert (share.told, share.opened, share.answered) == (1, 1, 1)
    tell(report_of("later.csv"), country.registrar, at=later)
    soon = refreshing.refresh(by=SYSTEM, at=later + timedelta(minutes=59))
    assert reading.cells(soon, function="notification", tables=[()])[()][0].told == 3
    hour = refreshing.refresh(by=SYSTEM, at=later + timedelta(hours=1))
    assert reading.cells(hour, function="notification", tables=[()])[()][0].told == 4
    year = refreshing.refresh(by=SYSTEM, at=later + timedelta(days=366))
    assert reading.cells(year, function="notification", tables=[()])[()][0].told == 0


def test_a_partner_that_leaves_takes_its_share_with_it(country):
    refreshing.refresh(by=SYSTEM, at=NOON)
    assert CoverageShare.objects.count() == 2
    country.care_csirt.agreements.update(until_on=DAY)
    refreshing.refresh(by=SYSTEM, at=NOON)
    assert [share.partner_id for share in CoverageShare.objects.all()] == [country.harbour_circle.pk]


def test_an_agreement_that_ends_today_reaches_nobody_tomorrow(country):
    country.harbour_circle.agreements.update(until_on=DAY + timedelta(days=1))
    Constituency.objects.filter(partner=country.care_csirt).update(valid_until=DAY + timedelta(days=1))
    counts = [
        reading.cells(refreshing.refresh(by=SYSTEM, at=at), function="notification", tables=[()])[()][0].listed
        for at in (NOON, NOON + timedelta(days=1))
    ]
    assert counts == [2, 0]


def test_an_earlier_day_is_counted_as_the_registry_stands_for_it(country):
    today = refreshing.refresh(by=SYSTEM, at=NOON)
    before = refreshing.refresh(
        by=SYSTEM, at=NOON, on=country.harbour_circle.agreements.get().from_on - timedelta(days=1)
    )
    assert reading.cells(before, function="notification", tables=[()])[()][0].listed == 0
    assert reading.cells(today, function="notification", tables=[()])[()][0].listed == 2
    assert [(on, cell.listed) for on, cell in reading.trend(function="notification", to=DESK)] == [
        (before.on, 0), (today.on, 2),
    ]  # fmt: skip
    assert CoverageShare.objects.count() == 2


def test_older_days_keep_their_margins_and_older_years_a_day_a_month(country):
    at = NOON - timedelta(days=500)
    for days in (0, 1, 2, 40, 499, 500):
        refreshing.refresh(by=SYSTEM, at=at + timedelta(days=days))
    kept = [(on - at.date()).days for on in Coverage.objects.order_by("on").values_list("on", flat=True)]
    assert kept == [0, 40, 499, 500]
    detail = {tables.name(table) for table in tables.DETAIL}
    by_day = {one.on: set(one.tables.values_list("by", flat=True)) for one in Coverage.objects.order_by("on")}
    *older, latest = by_day.values()
    assert all(not found & detail for found in older)
    assert detail <= latest
    assert CoverageTable.objects.filter(coverage__on=NOON.date()).count() == len(tables.TABLES) * len(functions())


def test_a_damaged_snapshot_is_read_anew(country):
    first = everything(refreshing.refresh(by=SYSTEM, at=NOON))
    [place] = (keeping._folder()).glob("[0-9]*")
    (place / "codes.npy").write_bytes(b"\x93NUMPY")
    Organisation.objects.filter(key="bakery").update(sector="food")
    again = everything(refreshing.refresh(by=SYSTEM, at=NOON))
    assert again != first
    assert again == everything(refreshing.refresh(by=SYSTEM, at=NOON, is_whole=True))


def test_an_empty_registry_is_counted_too(db):
    counted = refreshing.refresh(by=SYSTEM, at=NOON)
    assert counted.organisations_count == 0
    assert reading.cells(counted, function="notification", tables=[()]) == {(): []}


@pytest.mark.parametrize("actor", [STEWARD, STRANGER], ids=lambda actor: actor.name)
def test_only_the_desk_and_the_clock_count(country, actor):
    with pytest.raises(NotPermitted):
        refreshing.refresh(by=actor, at=NOON)
    with pytest.raises(NotPermitted):
        refreshing.refresh(by=country.member, at=NOON)
    assert not Coverage.objects.exists()


def test_who_may_see_what(country):
    counted = refreshing.refresh(by=DESK, at=NOON)
    assert reading.latest(to=DESK) == reading.latest(to=STEWARD) == counted
    for actor in (country.member, country.neighbour, STRANGER):
        assert reading.latest(to=actor) is None
        assert reading.trend(function="notification", to=actor) == []
    seen = {
        actor.name: [share.partner.key for share in CoverageShare.objects.visible_to(actor)]
        for actor in (country.member, country.neighbour, STEWARD, STRANGER)
    }
    assert seen == {"member": ["harbour-circle"], "neighbour": ["care-csirt"], "steward": [], "stranger": []}
    assert CoverageShare.objects.visible_to(DESK).count() == 2


def test_a_count_costs_the_same_queries_however_large(country, django_assert_num_queries):
    refreshing.refresh(by=SYSTEM, at=NOON)
    from django.test.utils import CaptureQueriesContext

    def cost():
        with CaptureQueriesContext(connection) as asked:
            refreshing.refresh(by=SYSTEM, at=NOON)
        return len(asked)

    Organisation.objects.filter(key="bakery").update(sector="food")
    few = cost()
    Network(random.Random(1), organisations=50, partners=8)
    assert cost() <= few + 1
