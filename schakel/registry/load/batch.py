"""One batch of checked rows, written in one transaction: a crash keeps whole batches and nothing of the next."""

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl
from django.conf import settings
from django.db import connection

from schakel.kit.copying import copy_in
from schakel.registry.files import BAD_SCHEMA, Checked
from schakel.registry.files.check import LONGEST_VALUE
from schakel.registry.load import statements
from schakel.registry.load.plans import ARRIVAL, SEPARATOR, Check, Plan, Reference

LOCK = 0x5C4A4B32  # Any constant: imports take turns, so that revisions become visible in their order.
WORDS = {
    "unknown-organisation": "No organisation in the registry has this key.",
    "unknown-partner": "No partner in the registry has this key.",
    "agreement-start": "An agreement needs the day from which it runs.",
    "overlap": "This overlaps another agreement of the same partner for one of these functions.",
    "itself": "A partner is not its own constituency.",
    "not-prospect": "This is no prospect any more, so what the file says of it was left alone.",
    "known-name": "The register knows somebody of this name under another key; give that key, or another name.",
}


@dataclass(frozen=True, slots=True)
class Batch:
    """What came of a batch: rows = added + changed + unchanged + bad."""

    rows: int
    added: int
    changed: int
    unchanged: int
    bad: pl.DataFrame


def load_batch(plan: Plan, checked: Checked) -> Batch:
    """Write the good rows of `checked` in the caller's transaction; the number of queries does not depend on them."""
    good, bad = _told_apart(plan, checked)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        # Each row is looked up in an index: a batch is small beside the tables.
        cursor.execute("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{ARRIVAL}")
        arriving = _arriving(good)
        cursor.execute(statements.arrival(arriving))
    copy_in(arriving, table=ARRIVAL)
    bad = pl.concat([bad, *map(_unknown, plan.references), *map(_spoken_against, plan.checks)]).sort("line")
    added, changed = _written(plan, checked.columns)
    return Batch(checked.rows, added, changed, checked.rows - bad.height - added - changed, bad)


def _told_apart(plan: Plan, checked: Checked) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Good and bad rows, by what the file's own checks do not ask."""
    good, bad = checked.good, checked.bad
    if plan.kind == "partners":
        speaks = pl.any_horizontal(pl.col("agreement_until", "agreement_state").is_not_null())
        lacks_start = pl.col("agreement_from").is_null() & (speaks | (pl.col("agreement_functions").list.len() > 0))
        without = good.filter(lacks_start)
        bad = pl.concat([bad, _refused(without, "agreement_from", "agreement-start", WORDS["agreement-start"])])
        good = good.filter(~lacks_start)
    return good, bad


def _refused(rows: pl.DataFrame, column: str, reason: str, words: str) -> pl.DataFrame:
    value = pl.col(column).cast(pl.String).str.slice(0, LONGEST_VALUE).alias("value")
    texts = (pl.lit(column).alias("column"), value, pl.lit(reason).alias("reason"), pl.lit(words).alias("words"))
    return rows.select("line", *texts).cast(dict(BAD_SCHEMA))  # type: ignore[arg-type]


def _arriving(good: pl.DataFrame) -> pl.DataFrame:
    lists = [name for name, kind in good.schema.items() if kind == pl.List(pl.String)]
    return good.with_columns(pl.col(name).list.join(SEPARATOR) for name in lists)


def _unknown(reference: Reference) -> pl.DataFrame:
    return _taken_out(statements.unknown(reference), reference.column, reference.reason)


def _spoken_against(check: Check) -> pl.DataFrame:
    """The stored rows that speak against others are few, so they are hashed once and not looked up row by row."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_hashjoin = on")
        found = _taken_out(statements.refused(check), check.column, check.reason)
        cursor.execute("SET LOCAL enable_hashjoin = off")
    return found


def _taken_out(statement: str, column: str, reason: str) -> pl.DataFrame:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        found = cursor.fetchall()
    schema = {"line": pl.UInt32, column: pl.String}
    return _refused(pl.DataFrame(found, schema=schema, orient="row"), column, reason, WORDS[reason])


def _written(plan: Plan, columns: Collection[str]) -> tuple[int, int]:
    """How many rows are new, and how many of the others changed anything."""
    added: set[int] = set()
    touched: set[int] = set()
    with connection.cursor() as cursor:
        for target in plan.targets:
            cursor.execute(statements.write(target, columns), {"zone": settings.TIME_ZONE} | target.defaults())
            new, changed = cursor.fetchone()
            touched.update(new, changed)
            added = added or set(new) if target is plan.targets[0] else added
    return len(added), len(touched - added)
