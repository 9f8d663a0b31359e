"""Every report format in: from a file as it came to observations and, for what cannot be read, the reason."""

from schakel.intake.formats.layouts import source_fields
from schakel.intake.formats.reading import FORMATS, read
from schakel.intake.formats.recognition import recognise
from schakel.intake.formats.shapes import (
    OBSERVATION_SCHEMA,
    QUARANTINE_SCHEMA,
    REASONS,
    Batch,
    FormatRefused,
    Layout,
    Limits,
    ReadOptions,
)

__all__ = [
    "FORMATS",
    "OBSERVATION_SCHEMA",
    "QUARANTINE_SCHEMA",
    "REASONS",
    "Batch",
    "FormatRefused",
    "Layout",
    "Limits",
    "ReadOptions",
    "read",
    "recognise",
    "source_fields",
]
