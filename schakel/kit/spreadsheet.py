"""Rows as CSV (RFC 4180) that a spreadsheet opens without taking a cell for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a cell for a formula (OWASP, CSV Injection)."""


def text(rows: Iterable[Sequence[str]]) -> str:
    """The rows, each on a line."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows([harmless(cell) for cell in row] for row in rows)
    return buffer.getvalue()


def harmless(cell: str) -> str:
    """The cell, with a quotation mark before what would be a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_SIGNS) else cell
