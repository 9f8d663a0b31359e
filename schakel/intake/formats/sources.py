"""One file as the parsers meet it, and the way from its text to observations that they share."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

import polars as pl

from schakel.intake.formats.delimited import Dialect, Part, parts
from schakel.intake.formats.fields import Plan, shaped
from schakel.intake.formats.flows import Flow
from schakel.intake.formats.shapes import BATCH_ROWS, Layout, Limits, Reject, quarantine
from schakel.intake.formats.text import Block, Text

_ROWS_TOGETHER: Final = 50_000
_PARTS_TOGETHER: Final = 8
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The content of one file; `outer_name` is the archive's it came in. A parser may add to `notes`."""

    name: str
    outer_name: str
    flow: Flow
    limits: Limits
    notes: list[str] = field(default_factory=list)

    def text(self, *, encoding: str | None = None, line_bytes: int | None = None) -> Text:
        """The content as lines of UTF-8."""
        line_bytes = line_bytes or self.limits.line_bytes
        return Text(self.flow, line_bytes=line_bytes, notes=self.notes, encoding=encoding)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Some rows of one file: OBSERVATION_SCHEMA and QUARANTINE_SCHEMA, and how to read `source_row` again."""

    observations: pl.DataFrame
    quarantined: pl.DataFrame
    layout: Layout | None = None


def stretches(text: Iterable[Block | Reject], dialect: Dialect, plan: Plan, layout: Layout | None) -> Iterator[Stretch]:
    """The rows of delimited text, read by the plan."""
    for part in one_ahead(_gathered(parts(text, dialect, wanted_of(plan)))):
        yield from shaped_stretches(part.frame, part.rejects, replace(plan, is_tidy=part.is_tidy), layout)


def _gathered(some: Iterable[Part]) -> Iterator[Part]:
    """The parts joined to some ten thousand rows, for every batch has its own costs further on."""
    waiting: list[Part] = []
    for part in some:
        waiting.append(part)
        row_count = sum(one.frame.height + len(one.rejects) for one in waiting)
        if row_count >= _ROWS_TOGETHER or len(waiting) == _PARTS_TOGETHER:
            yield _joined(waiting)
            waiting = []
    if waiting:
        yield _joined(waiting)


def _joined(waiting: Sequence[Part]) -> Part:
    frame = pl.concat([part.frame for part in waiting])
    rejects = [reject for part in waiting for reject in part.rejects]
    return Part(frame, rejects, is_tidy=all(part.is_tidy for part in waiting))


def one_ahead(items: Iterable[_T]) -> Iterator[_T]:
    """The same items, of which the next is made in a second thread while this one is used."""
    iterator = iter(items)
    with ThreadPoolExecutor(max_workers=1) as thread:
        coming = thread.submit(next, iterator, None)
        while (item := coming.result()) is not None:
            coming = thread.submit(next, iterator, None)
            yield item


def shaped_stretches(
    frame: pl.DataFrame, rejects: list[Reject], plan: Plan, layout: Layout | None = None
) -> Iterator[Stretch]:
    """The rows of a frame in stretches of at most BATCH_ROWS, and the rejects with the first."""
    for some in frame.iter_slices(BATCH_ROWS) if frame.height else [frame] if rejects else []:
        observations, quarantined = shaped(some, plan)
        if rejects:
            quarantined = pl.concat([quarantined, quarantine(rejects)]).sort("line", maintain_order=True)
            rejects = []
        yield Stretch(observations=observations, quarantined=quarantined, layout=layout)


def wanted_of(plan: Plan) -> Sequence[int]:
    """The numbers of the columns that the plan reads."""
    keys = {key for keys in plan.columns.values() for key in keys} | set(plan.detail)
    return sorted(int(key[1:]) for key in keys)
