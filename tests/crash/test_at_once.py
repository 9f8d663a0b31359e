"""Two reports of the same systems at the same moment: both go the whole way, and each system is one finding."""

import threading
import time

import pytest
from django.db import connection, connections

from schakel.intake.models import ReportState
from schakel.journal.actions import LOCK
from schakel.notices import pipeline
from schakel.notices.models import AlsoSeen, Finding, Route
from schakel.policy.access import SYSTEM
from tests.cast import NOON
from tests.reports import csv, sent

SYSTEMS = 19


class Walk(threading.Thread):
    """One report on its way, in a database session of its own."""

    def __init__(self, report):
        super().__init__()
        self.report, self.fault = report, None
        self.start()

    def run(self):
        try:
            list(pipeline.advance(self.report, by=SYSTEM, at=NOON))
        except Exception as fault:  # noqa: BLE001 - whatever it is, the test tells of it
            self.fault = fault
        finally:
            connections.close_all()


def waiting_count():
    """How many sessions wait for another's lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND (database IS NULL OR database = ("
                       "SELECT oid FROM pg_database WHERE datname = current_database()))")  # fmt: skip
        return cursor.fetchone()[0]


def until_waiting(count):
    last = time.monotonic() + 30
    while waiting_count() < count and time.monotonic() < last:
        time.sleep(0.01)
    assert waiting_count() >= count


@pytest.mark.parametrize("reopens", [False, True], ids=["new findings", "findings that open again"])
def test_two_sources_that_see_the_same_at_once_make_one_finding(real_commits, country, reopens):
    rows = csv(*(f"192.0.2.{number},443" for number in range(1, SYSTEMS + 1)))
    reports = [sent(rows, source=source)[0] for source in ("shadowserver", "divd")]
    if reopens:
        first = sent(csv(*(f"192.0.2.{number},443" for number in range(SYSTEMS, 0, -1))), source="police")[0]
        list(pipeline.advance(first, by=SYSTEM, at=NOON))
        Finding.objects.update(state="fixed", closed_at=NOON.replace(year=2025))
    for report in reports:
        steps = pipeline.advance(report, by=SYSTEM, at=NOON)
        while next(steps) != ReportState.MATCHED:
            pass
        del steps  # Lets go of the report.

    with connection.cursor() as cursor:  # Nobody gets past the journal, where each step ends.
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        walks = [Walk(report) for report in reports]
        until_waiting(2)
        cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    for walk in walks:
        walk.join()

    assert [walk.fault for walk in walks] == [None, None]
    for report in reports:
        report.refresh_from_db()
    assert [report.state for report in reports] == [ReportState.COMPOSED] * 2
    counts = [report.figures["findings"] for report in reports]
    assert sum(one["reopened" if reopens else "new"] for one in counts) == SYSTEMS
    assert sum(one["continued"] for one in counts) == SYSTEMS
    assert Finding.objects.count() == AlsoSeen.objects.count() == SYSTEMS
    assert Route.objects.filter(report__in=reports).count() == 1
