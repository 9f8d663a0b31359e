"""The SQL of an import, put together from plans. Every name in it is ours; values travel as parameters or by COPY."""

# ruff: noqa: S608 - as said above, no text of a file enters a statement

from collections.abc import Collection

import polars as pl

from schakel.registry.load.plans import ARRIVAL, Check, Reference, Target, Value, table_of

TYPES = {pl.String: "text", pl.Boolean: "boolean", pl.Date: "date", pl.UInt32: "bigint", pl.Int64: "bigint"}
# Taken at most once in a statement and only when a row is written (an InitPlan is computed at its first use).
NEXT_REVISION = "(SELECT nextval('registry_asset_revision'))"


def arrival(frame: pl.DataFrame) -> str:
    """The temporary table that takes a batch."""
    columns = ", ".join(f'"{name}" {TYPES[type(kind)]}' for name, kind in frame.schema.items())
    return f"CREATE TEMPORARY TABLE {ARRIVAL} ({columns}) ON COMMIT DROP"


def unknown(reference: Reference) -> str:
    """Takes out the rows whose key names nothing; gives line and key."""
    return f"""
        DELETE FROM {ARRIVAL} s
        WHERE s.{reference.column} IS NOT NULL
          AND NOT EXISTS (SELECT FROM {table_of(reference.model)} r WHERE r.key = s.{reference.column})
        RETURNING s.line, s.{reference.column}"""


def refused(check: Check) -> str:
    """Takes out the rows that the stored ones speak against; gives line and value."""
    return f"DELETE FROM {ARRIVAL} s WHERE {check.condition} RETURNING s.line, {check.shown}"


def write(target: Target, present: Collection[str]) -> str:
    """Writes the rows that are new or differ; gives the lines of the new ones and of the changed ones.

    `present`: the columns of the file. What a file does not speak of stays as it is. Its parameters are the target's
    defaults by their column, and `zone`.
    """
    changeable = [value for value in target.values if value.source in present]
    revision = [Value("revision", NEXT_REVISION)] if target.has_revision else []
    unspoken = [Value(column, f"%({column})s") for column in target.defaults()]
    names = [*target.identity, *(value.column for value in target.values)]
    beside = [*unspoken, *revision]
    return f"""
        WITH wanted AS MATERIALIZED (
            SELECT s.line, {_selected(target)}, t.id IS NULL AS is_new, {_is_changed(changeable)} AS is_changed
            FROM {ARRIVAL} s {target.joins}
            LEFT JOIN {target.table} t ON {_match(target)}
            WHERE {target.condition}
        ), written AS (
            INSERT INTO {target.table} ({_listed([*names, *(value.column for value in beside)])})
            SELECT {_listed([*names, *(value.sql for value in beside)])}
            FROM wanted WHERE is_new OR is_changed
            ON CONFLICT ({_listed(target.identity)}) {_on_conflict([*changeable, *revision], is_any=bool(changeable))}
        )
        SELECT coalesce(array_agg(line) FILTER (WHERE is_new), '{{}}'),
               coalesce(array_agg(line) FILTER (WHERE is_changed), '{{}}')
        FROM wanted"""


def _listed(names: Collection[str]) -> str:
    return ", ".join(names)


def _selected(target: Target) -> str:
    identity = [_typed(column, sql) for column, sql in target.identity.items()]
    return ", ".join([*identity, *(f"{value.sql} AS {value.column}" for value in target.values)])


def _typed(column: str, sql: str) -> str:
    return f"{sql}::bigint AS {column}" if sql == "NULL" else f"{sql} AS {column}"


def _match(target: Target) -> str:
    """How a row is found again. A column that is empty needs no asking: a constraint ties it to another."""
    return " AND ".join(f"t.{column} = {sql}" for column, sql in target.identity.items() if sql != "NULL")


def _is_changed(changeable: list[Value]) -> str:
    if not changeable:
        return "FALSE"
    stored = ", ".join(f"t.{value.column}" for value in changeable)
    wanted = ", ".join(value.sql for value in changeable)
    return f"t.id IS NOT NULL AND ROW({stored}) IS DISTINCT FROM ROW({wanted})"


def _on_conflict(values: list[Value], *, is_any: bool) -> str:
    if not is_any:
        return "DO NOTHING"
    return "DO UPDATE SET " + ", ".join(f"{value.column} = excluded.{value.column}" for value in values)
