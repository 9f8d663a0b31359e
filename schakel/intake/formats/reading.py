"""A file of any known format, wrapped in anything known, to batches of observations."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, Protocol

import polars as pl

from schakel.intake.formats.flows import Flow, Readable
from schakel.intake.formats.lists import parser as lists
from schakel.intake.formats.recognition import HEAD_BYTES, recognise
from schakel.intake.formats.shadowserver import parser as shadowserver
from schakel.intake.formats.shapes import (
    OBSERVATION_SCHEMA,
    RAW_LENGTH,
    Batch,
    FormatRefused,
    ReadOptions,
    Reject,
    quarantine,
)
from schakel.intake.formats.sources import Source, Stretch
from schakel.intake.formats.table import parser as table
from schakel.intake.formats.wrappers import members
from schakel.intake.formats.xarf import parser as xarf


class Reader(Protocol):
    """What a format is: a way from a source to stretches of rows."""

    def __call__(self, source: Source, options: ReadOptions) -> Iterator[Stretch]: ...


FORMATS: Final[Mapping[str, Reader]] = MappingProxyType(
    {"shadowserver": shadowserver.read, "table": table.read, "lists": lists.read, "xarf": xarf.read}
)
_ALWAYS_REFUSED: Final = frozenset({"bomb", "too-large", "encrypted", "nested-archive", "bad-mapping"})


def read(path_or_stream: Path | str | Readable, *, name: str, options: ReadOptions) -> Iterator[Batch]:
    """The rows of a report, a batch at a time; each row is an observation or is quarantined, none is lost.

    The stream is only read forwards. An empty file gives one batch without rows and with a note. Of several
    files in an archive, one that cannot be read becomes one quarantined row; a file that stands alone raises
    FormatRefused, as do bombs, encrypted and nested archives, which may happen after good batches.
    """
    refusals: list[tuple[str, FormatRefused]] = []
    read_count = 0
    for inner, flow in members(path_or_stream, name=name, limits=options.limits):
        try:
            for batch in _member(inner, flow, name, options):
                read_count += 1
                yield batch
        except FormatRefused as refused:
            if refused.reason in _ALWAYS_REFUSED:
                raise
            refusals.append((inner, refused))
    if refusals and not read_count:
        raise refusals[0][1]
    for inner, refusal in refusals:
        yield _refused(inner, refusal)
    if not read_count:
        yield _batch(_nothing(), name, ("The file is empty.",))


def _member(inner: str, flow: Flow, name: str, options: ReadOptions) -> Iterator[Batch]:
    """The batches of one file. Notes go with the first batch after they were made."""
    source = Source(name=inner, outer_name=name, flow=flow, limits=options.limits)
    head = flow.peek(HEAD_BYTES)
    if not head and not flow.broken:
        yield _batch(_nothing(), inner, (f"The file {inner} is empty.",))
        return
    chosen = options.format or ("table" if options.mapping else recognise(head, inner))
    has_rows = False
    told = 0
    for stretch in FORMATS[chosen](source, options):
        has_rows = True
        notes = tuple(source.notes[told:])  # The reading runs ahead in a thread of its own, so nothing is taken out.
        told += len(notes)
        yield _batch(stretch, inner, notes)
    if not has_rows:
        yield _batch(_nothing(), inner, (*source.notes, f"The file {inner} has no rows."))


def _refused(inner: str, refused: FormatRefused) -> Batch:
    """A file in an archive that could not be read, as one quarantined row."""
    raw = f"{inner}: {refused.sentence}"[:RAW_LENGTH]
    reject = Reject(line=0, reason="member-refused", raw=raw, value=refused.reason)
    return _batch(_nothing(quarantine([reject])), inner, ())


def _nothing(quarantined: pl.DataFrame | None = None) -> Stretch:
    return Stretch(
        observations=pl.DataFrame(schema=OBSERVATION_SCHEMA),
        quarantined=quarantine([]) if quarantined is None else quarantined,
    )


def _batch(stretch: Stretch, member: str, notes: tuple[str, ...]) -> Batch:
    return Batch(
        observations=stretch.observations,
        quarantined=stretch.quarantined,
        rows=stretch.observations.height + stretch.quarantined.height,
        member=member,
        layout=stretch.layout,
        notes=notes,
    )
