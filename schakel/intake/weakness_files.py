"""What others publish about weaknesses, read row by row: the KEV catalogue of CISA, EPSS of FIRST, CVSS scores.

Which of them a file is shows in its content. One bad row never stops the rest.
"""

import csv
import gzip
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BufferedReader
from itertools import islice
from pathlib import Path

import polars as pl

from schakel.registry.files import BAD_SCHEMA, FileRefused

CVE = re.compile(r"CVE-[0-9]{4}-[0-9]{4,19}")
LONGEST_LINE = 1 << 20
LARGEST_CATALOGUE = 1 << 26  # 64 MiB; the KEV catalogue is about one.
HIGHEST = {"epss": 1.0, "cvss": 10.0}
WORDS = {
    "required": "This column must not be empty.",
    "cve-form": "This is no CVE number, such as CVE-2026-12345.",
    "score-range": "This is no number from 0 to {highest:g}.",
    "duplicate": "The same weakness stands earlier in this file; that one counts.",
}
Stream = gzip.GzipFile | BufferedReader
Row = tuple[int, Mapping[str, str | None]]
Fault = tuple[int, str, str, str, str]
LONGEST_VALUE = 200


@dataclass(slots=True)
class Catalogue:
    """An opened file. `facts`: what it tells of each weakness; `rows`: place (line, or number of the entry) and cells.

    `is_whole`: what it does not name is no longer true either. `named`: what was read of it so far.
    """

    facts: tuple[str, ...]
    cve: str
    rows: Iterator[Row]
    is_whole: bool = False
    scored_on: str | None = None
    warnings: list[str] = field(default_factory=list)
    named: set[str] = field(default_factory=set)


@contextmanager
def opened(path: Path) -> Iterator[Catalogue]:
    """The file as a catalogue. Raises FileRefused where it is none, OSError where it cannot be opened."""
    with path.open("rb") as file:
        stream = gzip.GzipFile(fileobj=file) if file.peek(2).startswith(b"\x1f\x8b") else file
        with _honest_archive():
            head = stream.peek(64).lstrip(b"\xef\xbb\xbf \t\r\n")
            catalogue = _kev_json(stream) if head.startswith(b"{") else _table(stream)
        yield catalogue


@contextmanager
def _honest_archive() -> Iterator[None]:
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise FileRefused("broken-gzip", "The archive is damaged or cut short.") from error


def _kev_json(stream: Stream) -> Catalogue:
    """The catalogue as CISA publishes it (known_exploited_vulnerabilities_schema.json)."""
    text = stream.read(LARGEST_CATALOGUE + 1)
    if len(text) > LARGEST_CATALOGUE:
        raise FileRefused("too-large", "This is far larger than the KEV catalogue is.")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FileRefused("broken-json", "The JSON is damaged or cut short.") from error
    entries = content.get("vulnerabilities")
    if not isinstance(entries, list) or not entries:
        raise FileRefused("unknown-form", "This JSON is no KEV catalogue: it has no list “vulnerabilities”.")
    said = content.get("count", len(entries))
    is_whole = said == len(entries)
    warnings = [] if is_whole else [f"The file says that it holds {said} entries, and holds {len(entries)}."]
    rows = ((place, entry if isinstance(entry, dict) else {}) for place, entry in enumerate(entries, start=1))
    return Catalogue(("is_kev",), "cveID", rows, is_whole=is_whole, warnings=warnings)


def _table(stream: Stream) -> Catalogue:
    """KEV as CSV, or scores: `cve` with `epss`, `cvss` or both. A first line of EPSS says of which day it is."""
    lines = _lines(stream)
    skipped, scored_on = 0, None
    for line in lines:
        if not line.startswith("#"):
            break
        skipped += 1
        found = re.search(r"score_date:(\d{4}-\d{2}-\d{2})", line)
        scored_on = found.group(1) if found else scored_on
    else:
        raise FileRefused("empty", "The file is empty.")
    header = [name.strip().lower() for name in next(csv.reader([line]))]
    facts, cve = _facts(header)
    return Catalogue(facts, cve, _cells(lines, header, skipped + 1), scored_on=scored_on)


def _facts(header: list[str]) -> tuple[tuple[str, ...], str]:
    if "cveid" in header:
        return ("is_kev",), "cveid"
    scores = tuple(name for name in HIGHEST if name in header)
    if "cve" in header and scores:
        return scores, "cve"
    raise FileRefused(
        "unknown-form", "This is neither the KEV catalogue (cveID, …) nor a table of scores (cve, and epss or cvss)."
    )


def _lines(stream: Stream) -> Iterator[str]:
    with _honest_archive():
        while line := stream.readline(LONGEST_LINE):
            if len(line) == LONGEST_LINE:
                raise FileRefused("too-large", "A line of this file is longer than a table of weaknesses has.")
            yield line.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")


def _cells(lines: Iterator[str], header: list[str], before: int) -> Iterator[Row]:
    reader = csv.reader(lines)
    place = before
    try:
        for cells in reader:
            if cells:
                yield place + 1, dict(zip(header, cells, strict=False))
            place = before + reader.line_num
    except csv.Error as error:
        raise FileRefused("broken-table", f"The table cannot be read after line {place}.") from error


def checked(catalogue: Catalogue, size: int) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Good and bad rows in batches of `size`. Good: cve and the facts; bad: as BAD_SCHEMA."""
    schema = {"cve": pl.String} | {fact: pl.Boolean if fact == "is_kev" else pl.Float64 for fact in catalogue.facts}
    while batch := list(islice(catalogue.rows, size)):
        good: list[tuple[object, ...]] = []
        bad: list[Fault] = []
        for place, cells in batch:
            fault = _fault(cells, catalogue)
            if fault is None:
                good.append(_taken(cells, catalogue))
            else:
                bad.append((place, *fault))
        yield pl.DataFrame(good, schema=schema, orient="row"), pl.DataFrame(bad, schema=BAD_SCHEMA, orient="row")


def _fault(cells: Mapping[str, str | None], catalogue: Catalogue) -> tuple[str, str, str, str] | None:
    """Column, value, reason and words of what is wrong with a row."""
    cve = _cve(cells, catalogue)
    if cve in catalogue.named:
        return (catalogue.cve, cve, "duplicate", WORDS["duplicate"])
    if not CVE.fullmatch(cve):
        reason = "cve-form" if cve else "required"
        return (catalogue.cve, cve[:LONGEST_VALUE], reason, WORDS[reason])
    for fact in catalogue.facts:
        if fact in HIGHEST and _score(cells, fact) is None:
            words = WORDS["score-range"].format(highest=HIGHEST[fact])
            return (fact, str(cells.get(fact) or "")[:LONGEST_VALUE], "score-range", words)
    return None


def _taken(cells: Mapping[str, str | None], catalogue: Catalogue) -> tuple[object, ...]:
    cve = _cve(cells, catalogue)
    catalogue.named.add(cve)
    return (cve, *(_score(cells, fact) if fact in HIGHEST else True for fact in catalogue.facts))


def _cve(cells: Mapping[str, str | None], catalogue: Catalogue) -> str:
    return str(cells.get(catalogue.cve) or "").strip().upper()


def _score(cells: Mapping[str, str | None], fact: str) -> float | None:
    try:
        value = float(cells.get(fact) or "")
    except ValueError:
        return None
    return value if 0 <= value <= HIGHEST[fact] else None
