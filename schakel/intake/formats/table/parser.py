"""Generic tables. A mapping says what the columns mean; without one, their names must."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final

from schakel.intake.formats.aliases import ASSETS, columns_by_name
from schakel.intake.formats.delimited import Dialect
from schakel.intake.formats.fields import Plan
from schakel.intake.formats.headers import Header, take
from schakel.intake.formats.json_records import flat, gathered, object_frame, objects
from schakel.intake.formats.mappings import TableMapping
from schakel.intake.formats.shapes import FormatRefused, Layout, ReadOptions, Reject
from schakel.intake.formats.sources import Source, Stretch, shaped_stretches, stretches
from schakel.intake.formats.table import parquet
from schakel.intake.formats.text import Block, decoded_head
from schakel.intake.kinds import FALLBACK

_HEAD_BYTES: Final = 1024
_NAMES_SHOWN: Final = 12


def read(source: Source, options: ReadOptions) -> Iterator[Stretch]:
    """The rows of one file. Raises FormatRefused where no column is known to name the affected system."""
    mapping = TableMapping.parse(options.mapping or {})
    start = source.flow.peek(_HEAD_BYTES)
    if start.startswith(parquet.MAGIC):
        yield from _read_parquet(source, options, mapping)
    elif decoded_head(start).lstrip().startswith(("{", "[")) and not mapping.delimiter:
        yield from _read_json(source, options, mapping)
    else:
        yield from _read_delimited(source, options, mapping)


def plan_for(names: Sequence[str], mapping: TableMapping, options: ReadOptions) -> Plan:
    """How columns of these names are to be understood: as the mapping says, else by their names."""
    columns = _mapped(names, mapping) if mapping.columns else columns_by_name(names)
    detail = columns.pop("detail", ())
    if not set(ASSETS) & set(columns):
        shown = ", ".join(list(names)[:_NAMES_SHOWN])
        raise FormatRefused(
            "unknown-columns", f"No column is known to name an address, host or web address. The file has: {shown}."
        )
    return Plan(
        columns=columns,
        names={f"c{index}": name for index, name in enumerate(names)},
        received_at=options.received_at,
        kind=mapping.kind or options.default_kind or FALLBACK,
        severity=mapping.severity or options.default_severity,
        detail=detail,
        kinds=mapping.kinds,
        zone=mapping.zone,
        time_format=mapping.time_format,
    )


def _mapped(names: Sequence[str], mapping: TableMapping) -> dict[str, tuple[str, ...]]:
    """The columns that the mapping names. Raises FormatRefused where none of a field's names is in the file."""
    keys = {name.casefold(): f"c{index}" for index, name in reversed(list(enumerate(names)))}
    found = {
        field: tuple(keys[name.casefold()] for name in wanted if name.casefold() in keys)
        for field, wanted in mapping.columns.items()
    }
    missing = [field for field, columns in found.items() if not columns]
    if missing:
        raise FormatRefused("bad-mapping", f"The mapping names columns that are not there for: {', '.join(missing)}.")
    return found


def _read_delimited(source: Source, options: ReadOptions, mapping: TableMapping) -> Iterator[Stretch]:
    opened = _opened(iter(source.text(encoding=mapping.encoding)), options, mapping)
    if opened is None:
        return
    header, text = opened
    plan = plan_for(header.names, mapping, options)
    layout = Layout(columns=header.names, delimiter=header.dialect.delimiter)
    yield from stretches(text, header.dialect, plan, layout)


def _opened(
    text: Iterator[Block | Reject], options: ReadOptions, mapping: TableMapping
) -> tuple[Header, Iterator[Block | Reject]] | None:
    """The header and the rows; without a header the columns are called 1, 2, … as many as the first row has."""
    if mapping.has_header:
        return take(text, limits=options.limits, delimiter=mapping.delimiter)
    first = [block for block, _ in zip(text, range(1), strict=False)]
    taken = take(iter(first), limits=options.limits, delimiter=mapping.delimiter)
    if taken is None:
        return None
    dialect: Dialect = taken[0].dialect
    numbers = tuple(str(number) for number in range(1, dialect.width + 1))
    return Header(names=numbers, dialect=dialect), chain(first, text)


def _read_json(source: Source, options: ReadOptions, mapping: TableMapping) -> Iterator[Stretch]:
    text = source.text(encoding=mapping.encoding, line_bytes=options.limits.object_bytes)
    names = {name for wanted in mapping.columns.values() for name in wanted}
    items = objects(text, object_bytes=options.limits.object_bytes)
    for found, rejects in gathered(items):
        rows = [dict(flat(one.members)) for one in found]
        names.update(name for row in rows for name in row)  # What one object leaves out, another has.
        plan = plan_for(sorted(names) if names else ["value"], mapping, options)
        yield from shaped_stretches(
            object_frame(found, rows, tuple(name or "" for name in plan.names.values())), rejects, plan
        )


def _read_parquet(source: Source, options: ReadOptions, mapping: TableMapping) -> Iterator[Stretch]:
    with parquet.opened(source.flow) as file:
        names = parquet.names(file)
        plan = plan_for(names, mapping, options)
        for frame in parquet.frames(file):
            yield from shaped_stretches(frame, [], plan)
