"""Taking in a list of initiatives, such as the one that comes with the project."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
from django.db import connection, transaction

from schakel.collaboration import lists
from schakel.collaboration.entries import HEADER, TEXTS, Entry, Fault, entry, read
from schakel.collaboration.models import (
    Initiative,
    InitiativeState,
    InitiativeStep,
    Milestone,
    Participant,
    Step,
    Tie,
    UseCase,
)
from schakel.journal.actions import record
from schakel.kit.refusals import permit
from schakel.policy.access import Actor, Permission
from schakel.registry.actions import Unreadable
from schakel.registry.files import BAD_SCHEMA
from schakel.registry.load import Batch, Tally

LOCK = 0x5C4A4B46  # Any constant: two processes that find an empty register take turns.


def import_file(*, path: Path | None, by: Actor, at: datetime, bad: Path | None = None) -> dict[str, object]:
    """Bring the register up to date with a list; the project's own where no path is given.

    Good entries are kept, bad ones told. What somebody here has changed stays as it is; the same list again changes
    nothing. Raises NotPermitted, or Unreadable for a file that is no TOML.
    """
    permit(by.may(Permission.INITIATIVE_MANAGE))
    path = path or lists.START
    text, entries = read(path)
    lines = {match[1]: text.count("\n", 0, match.start(1)) + 1 for match in HEADER.finditer(text)}
    try:
        with Tally("initiatives", path.name, bad) as tally:
            tally.add(_load(entries, lines, by=by, at=at, name=path.name))
    except OSError as problem:
        raise Unreadable(problem.strerror) from problem
    return tally.figures()


def load_start(*, by: Actor, at: datetime) -> dict[str, object] | None:
    """Load the project's own list into an empty register; None where the register holds anything."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        return None if Initiative.objects.exists() else import_file(path=None, by=by, at=at)


@transaction.atomic
def _load(entries: dict[str, Any], lines: Mapping[str, int], *, by: Actor, at: datetime, name: str) -> Batch:
    """All good entries at once: a successor may stand below the one it succeeds."""
    checked_on = entries.get("checked_on")
    good, faults = [], []
    tables = {slug: table for slug, table in entries.items() if isinstance(table, dict)}
    for slug, table in tables.items():
        try:
            good.append(entry(slug, table, checked_on))
        except Fault as fault:
            faults.append(_bad_row(lines.get(slug, 0), slug, fault))
    kept, orphans = _with_successors(good)
    faults += [_bad_row(lines.get(slug, 0), slug, Fault("successor", words)) for slug, words in orphans]
    added, changed = _write(kept, by=by, at=at)
    _make_central(entries.get("central"))
    unchanged = len(kept) - added - changed
    counts: dict[str, Any] = {"added": added, "changed": changed, "unchanged": unchanged}
    record("collaboration.initiatives.imported", by=by, at=at, file=name, rows=len(tables), bad=len(faults), **counts)
    return Batch(rows=len(tables), bad=pl.DataFrame(faults, schema=BAD_SCHEMA), **counts)


def _bad_row(line: int, slug: str, fault: Fault) -> dict[str, object]:
    return {"line": line, "column": fault.column, "value": slug, "reason": "initiative", "words": fault.words}


def _with_successors(entries: list[Entry]) -> tuple[list[Entry], list[tuple[str, str]]]:
    """The entries whose successor stands in the list or the register, and the others with the reason."""
    known = {one.slug for one in entries} | set(Initiative.objects.values_list("slug", flat=True))
    kept = [one for one in entries if not one.successor or (one.successor in known and one.successor != one.slug)]
    wrong = "Neither the list nor the register has an initiative of this name to be the successor."
    return kept, [(one.slug, wrong) for one in entries if one not in kept]


def _write(entries: list[Entry], *, by: Actor, at: datetime) -> tuple[int, int]:
    """Write what is new or different and untouched by people; the counts of both."""
    names = [one.slug for one in entries]
    known = {row.slug: row for row in Initiative.objects.filter(slug__in=names).select_related("successor")}
    rows = {
        one.slug: known.get(one.slug) or Initiative(slug=one.slug, made_at=at, is_from_list=True) for one in entries
    }
    touched = [one for one in entries if rows[one.slug].is_from_list and _differs(rows[one.slug], one)]
    added = [one for one in touched if one.slug not in known]
    for one in touched:
        _write_one(rows[one.slug], one)
    for one in touched:  # A successor may stand below the one it succeeds: now all of them are there.
        if one.successor:
            successor = Initiative.objects.get(slug=one.successor)
            Initiative.objects.filter(slug=one.slug).update(state=InitiativeState.MERGED, successor=successor)
    InitiativeStep.objects.bulk_create(
        [InitiativeStep(initiative=rows[one.slug], step=Step.ADDED, by=by.name, at=at) for one in added]
    )
    return len(added), len(touched) - len(added)


def _write_one(row: Initiative, given: Entry) -> None:
    columns = _columns(row, given)
    if given.successor:
        columns["state"] = InitiativeState.UNDECIDED
    for name, value in columns.items():
        setattr(row, name, value)
    row.successor = None
    row.save()
    _write_parts(row, given)


def _columns(row: Initiative, given: Entry) -> dict[str, Any]:
    """What the list says of an initiative; the centre is part of itself, whatever its own entry says."""
    said = given.description
    columns = {name: getattr(said, name) for name in (*TEXTS, "owner", "began_in", "ended_in")}
    columns |= given.facts | {"functions": sorted(said.functions)}
    return columns | ({"tie": Tie.PART.value} if row.is_central else {})


def _differs(row: Initiative, given: Entry) -> bool:
    """Whether the list says something of the initiative that the register does not."""
    successor = row.successor.slug if row.successor else ""
    if row.pk is None or successor != given.successor:
        return True
    if any(getattr(row, name) != value for name, value in _columns(row, given).items()):
        return True
    return not (
        {(on, words) for on, _precision, words, _english in given.milestones}
        <= set(row.milestones.values_list("on", "words"))
        and {name for name, *_rest in given.use_cases} <= set(row.use_cases.values_list("name", flat=True))
        and set(given.participants) <= set(row.participants.values_list("name", flat=True))
    )


def _write_parts(row: Initiative, given: Entry) -> None:
    Milestone.objects.bulk_create(
        [
            Milestone(initiative=row, on=on, precision=precision, words=words, words_en=english)
            for on, precision, words, english in given.milestones
        ],
        ignore_conflicts=True,
    )
    Participant.objects.bulk_create(
        [Participant(initiative=row, name=name) for name in given.participants], ignore_conflicts=True
    )
    UseCase.objects.bulk_create(
        [UseCase(initiative=row, name=name, name_en=english, about=about) for name, english, about in given.use_cases],
        ignore_conflicts=True,
    )


def _make_central(slug: object) -> None:
    """The list's central programme becomes ours where we have none yet."""
    if isinstance(slug, str) and not Initiative.objects.filter(is_central=True).exists():
        Initiative.objects.filter(slug=slug).update(is_central=True, tie=Tie.PART)
