"""The small file that says which column of somebody's own table means what (docs/reference/report-formats.md)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from schakel.intake.formats.fields import FIELDS
from schakel.intake.formats.shapes import FormatRefused
from schakel.intake.kinds import KINDS, SEVERITIES

_TEXTS: Final = ("kind", "severity", "delimiter", "encoding", "zone", "time_format")
_KNOWN: Final = {*_TEXTS, "header", "columns", "kinds"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TableMapping:
    """What a mapping may say. `columns` and `detail` hold names in the file, or numbers from 1 without a header."""

    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    kind: str | None = None
    severity: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    zone: str = "UTC"
    time_format: str | None = None
    has_header: bool = True

    @classmethod
    def parse(cls, mapping: Mapping[str, Any]) -> Self:
        """The mapping, checked. Raises FormatRefused for anything it does not know, so that no slip is silent."""
        _expect(set(mapping) <= _KNOWN, f"unknown: {', '.join(sorted(set(mapping) - _KNOWN))}")
        texts = {name: mapping[name] for name in _TEXTS if name in mapping}
        _expect(all(isinstance(text, str) for text in texts.values()), f"{', '.join(texts)} must be texts")
        header = mapping.get("header", True)
        _expect(isinstance(header, bool), "header must be true or false")
        delimiter = texts.get("delimiter", ",")
        _expect(len(delimiter) == 1 and delimiter.isascii() and delimiter not in '"\n\r ', "delimiter must be 1 sign")
        columns = {name: _names(name, value) for name, value in _table(mapping, "columns").items()}
        unknown = set(columns) - {*FIELDS, "detail"}
        _expect(not unknown, f"columns has unknown fields: {', '.join(sorted(unknown))}")
        kinds = {str(value).lower(): slug for value, slug in _table(mapping, "kinds").items()}
        slugs = [*kinds.values(), *([texts["kind"]] if "kind" in texts else [])]
        _expect(all(slug in KINDS for slug in slugs), "a kind is not in the catalogue")
        _expect(texts.get("severity", "info") in SEVERITIES, f"severity must be one of {', '.join(SEVERITIES)}")
        return cls(columns=columns, kinds=kinds, has_header=header, **texts)


def _table(mapping: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = mapping.get(name, {})
    _expect(isinstance(table, Mapping), f"{name} must be a table")
    return table  # type: ignore[no-any-return]  # just checked


def _names(name: str, value: object) -> tuple[str, ...]:
    names = value if isinstance(value, list) else [value]
    _expect(all(isinstance(one, str | int) for one in names), f"columns.{name} must name columns")
    return tuple(str(one) for one in names)


def _expect(is_so: bool, words: str) -> None:  # noqa: FBT001 - reads as a sentence: _expect(is_so, …)
    if not is_so:
        raise FormatRefused("bad-mapping", f"The mapping cannot be used: {words}.")
