"""An advice as files: whom, what each adds, on what it rests."""

import csv
import io
from datetime import datetime
from typing import Any

from schakel.journal.actions import record
from schakel.kit.refusals import permit
from schakel.oversight.models import Advice
from schakel.policy.access import Actor, Permission

COLUMNS = ("place", "key", "name", "gain", "alone", "basis", "members", "function", "sector", "region", "category")
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a cell for a formula (OWASP, CSV Injection)."""


def as_csv(advice: Advice, *, by: Actor, at: datetime) -> str:
    """The chosen prospects in order, a row each. Raises NotPermitted."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for place, row in enumerate(_exported(advice, by, at)["answer"]["chosen"], start=1):
        cells = {"place": place, **row}
        writer.writerow([_cell(cells.get(column, "")) for column in COLUMNS])
    return buffer.getvalue()


def as_json(advice: Advice, *, by: Actor, at: datetime) -> dict[str, Any]:
    """Question and answer, whole. Raises NotPermitted."""
    return _exported(advice, by, at)


def _exported(advice: Advice, by: Actor, at: datetime) -> dict[str, Any]:
    permit(by.may(Permission.ADVICE_MAKE))
    record("oversight.advice.exported", by=by, at=at, on=advice)
    return {"asked_at": advice.asked_at, "question": advice.question, "answer": advice.answer}


def _cell(value: object) -> str:
    text = " ".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text
