"""Bringing the kept figures of coverage up to date: counted from the snapshot, written only where something changed."""

import json
import zlib
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from schakel.journal.actions import record
from schakel.kit.copying import copy_in
from schakel.kit.packing import packed
from schakel.kit.progress import Progress, unwatched
from schakel.kit.refusals import permit
from schakel.oversight.coverage import laying, measuring, paper, reading, shares, snapshot, tables
from schakel.oversight.coverage.counting import Counted, counted
from schakel.oversight.coverage.keeping import Snapshot
from schakel.oversight.coverage.measuring import Measured
from schakel.oversight.coverage.reach import Mask, Some
from schakel.oversight.coverage.shares import Share
from schakel.oversight.coverage.tabling import Cells, counted_tables
from schakel.oversight.models import Coverage, CoverageShare, CoverageTable
from schakel.policy.access import Actor, Permission
from schakel.registry.models import Measurement

LOCK = 0x5C4A4B34  # Any constant: whoever counts holds it until the transaction ends.
DAILY_DAYS = 400
"""After that only the first count of each month is kept, and days of measurement rounds: a trend needs no more."""
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
    held, before = snapshot.renewed(day, is_whole=is_whole, progress=progress)
    masks = paper.in_force(day)
    measured = measuring.measured(at if day == today else _end_of(day), is_whole=is_whole)
    fingerprint = _fingerprint(held, masks, paper.begun(day), measured)
    known = Coverage.objects.filter(on=day, fingerprint=fingerprint).first()
    if known is not None and not is_whole:
        return known
    progress(len(held.population), "counting")
    kept = None if is_whole else _kept()
    lain = laying.lay(held, before=before, masks=masks, day=day, kept=kept)
    found = counted(held, laid=lain.laid, steps=measured.masks(held.population))
    coverage = _written(found, day=day, at=at, fingerprint=fingerprint)
    if day == today:
        _write_shares(found, measured, at=at, changed=lain.changed(held.population.codes))
        transaction.on_commit(lambda: laying.keep(held, lain, fingerprint=fingerprint))
    _thin(coverage)
    record("oversight.coverage.counted", by=by, at=at, on=coverage, organisations=coverage.organisations_count)
    return coverage


def refresh_rounds(*, by: Actor, at: datetime) -> list[Coverage]:
    """Count the days of the measurement rounds that were not counted yet, the baseline's first: there the trend begins.

    What is counted is the registry as it stands now for that day. Raises NotPermitted.
    """
    permit(by.may(Permission.COVERAGE_COUNT))
    counted = set(Coverage.objects.values_list("on", flat=True))
    days = [day for day in reading.rounds(to=by) if day < timezone.localdate(at) and day not in counted]
    return [refresh(by=by, at=at, on=day) for day in days]


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def _kept() -> laying.Kept | None:
    """What the latest count laid, where this machine made it."""
    latest = Coverage.objects.order_by("-on").values_list("fingerprint", flat=True).first()
    kept = laying.load()
    return kept if kept and kept.fingerprint == latest else None


def _fingerprint(held: Snapshot, masks: Mapping[int, int], begun: Mask, measured: Measured) -> str:
    """A word that changes with everything that is counted."""
    [(estimates,)] = packed(ESTIMATES)
    about = [
        held.population.revision,
        held.gone_count,
        sorted(held.revisions.items()),
        sorted(held.changes_on.items()),
        sorted(masks.items()),
        begun.tolist(),
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
            "partners_count": len(found.laid.masks),
            "memberships_count": sum(found.laid.sizes.values()),
            "estimates_count": len(found.estimates.counts),
            "fingerprint": fingerprint,
        },
    )
    _write_tables(coverage, found)
    return coverage


def _write_tables(coverage: Coverage, found: Counted) -> None:
    """Write the tables that are not what they were."""
    known = {(function, by): digest for function, by, digest in coverage.tables.values_list("function", "by", "digest")}
    rows = [row for row in map(_table_row, counted_tables(found, tables.TABLES)) if known.get(row[:2]) != row[2]]
    if not rows:
        return
    old = Q()
    for function, by, *_rest in rows:
        old |= Q(function=function, by=by)
    coverage.tables.filter(old).delete()
    frame = pl.DataFrame(rows, schema=["function", "by", "digest", "cells"], orient="row")
    copy_in(frame.with_columns(coverage_id=coverage.pk), table=CoverageTable._meta.db_table)  # noqa: SLF001 - Django's documented way


def _table_row(one: Cells) -> tuple[str, str, str, str]:
    cells = json.dumps(one.cells, separators=(",", ":"))
    return one.function, tables.name(one.table), f"{zlib.crc32(cells.encode()):08x}", cells


def _write_shares(found: Counted, measured: Measured, *, at: datetime, changed: Some) -> None:
    """Write the shares that are not what they were, and take away those of partners without an agreement."""
    known = dict(CoverageShare.objects.values_list("partner_id", "digest"))
    stale = shares.touched(found.laid, known=known, changed=changed)
    CoverageShare.objects.bulk_create(
        [_row(share, found.laid.words[share.partner], at) for share in shares.shares(found, stale)],
        update_conflicts=True,
        unique_fields=["partner"],
        update_fields=["members", "alone", "parts", "paper", "digest", "counted_at"],
    )
    if gone := known.keys() - found.laid.words.keys():
        CoverageShare.objects.filter(partner_id__in=gone).delete()
    _write_steps(measured)


def _row(share: Share, digest: str, at: datetime) -> CoverageShare:
    counts: dict[str, Any] = {"members": share.members, "alone": share.alone, "parts": share.parts}
    return CoverageShare(partner_id=share.partner, paper=share.paper, digest=digest, counted_at=at, **counts)


def _write_steps(measured: Measured) -> None:
    """What came of notices to each partner, where that is not what it was."""
    through, moved = measured.through(), []
    for pk, partner, steps in CoverageShare.objects.values_list("pk", "partner_id", "steps"):
        now = through.get(partner, {})
        if now != steps:
            counts = [sum(column) for column in zip(*now.values(), strict=True)] or [0] * len(measuring.STEPS)
            moved.append(CoverageShare(pk=pk, steps=now, **dict(zip(measuring.STEPS, counts, strict=True))))
    CoverageShare.objects.bulk_update(moved, ["steps", *measuring.STEPS], batch_size=500)


def _thin(latest: Coverage) -> None:
    """Keep of older days the margins alone, and of days long past the first of each month."""
    detail = [tables.name(table) for table in tables.DETAIL]
    older = Coverage.objects.filter(on__lt=latest.on)
    CoverageTable.objects.filter(coverage__in=older, by__in=detail).delete()
    long_past = older.filter(on__lt=latest.on - timedelta(days=DAILY_DAYS)).order_by("on")
    long_past = long_past.exclude(on__in=Measurement.objects.exclude(measured_on=None).values("measured_on"))
    kept: set[tuple[int, int]] = set()
    surplus = []
    for pk, on in long_past.values_list("pk", "on"):
        if (on.year, on.month) in kept:
            surplus.append(pk)
        kept.add((on.year, on.month))
    Coverage.objects.filter(pk__in=surplus).delete()
