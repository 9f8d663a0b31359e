"""The original columns of an observation again, from its `source_row`, when somebody wants to see them."""

import json

from schakel.intake.formats.delimited import Dialect, Record, Records
from schakel.intake.formats.json_records import flat
from schakel.intake.formats.shapes import Layout
from schakel.intake.formats.text import Block


def source_fields(source_row: str, layout: Layout | None) -> dict[str, str]:
    """The filled columns of the row by their names in the file; of a plain list, the line under "line".

    `layout` is that of the batch the row came in; the row itself is as `source_row` holds it.
    """
    if layout is None:
        return _explained(source_row)
    raw = source_row.encode() + b"\n"
    dialect = Dialect(delimiter=layout.delimiter, width=len(layout.columns), record_bytes=len(raw))
    record = next(Records(dialect).split(Block(1, raw), final=True))
    fields = record.fields if isinstance(record, Record) else [source_row]
    return {name: field for name, field in zip(layout.columns, fields, strict=False) if field}


def _explained(source_row: str) -> dict[str, str]:
    try:
        return dict(flat(json.loads(source_row))) if source_row.startswith("{") else {"line": source_row}
    except ValueError:
        return {"line": source_row}
