"""A report that is held against the one before it moves the same findings as one that is held against them all."""

import random
from datetime import timedelta

import pytest
from django.db import transaction

from schakel.intake import store
from schakel.intake.models import Series
from schakel.notices import pipeline
from schakel.notices.models import AlsoSeen, Change, Finding
from schakel.policy.access import SYSTEM
from tests.cast import NOON
from tests.reports import csv, sent, taken

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ADDRESSES = [f"192.0.2.{number}" for number in range(1, 8)]
STATES = {"fixed": True, "not-ours": True, "false-alarm": True, "promised": False, "open": False}


def answered(dice: random.Random, day) -> None:
    """Somebody moves some findings, as an answer does."""
    for finding in Finding.objects.order_by("asset", "weakness"):
        if dice.random() < 0.2:
            state = dice.choice(sorted(STATES))
            Change.objects.create(finding=finding, from_state=finding.state, to_state=state, at=day)
            Finding.objects.filter(pk=finding.pk).update(state=state, closed_at=day if STATES[state] else None)


def history(seed: int, *, forgets: bool) -> tuple[list[object], list[object], list[object]]:
    """What a run of reports and answers leaves, and what each report counted."""
    dice, day, now, counted = random.Random(seed), NOON, NOON, []
    for _step in range(12):
        day += dice.choice([DAY, DAY, DAY, 2 * DAY, 0 * DAY, -DAY])
        rows = [
            f"{address},443,,{dice.choice(['', '', 'cve-2024-3400'])}" for address in ADDRESSES if dice.random() < 0.7
        ]
        if forgets:
            Series.objects.update(compared=None)
        source = dice.choice(["shadowserver", "shadowserver", "divd"])
        now = max(now + timedelta(hours=2), day)  # A report may come late; the clock only goes on.
        report, _ = sent(csv(*rows, day=day), source=source, at=now, name=f"{day:%Y-%m-%d}-scan_http_vulnerable-nl.csv")
        list(pipeline.advance(report, by=SYSTEM, at=now))
        counted.append(report.figures["findings"])
        answered(dice, now + timedelta(hours=1))
    told = (
        "asset",
        "weakness",
        "state",
        "missed_count",
        "reopened_count",
        "first_seen_at",
        "last_seen_at",
        "closed_at",
    )
    findings = list(Finding.objects.order_by("asset", "weakness").values_list(*told, "series__source__slug"))
    also = AlsoSeen.objects.order_by("finding__asset", "finding__weakness", "series__source__slug")
    return findings, list(also.values_list("finding__asset", "missed_count", "last_seen_at")), counted


@pytest.mark.parametrize("seed", range(8))
def test_looking_at_the_difference_is_as_good_as_looking_at_all(country, seed):
    found = []
    for forgets in (False, True):
        with transaction.atomic():
            found.append(history(seed, forgets=forgets))
            transaction.set_rollback(True)
    assert found[0] == found[1]
    assert len(found[0][0]) > len(ADDRESSES)


def test_a_day_like_the_day_before_is_not_looked_up(country):
    taken(*ADDRESSES)
    report = taken(*ADDRESSES, day=NOON + DAY)
    assert Series.objects.get().compared == report
    assert report.figures["findings"] == {"new": 0, "continued": 7, "reopened": 0, "presumed_fixed": 0}


def test_what_was_deleted_meanwhile_is_found_anew(country):
    taken(*ADDRESSES)
    Finding.objects.filter(asset__startswith="192.0.2.3").delete()
    assert Series.objects.get().compared is None
    report = taken(*ADDRESSES, day=NOON + DAY)
    assert report.figures["findings"]["new"] == 1


def test_a_report_without_its_sightings_file_is_no_measure(country):
    first = taken(*ADDRESSES)
    (store.folder(first) / "sightings.parquet").unlink()
    assert taken(*ADDRESSES, day=NOON + DAY).figures["findings"]["continued"] == 7


def test_a_series_that_is_no_longer_complete_is_looked_at_whole(country):
    taken(*ADDRESSES)
    Series.objects.update(is_complete=False)
    taken(*ADDRESSES, day=NOON + DAY)
    assert set(Finding.objects.values_list("last_seen_at", flat=True)) == {NOON + DAY - timedelta(hours=4)}
    assert Series.objects.get().compared is None
