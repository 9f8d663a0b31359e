"""An advice as files: whom, what each adds, on what it rests."""

from datetime import datetime
from typing import Any

from schakel.journal.actions import record
from schakel.kit import spreadsheet
from schakel.kit.refusals import permit
from schakel.oversight.models import Advice
from schakel.policy.access import Actor, Permission

COLUMNS = ("place", "key", "name", "gain", "alone", "basis", "members", "function", "sector", "region", "category")


def as_csv(advice: Advice, *, by: Actor, at: datetime) -> str:
    """The chosen prospects in order, a row each. Raises NotPermitted."""
    chosen = _exported(advice, by, at)["answer"]["chosen"]
    rows = [{"place": place, **row} for place, row in enumerate(chosen, start=1)]
    return spreadsheet.text([COLUMNS, *([_cell(row.get(column, "")) for column in COLUMNS] for row in rows)])


def as_json(advice: Advice, *, by: Actor, at: datetime) -> dict[str, Any]:
    """Question and answer, whole. Raises NotPermitted."""
    return _exported(advice, by, at)


def _exported(advice: Advice, by: Actor, at: datetime) -> dict[str, Any]:
    permit(by.may(Permission.ADVICE_MAKE))
    record("oversight.advice.exported", by=by, at=at, on=advice)
    return {"asked_at": advice.asked_at, "question": advice.question, "answer": advice.answer}


def _cell(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
