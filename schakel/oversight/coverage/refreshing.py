"""Bringing the kept figures of coverage up to date: counted from the snapshot, written only where something changed."""

import json
import zlib
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from schakel.journal.actions import record
from schakel.kit.copying import copy_in
from schakel.kit.packing import packed
from schakel.kit.progress import Progress, unwatched
from schakel.kit.refusals import permit
from schakel.oversight.coverage import measuring, shares, snapshot, tables
from schakel.oversight.coverage.counting import Counted, counted, counted_tables, in_force
from schakel.oversight.coverage.keeping import Snapshot
from schakel.oversight.coverage.measuring import Measured
from schakel.oversight.coverage.reach import Truth
from schakel.oversight.coverage.shares import Share
from schakel.oversight.models import Coverage, CoverageShare, CoverageTable
from schakel.policy.access import Actor, Permission

LOCK = 0x5C4A4B34  # Any constant: whoever counts holds it until the transaction ends.
DAILY_DAYS = 400
"""After that only the first count of each month is kept: a trend over years needs no more."""
ESTIMATES = "SELECT coalesce(sum(hashtextextended(e::text, 0)::numeric), 0)::text FROM registry_estimate e"


@transaction.atomic
def refresh(
    *, by: Actor, at: datetime, on: date | None = None, is_whole: bool = False, progress: Progress = unwatched
) -> Coverage:
    """Count who can be reached on a day, today unless told otherwise; safe to repeat, and cheap where nothing changed.

    `is_whole` reads everything anew instead of what changed. Raises NotPermitted.
    """
    permit(by.may(Permission.COVERAGE_COUNT))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    today = timezone.localdate(at)
    day = on or today
    held = snapshot.current(day, is_whole=is_whole, progress=progress)
    masks = in_force(day)
    measured = measuring.measured(at if day == today else _end_of(day), is_whole=is_whole)
    fingerprint = _fingerprint(held, masks, measured)
    known = Coverage.objects.filter(on=day, fingerprint=fingerprint).first()
    if known is not None and not is_whole:
        return known
    progress(len(held.population), "counting")
    before = Coverage.objects.order_by("-on").values_list("fingerprint", flat=True).first()
    found = counted(held, masks=masks, steps=measured.masks(held.population))
    coverage = _written(found, day=day, at=at, fingerprint=fingerprint)
    if day == today:
        _write_shares(found, measured, at=at, before=before)
        transaction.on_commit(lambda: _keep_alone(found, fingerprint))
    _thin(coverage)
    record("oversight.coverage.counted", by=by, at=at, on=coverage, organisations=coverage.organisations_count)
    return coverage


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def _fingerprint(held: Snapshot, masks: Mapping[int, int], measured: Measured) -> str:
    """A word that changes with everything that is counted."""
    [(estimates,)] = packed(ESTIMATES)
    about = [
        held.population.revision,
        len(held.population),
        sorted(held.revisions.items()),
        sorted(held.changes_on.items()),
        sorted(masks.items()),
        estimates,
        measured.at.isoformat(),
    ]
    return f"{zlib.crc32(json.dumps(about, default=str).encode()):08x}"


def _written(found: Counted, *, day: date, at: datetime, fingerprint: str) -> Coverage:
    coverage, _is_new = Coverage.objects.update_or_create(
        on=day,
        defaults={
            "counted_at": at,
            "organisations_count": len(found.snapshot.population),
            "partners_count": len(found.masks),
            "memberships_count": sum(len(places) for places in found.constituencies.values()),
            "estimates_count": len(found.estimates.counts),
            "fingerprint": fingerprint,
        },
    )
    coverage.tables.all().delete()
    found_tables = list(counted_tables(found, tables.TABLES))
    rows = {
        "coverage_id": [coverage.pk] * len(found_tables),
        "function": [one.function for one in found_tables],
        "by": [tables.name(one.table) for one in found_tables],
        "cells": [json.dumps(one.cells, separators=(",", ":")) for one in found_tables],
    }
    copy_in(pl.DataFrame(rows), table=CoverageTable._meta.db_table)  # noqa: SLF001 - Django's documented way
    return coverage


def _write_shares(found: Counted, measured: Measured, *, at: datetime, before: str | None) -> None:
    """Write the shares that are not what they were, and take away those of partners without an agreement."""
    known, now = dict(CoverageShare.objects.values_list("partner_id", "digest")), shares.digests(found)
    stale = shares.touched(found, known=known, now=now, changed=_changed(found, before))
    rows = [_row(share, now[share.partner], at) for share in shares.shares(found, stale)]
    CoverageShare.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["partner"],
        update_fields=["members", "alone", "parts", "digest", "counted_at"],
    )
    CoverageShare.objects.exclude(partner_id__in=found.constituencies.keys()).delete()
    _write_steps(measured)


def _row(share: Share, digest: str, at: datetime) -> CoverageShare:
    counts: dict[str, Any] = {"members": share.members, "alone": share.alone, "parts": share.parts}
    return CoverageShare(partner_id=share.partner, digest=digest, counted_at=at, **counts)


def _write_steps(measured: Measured) -> None:
    """What came of notices to each partner, where that is not what it was."""
    through, moved = measured.through(), []
    for share in CoverageShare.objects.only("partner_id", *measuring.STEPS):
        steps = through.get(share.partner_id, (0, 0, 0))
        if steps != tuple(getattr(share, step) for step in measuring.STEPS):
            for step, count in zip(measuring.STEPS, steps, strict=True):
                setattr(share, step, count)
            moved.append(share)
    CoverageShare.objects.bulk_update(moved, measuring.STEPS, batch_size=500)


def _changed(found: Counted, before: str | None) -> Truth:
    """The places that were something else, or had other company, at the count of which shares are kept.

    All of them where this machine did not make that count.
    """
    population, alone = found.snapshot.population, found.layers.alone
    with suppress(OSError, ValueError, KeyError), np.load(_place()) as file:
        if str(file["fingerprint"]) == before and np.array_equal(file["ids"], population.ids):
            changed: Truth = (file["codes"] != population.codes) | (file["alone"] != alone)
            return changed
    return np.ones(len(population), np.bool_)


def _keep_alone(found: Counted, fingerprint: str) -> None:
    """Remember what the shares were worked out from; only once they stand in the database."""
    population, alone = found.snapshot.population, found.layers.alone
    np.savez(_place(), fingerprint=np.array(fingerprint), ids=population.ids, codes=population.codes, alone=alone)


def _place() -> Path:
    return Path(settings.STORE) / "coverage-shares.npz"


def _thin(latest: Coverage) -> None:
    """Keep of older days the margins alone, and of days long past the first of each month."""
    detail = [tables.name(table) for table in tables.DETAIL]
    older = Coverage.objects.filter(on__lt=latest.on)
    CoverageTable.objects.filter(coverage__in=older, by__in=detail).delete()
    long_past = older.filter(on__lt=latest.on - timedelta(days=DAILY_DAYS)).order_by("on")
    kept: set[tuple[int, int]] = set()
    surplus = []
    for pk, on in long_past.values_list("pk", "on"):
        if (on.year, on.month) in kept:
            surplus.append(pk)
        kept.add((on.year, on.month))
    Coverage.objects.filter(pk__in=surplus).delete()
