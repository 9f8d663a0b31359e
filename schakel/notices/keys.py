"""Findings by their keys: which of many keys have a finding, and closing those that have lost their ground."""

from datetime import datetime

import polars as pl
from django.db import connection

from schakel.kit import planning
from schakel.kit.copying import Schema, copy_in, copy_out
from schakel.notices.sightings import KEYS

MAKE = """
CREATE TEMP TABLE asked (organisation bigint, kind text, asset text, weakness text) ON COMMIT DROP
"""
STANDING = """
SELECT f.organisation_id, f.kind, f.asset, f.weakness, f.state, f.operator_id,
       (extract(epoch FROM f.closed_at) * 1000000)::bigint
FROM asked a JOIN notices_finding f
    ON (f.organisation_id, f.kind, f.asset, f.weakness) = (a.organisation, a.kind, a.asset, a.weakness)
"""
STANDING_SCHEMA: Schema = {
    "organisation": pl.Int64, "kind": pl.String, "asset": pl.String, "weakness": pl.String, "state": pl.String,
    "run_by": pl.Int64, "closed_us": pl.Int64,
}  # fmt: skip
CLOSE = """
WITH lost AS (
    SELECT f.id, f.state FROM asked a JOIN notices_finding f
        ON (f.organisation_id, f.kind, f.asset, f.weakness) = (a.organisation, a.kind, a.asset, a.weakness)
    WHERE f.state IN ('open', 'promised')
    ORDER BY f.id FOR NO KEY UPDATE OF f
), moved AS (
    UPDATE notices_finding f SET state = 'no-longer-theirs', closed_at = %(at)s, due_on = NULL
    FROM lost WHERE f.id = lost.id RETURNING f.id, lost.state
)
INSERT INTO notices_change (finding_id, from_state, to_state, at)
SELECT id, state, 'no-longer-theirs', %(at)s FROM moved
"""
DROP = "DROP TABLE asked"


def standing(keys: pl.DataFrame) -> pl.DataFrame:
    """The findings that have one of these keys: KEYS, `state`, `run_by`, `closed_at`. In the caller's transaction."""
    _ask(keys)
    found = copy_out(STANDING, schema=STANDING_SCHEMA)
    _execute(DROP)
    closed = pl.from_epoch("closed_us", "us").dt.replace_time_zone("UTC").alias("closed_at")
    return found.with_columns(closed).drop("closed_us")


def close(keys: pl.DataFrame, *, at: datetime) -> int:
    """Close those that are open as no longer theirs, with a `Change` each; returns how many."""
    _ask(keys)
    closed = _execute(CLOSE, at=at)
    _execute(DROP)
    return closed


def _ask(keys: pl.DataFrame) -> None:
    planning.expect(keys.height)
    _execute(MAKE)
    copy_in(keys.select(KEYS), table="asked")
    _execute("ANALYZE asked")


def _execute(statement: str, **values: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return int(cursor.rowcount)
