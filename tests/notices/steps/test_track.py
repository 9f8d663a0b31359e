from datetime import timedelta

import pytest

from schakel.notices.models import AlsoSeen, Change, Finding, FindingState
from tests.cast import NOON
from tests.reports import moved_to, taken

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def state():
    return Finding.objects.values_list("state", flat=True).get()


def test_a_finding_that_stays_is_not_written_again(country, django_assert_max_num_queries):
    taken("192.0.2.10")
    before = Finding.objects.values().get()
    report = taken("192.0.2.10", day=NOON + DAY)
    assert Finding.objects.values().get() == before
    assert report.figures["findings"] == {"new": 0, "continued": 1, "reopened": 0, "presumed_fixed": 0}


def test_a_finding_that_stays_was_last_seen_in_the_latest_report(country):
    taken("192.0.2.10")
    taken("192.0.2.10", day=NOON + DAY)
    assert Finding.objects.with_last_seen().get().seen_at == NOON + DAY - timedelta(hours=4)


def test_a_missed_finding_keeps_the_day_on_which_it_was_last_seen(country):
    taken("192.0.2.10")
    taken("192.0.2.99", day=NOON + DAY)
    missed = Finding.objects.with_last_seen().get(asset__startswith="192.0.2.10 ")
    assert (missed.seen_at, missed.state, missed.missed_count) == (NOON - timedelta(hours=4), "open", 1)


def test_three_complete_reports_without_it_presume_it_fixed(country):
    taken("192.0.2.10")
    for day in range(1, 4):
        report = taken("192.0.2.99", day=NOON + day * DAY)
    gone = Finding.objects.get(asset__startswith="192.0.2.10 ")
    assert gone.state == FindingState.PRESUMED_FIXED
    assert gone.closed_at == report.observed_at
    assert report.figures["findings"]["presumed_fixed"] == 1
    assert Change.objects.get().to_state == FindingState.PRESUMED_FIXED


def test_seen_again_before_that_it_was_never_gone(country):
    taken("192.0.2.10")
    taken("192.0.2.99", day=NOON + DAY)
    taken("192.0.2.10", day=NOON + 2 * DAY)
    assert Finding.objects.get(asset__startswith="192.0.2.10 ").missed_count == 0


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (FindingState.FIXED, FindingState.OPEN),
        (FindingState.PRESUMED_FIXED, FindingState.OPEN),
        (FindingState.NOT_OURS, FindingState.NOT_OURS),
        (FindingState.FALSE_ALARM, FindingState.FALSE_ALARM),
        (FindingState.PROMISED, FindingState.PROMISED),
    ],
)
def test_what_is_seen_again_opens_unless_somebody_answered_for_it(country, was, becomes):
    taken("192.0.2.10")
    closed_at = None if was == FindingState.PROMISED else NOON
    moved_to(was, closed_at)
    report = taken("192.0.2.10", day=NOON + DAY)
    assert state() == becomes
    assert report.figures["findings"]["reopened"] == (becomes == FindingState.OPEN)


def test_an_answer_outranks_a_sighting_from_before_it(country):
    taken("192.0.2.10")
    moved_to(FindingState.FIXED, NOON + 2 * DAY)
    taken("192.0.2.10", day=NOON + DAY)
    assert state() == FindingState.FIXED


def test_a_list_that_leaves_something_out_says_nothing_of_it(country):
    for day in range(5):
        taken(f"192.0.2.{10 + day}", day=NOON + day * DAY, source="volunteer", name="lijst.csv", type="")
    assert set(Finding.objects.values_list("state", flat=True)) == {"open"}
    assert Finding.objects.with_last_seen().get(asset__startswith="192.0.2.10 ").seen_at == NOON - timedelta(hours=4)


def test_while_a_second_series_sees_it_it_is_not_gone(country):
    taken("192.0.2.10")
    taken("192.0.2.10", source="divd")
    for day in range(1, 5):
        taken("192.0.2.99", day=NOON + day * DAY)
        taken("192.0.2.10", "192.0.2.98", day=NOON + day * DAY, source="divd")
    assert Finding.objects.get(asset__startswith="192.0.2.10 ").state == FindingState.OPEN
    for day in range(5, 8):
        taken("192.0.2.98", day=NOON + day * DAY, source="divd")
    assert Finding.objects.get(asset__startswith="192.0.2.10 ").state == FindingState.PRESUMED_FIXED
    assert AlsoSeen.objects.filter(missed_count=3).count() == 1


def test_two_sources_that_see_one_thing_make_one_finding(country):
    taken("192.0.2.10")
    taken("192.0.2.10", source="divd")
    assert Finding.objects.count() == 1


def test_two_files_of_one_day_do_not_miss_what_the_other_holds(country):
    taken("192.0.2.10")
    taken("192.0.2.99")
    assert set(Finding.objects.values_list("missed_count", flat=True)) == {0}


def test_a_late_report_of_an_earlier_day_takes_nothing_away(country):
    taken("192.0.2.10", day=NOON + DAY)
    taken("192.0.2.99", day=NOON)
    assert Finding.objects.get(asset__startswith="192.0.2.10 ").missed_count == 0
    assert Finding.objects.first().series.latest_at == NOON + DAY - timedelta(hours=4)
