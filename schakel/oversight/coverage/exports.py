"""Coverage as files: all tables of a count, with how they were counted."""

import csv
import io
from datetime import datetime
from typing import Any

from schakel.journal.actions import record
from schakel.kit.refusals import permit
from schakel.oversight import targets
from schakel.oversight.coverage import reading, tables
from schakel.oversight.coverage.dimensions import DIMENSIONS
from schakel.oversight.coverage.reading import Cell
from schakel.oversight.models import Coverage
from schakel.policy.access import Actor, Permission

COUNTS = ("population", "held", "listed", "low", "high", "told", "opened", "answered")
METHOD = (
    "population: organisations that the registry knows. held: those of them that may not be told, as they objected or "
    "the function has not begun in their region. listed: the others in the constituency, valid that day, of at least "
    "one partner whose agreement in force covers the function; overlap counts once. low and high: the least and the "
    "most that can be reached when counts without a list are true as well (Fréchet bounds). told, opened, answered: "
    "organisations of which a notice went out in the past 365 days, was opened, was answered. targets: how many there "
    "are by others' counts, of all organisations or of what is named."
)


def as_csv(coverage: Coverage, *, function: str, by: Actor, at: datetime) -> str:
    """Every table of the count for one function, a row per cell; a value that is not known is `unknown`.

    Raises NotPermitted.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(["counted_on", "function", "by", *DIMENSIONS, *COUNTS])
    for table, cells in _exported(coverage, function, by, at).items():
        for cell in cells:
            values = {dimension: value or "unknown" for dimension, value in zip(table, cell.values, strict=True)}
            words = [values.get(dimension, "") for dimension in DIMENSIONS]
            writer.writerow([coverage.on, function, tables.name(table), *words, *_counts(cell).values()])
    return buffer.getvalue()


def as_json(coverage: Coverage, *, function: str, by: Actor, at: datetime) -> dict[str, Any]:
    """The same as plain values, a list per table. Raises NotPermitted."""
    found = _exported(coverage, function, by, at)
    rows = {tables.name(table): [plain(table, cell) for cell in cells] for table, cells in found.items()}
    return {
        "on": coverage.on,
        "counted_at": coverage.counted_at,
        "function": function,
        "method": METHOD,
        "tables": rows,
        "targets": [
            {"count": one.count, "source": one.source, "is_certain": one.is_certain, **one.where}
            for one in targets.targets()
            if not one.is_of_law
        ],
    }


def plain(table: tables.Table, cell: Cell) -> dict[str, Any]:
    """A cell by name: its values, None where unknown, and its counts."""
    values = {dimension: value or None for dimension, value in zip(table, cell.values, strict=True)}
    return values | {name: count for name, count in _counts(cell).items() if count is not None}


def _exported(coverage: Coverage, function: str, by: Actor, at: datetime) -> dict[tables.Table, list[Cell]]:
    permit(by.may(Permission.COVERAGE_VIEW))
    record("oversight.coverage.exported", by=by, at=at, on=coverage, function=function)
    return reading.cells(coverage, function=function, tables=tables.TABLES)


def _counts(cell: Cell) -> dict[str, int | None]:
    return {name: getattr(cell, name) for name in COUNTS}
