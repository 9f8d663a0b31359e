"""Names of organisations in the form in which they are compared, kept beside the registry and brought up to date by it.

To make the plain form of millions of names takes a minute, to find the few that may be like another one a moment.
"""

from collections.abc import Iterator

import polars as pl
from django.db import connection, transaction

from schakel.kit.copying import Schema, copy_in, copy_out, copy_out_in_parts
from schakel.registry.load.batch import LOCK
from schakel.registry.successions import likeness

KEPT_AT_ONCE = 100_000
LATEST = "SELECT coalesce(max(revision), 0) FROM {table}"
CHANGED = """
SELECT id, name, revision FROM registry_organisation
WHERE revision > %(after)s AND revision <= %(until)s ORDER BY revision LIMIT %(many)s
"""
CHANGED_SCHEMA: Schema = {"id": pl.Int64, "name": pl.String, "revision": pl.Int64}
KEEP = """
INSERT INTO registry_namekey (organisation_id, plain, head, tail, length, revision)
SELECT id, plain, head, tail, length, revision FROM arriving_names
ON CONFLICT (organisation_id) DO UPDATE
SET (plain, head, tail, length, revision)
  = (excluded.plain, excluded.head, excluded.tail, excluded.length, excluded.revision)
"""
ARRIVING = """
CREATE TEMPORARY TABLE arriving_names
    (id bigint, plain text, head text, tail text, length int, revision bigint) ON COMMIT DROP
"""
NEAR = """
SELECT k.organisation_id, k.plain, k.{end}
FROM unnest(%(ends)s::text[], %(least)s::int[], %(most)s::int[]) AS w ({end}, least, most)
JOIN registry_namekey k ON k.{end} = w.{end} AND k.length BETWEEN w.least AND w.most
"""


def keep_up() -> int:
    """Make the plain form of every name that is new or changed; returns the revision up to which all are there.

    Each part is a transaction of its own, in bounded memory. Safe to repeat and to break off.
    """
    until = _settled()
    while _keep_some(until):
        pass
    return until


def near(ours: pl.DataFrame, end: str, *, cutoff: int) -> Iterator[pl.DataFrame]:
    """The kept names that share that end with one of `ours` and are long enough to be alike, in parts.

    `ours`: as `likeness.keyed` makes it. The columns of a part: `id`, `plain`, and the end.
    """
    spans = likeness.lengths(ours, end, cutoff=cutoff)
    values = {"ends": spans[end].to_list(), "least": spans["least"].to_list(), "most": spans["most"].to_list()}
    schema = {"id": pl.Int64, "plain": pl.String, end: pl.String}
    return copy_out_in_parts(NEAR.format(end=end), values, schema=schema)


@transaction.atomic
def _settled() -> int:
    """The latest revision before which none is to come: an import holds this lock until its rows can be seen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    return _latest("registry_organisation")


@transaction.atomic
def _keep_some(until: int) -> bool:
    span = {"after": _latest("registry_namekey"), "until": until, "many": KEPT_AT_ONCE}
    changed = copy_out(CHANGED, span, schema=CHANGED_SCHEMA)
    if not changed.height:
        return False
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.arriving_names")
        cursor.execute(ARRIVING)
        copy_in(likeness.keyed(changed), table="arriving_names")
        cursor.execute(KEEP)
    return True


def _latest(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(LATEST.format(table=table))
        return int(cursor.fetchone()[0])
