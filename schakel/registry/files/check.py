"""Rows of text in, good rows and bad rows out: every row ends in exactly one of the two."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schakel.registry.files.refusals import MARK, WORDS, fault, is_fault
from schakel.registry.files.tables import Table

BAD_SCHEMA = pl.Schema(
    {"line": pl.UInt32, "column": pl.String, "value": pl.String, "reason": pl.String, "words": pl.String}
)
LONGEST_VALUE = 200


@dataclass(frozen=True, slots=True)
class Checked:
    """A batch of a file. `rows` counts what was read: the rows of `good` plus those of `bad`.

    `good`: `line` (UInt32, 1-based, the header is line 1) and every column of the kind in its type.
    `bad`: a row per refused row, with its first fault (BAD_SCHEMA).
    `columns`: the columns that the file has; the others of the kind hold their default.
    """

    good: pl.DataFrame
    bad: pl.DataFrame
    rows: int
    columns: tuple[str, ...]


class Seen:
    """The identities of the rows accepted so far, as sorted 64-bit hashes (8 bytes a row).

    Two of five million different rows share a hash once in more than a million files.
    """

    def __init__(self) -> None:
        self._hashes: NDArray[np.uint64] = np.empty(0, np.uint64)

    def is_repeated(self, identities: pl.DataFrame) -> NDArray[np.bool_]:
        """Which rows stand earlier in this batch or in an earlier one; remembers the others."""
        distinct, first = np.unique(identities.hash_rows(seed=0).to_numpy(), return_index=True)
        at = np.searchsorted(self._hashes, distinct)
        is_old = np.zeros(len(distinct), np.bool_)
        inside = at < len(self._hashes)
        is_old[inside] = self._hashes[at[inside]] == distinct[inside]
        self._hashes = np.sort(np.concatenate([self._hashes, distinct[~is_old]]), kind="stable")
        is_repeated = np.ones(len(identities), np.bool_)
        is_repeated[first[~is_old]] = False
        return is_repeated


def check(raw: pl.DataFrame, table: Table, seen: Seen) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Good and bad rows of a frame of `line` and text columns; rows that are empty all over are none."""
    text = _trimmed(raw, table)
    clean = text.with_columns(_cleaned(table)).with_columns(**table.between())
    names = [column.name for column in table.columns]
    is_bad = clean.select(pl.any_horizontal(is_fault(pl.col(names)))).to_series()
    bad = _faults(text.filter(is_bad), clean.filter(is_bad), table)
    typed = [column.form.typed(pl.col(column.name)).alias(column.name) for column in table.columns]
    good = clean.filter(~is_bad).with_columns(typed)
    for column, reason, identity in _once(table):
        is_repeated = pl.Series(seen.is_repeated(good.select(identity)))
        if is_repeated.any():
            twice = text.join(good.filter(is_repeated).select("line"), on="line", how="semi")
            marked = twice.with_columns(pl.lit(f"{MARK}{reason}").alias(column))
            bad = pl.concat([bad, _faults(twice, marked, table)]).sort("line")
            good = good.filter(~is_repeated)
    return good, bad


def _once(table: Table) -> Iterator[tuple[str, str, list[str | pl.Expr]]]:
    """What may stand in a file once: where its fault is shown, the fault, and what to compare."""
    yield table.identity[0], "duplicate", list(table.identity)
    if table.distinct:
        yield table.distinct, "name-twice", [_folded(table.distinct)]


def _folded(column: str) -> pl.Expr:
    """A text as people compare it, marked so that it is never taken for an identity."""
    return pl.lit(MARK) + pl.col(column).str.to_lowercase().str.replace_all(r"\s+", " ")


def _trimmed(raw: pl.DataFrame, table: Table) -> pl.DataFrame:
    present = [column.name for column in table.columns if column.name in raw.columns]
    absent = [pl.lit(None, pl.String).alias(column.name) for column in table.columns if column.name not in present]
    text = raw.select("line", *(pl.col(name).str.strip_chars() for name in present))
    text = text.with_columns(pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in present)
    return text.filter(pl.any_horizontal(pl.col(present).is_not_null())).with_columns(absent)


def _cleaned(table: Table) -> list[pl.Expr]:
    def cleaned(name: str) -> pl.Expr:
        column, value = table.column(name), pl.col(name)
        clean = pl.when(value.is_not_null()).then(column.form.clean(value))
        return clean.fill_null(fault("required")) if column.is_required else clean

    return [cleaned(column.name).alias(column.name) for column in table.columns]


def _faults(text: pl.DataFrame, clean: pl.DataFrame, table: Table) -> pl.DataFrame:
    names = [column.name for column in table.columns]
    marks = [pl.when(is_fault(pl.col(name))).then(pl.lit(name)) for name in names]
    reasons = [pl.when(is_fault(pl.col(name))).then(pl.col(name).str.strip_prefix(MARK)) for name in names]
    found = clean.select("line", column=pl.coalesce(marks), reason=pl.coalesce(reasons))
    values = [pl.when(found["column"] == name).then(pl.col(name).str.slice(0, LONGEST_VALUE)) for name in names]
    found = found.with_columns(text.select(value=pl.coalesce(values)))
    words = [sentence(column, reason, table) for column, reason in found.select("column", "reason").iter_rows()]
    return found.with_columns(words=pl.Series(words, dtype=pl.String)).select(BAD_SCHEMA.names())


def sentence(column: str, reason: str, table: Table) -> str:
    """What is wrong with a value, for people."""
    return WORDS[reason].format(options=", ".join(table.column(column).form.options))
