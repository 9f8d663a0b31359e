"""Taking in what others publish about weaknesses: catalogues and scores, a batch at a time."""

from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
from django.db import connection, transaction

from schakel.intake.models import Weakness
from schakel.intake.weakness_files import Catalogue, checked, opened
from schakel.journal.actions import record
from schakel.kit.copying import copy_in
from schakel.kit.progress import Progress, unwatched
from schakel.kit.refusals import permit
from schakel.policy.access import Actor, Permission
from schakel.registry.actions import Unreadable
from schakel.registry.files import FileRefused
from schakel.registry.load import Batch, Tally

ROWS_PER_BATCH = 50_000
LOCK = 0x5C4A4B37  # Any constant: imports of weaknesses take turns.
ARRIVAL = "intake_weakness_arrival"


def import_file(
    *,
    path: Path,
    by: Actor,
    at: datetime,
    bad: Path | None = None,
    rows_per_batch: int = ROWS_PER_BATCH,
    progress: Progress = unwatched,
) -> dict[str, Any]:
    """Take in the KEV catalogue (JSON or CSV), EPSS or a table of CVSS scores, gzipped or not; gives the figures.

    A whole KEV catalogue also withdraws what it no longer names. Each batch is one transaction with one event.
    Raises NotPermitted, or Unreadable where the file as a whole, or its rest, cannot be read.
    """
    permit(by.may(Permission.REGISTRY_IMPORT))
    try:
        with opened(path) as catalogue, Tally("weaknesses", path.name, bad) as tally:
            for good, refused in checked(catalogue, rows_per_batch):
                tally.add(_one_batch(catalogue, good, refused, by=by, at=at, name=path.name))
                progress(tally.rows, f"rows, {tally.bad:,} bad")
    except FileRefused as refusal:
        raise Unreadable(refusal.words) from refusal
    except OSError as problem:
        raise Unreadable(problem.strerror) from problem
    withdrawn = _withdraw(catalogue, by=by, at=at, name=path.name) if catalogue.is_whole and not tally.bad else 0
    told = {"withdrawn": withdrawn, "scored_on": catalogue.scored_on, "warnings": catalogue.warnings}
    return tally.figures() | told


@transaction.atomic
def _one_batch(
    catalogue: Catalogue, good: pl.DataFrame, refused: pl.DataFrame, *, by: Actor, at: datetime, name: str
) -> Batch:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{ARRIVAL}")
        cursor.execute(f"CREATE TEMPORARY TABLE {ARRIVAL} (LIKE intake_weakness) ON COMMIT DROP")
        cursor.execute(f"ALTER TABLE {ARRIVAL} ALTER id DROP NOT NULL, ALTER is_kev DROP NOT NULL")
        copy_in(good, table=ARRIVAL)
        cursor.execute(_write(catalogue.facts))
        added, changed = cursor.fetchone()
    counts = {"added": added, "changed": changed, "unchanged": good.height - added - changed}
    batch = Batch(rows=good.height + refused.height, bad=refused, **counts)
    told = counts | {"rows": batch.rows, "bad": refused.height, "facts": list(catalogue.facts)}
    record("intake.weaknesses.imported", by=by, at=at, file=name, scored_on=catalogue.scored_on, **told)
    return batch


def _write(facts: tuple[str, ...]) -> str:
    """Writes the weaknesses that are new or differ in `facts`, the only columns that change; gives both counts."""
    arriving, stored, excluded = (", ".join(f"{of}.{fact}" for fact in facts) for of in ("s", "w", "excluded"))
    return f"""
        WITH wanted AS MATERIALIZED (
            SELECT s.*, w.id IS NULL AS is_new, w.id IS NOT NULL AND ROW({stored}) IS DISTINCT FROM ROW({arriving})
                AS is_changed
            FROM {ARRIVAL} s LEFT JOIN intake_weakness w ON w.cve = s.cve
        ), written AS (
            INSERT INTO intake_weakness (cve, is_kev, epss, cvss)
            SELECT cve, coalesce(is_kev, FALSE), epss, cvss FROM wanted WHERE is_new OR is_changed
            ON CONFLICT (cve) DO UPDATE SET ({", ".join(facts)}) = ROW({excluded})
        )
        SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE is_changed) FROM wanted"""  # noqa: S608 - our names


@transaction.atomic
def _withdraw(catalogue: Catalogue, *, by: Actor, at: datetime, name: str) -> int:
    """What a whole catalogue no longer names is no longer known to be used."""
    gone = Weakness.objects.filter(is_kev=True).exclude(cve__in=catalogue.named).update(is_kev=False)
    if gone:
        record("intake.weaknesses.withdrawn", by=by, at=at, file=name, count=gone)
    return gone
