"""Writing the registry."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit.progress import Progress, unwatched
from schakel.kit.queue import later
from schakel.kit.refusals import Refused, permit
from schakel.policy.access import Actor, Permission
from schakel.registry.agreements import following
from schakel.registry.files import Checked, FileRefused, read_table
from schakel.registry.files.reading import ROWS_PER_BATCH
from schakel.registry.load import PLANS, Batch, Plan, Tally, load_batch
from schakel.registry.load.ahead import ahead

MAY_DOUBLE = {"organisations", "partners", "baseline"}
"""Files after which it is worth a look whether somebody stands in the registry twice."""
REMATCH_AFTER = 60
"""Seconds: several files of one registry come close together, and are looked at together."""


class Unreadable(Refused):
    """A file that cannot be imported, or not to its end."""

    wording = _("This file cannot be imported.")


def import_file(
    *,
    path: Path,
    kind: str,
    by: Actor,
    at: datetime,
    bad: Path | None = None,
    rows_per_batch: int = ROWS_PER_BATCH,
    progress: Progress = unwatched,
) -> Tally:
    """Bring the registry up to date with a file of one kind (a key of PLANS); good rows are kept, bad ones told.

    Rows are known again by their keys, so the same file again changes nothing. Each batch of `rows_per_batch` is one
    transaction with one event, so what breaks off half way leaves whole batches. All bad rows go to the CSV file
    `bad` where that is given.

    Raises NotPermitted, or Unreadable where the file as a whole, or its rest, cannot be read.
    """
    permit(by.may(Permission.REGISTRY_IMPORT))
    plan = PLANS[kind]
    try:
        with Tally(kind, path.name, bad) as tally:
            for checked in ahead(read_table(path, kind, rows_per_batch=rows_per_batch)):
                is_first = not tally.rows
                tally.add(_one_batch(plan, checked, by=by, at=at, name=path.name))
                if is_first:
                    _analyse(plan)
                progress(tally.rows, f"rows, {tally.bad:,} bad")
        if tally.added or tally.changed:
            later("notices.rematch", queue="intake", once="notices.rematch", wait_seconds=REMATCH_AFTER)
    except FileRefused as refused:
        raise Unreadable(refused.words, *_kept(tally)) from refused
    except OSError as problem:
        raise Unreadable(problem.strerror) from problem
    finally:
        _analyse(plan)
    return tally


@transaction.atomic
def _one_batch(plan: Plan, checked: Checked, *, by: Actor, at: datetime, name: str) -> Batch:
    batch = load_batch(plan, checked)
    facts: dict[str, Any] = {"rows": batch.rows, "added": batch.added, "changed": batch.changed}
    facts |= {"unchanged": batch.unchanged, "bad": batch.bad.height}
    if plan.kind == "partners" and (followed := following.follow_loaded()):
        facts["commitments"] = followed
    if batch.added and plan.kind in MAY_DOUBLE:
        later("registry.find_duplicates", once="registry.find_duplicates")
    record("registry.file.imported", by=by, at=at, kind=plan.kind, file=name, **facts)
    return batch


def _kept(tally: Tally) -> list[str]:
    """What to say of the rows before the place where the file broke off."""
    return [f"The {tally.rows:,} rows before that were taken in."] if tally.rows else []


def _analyse(plan: Plan) -> None:
    """Let the planner know the new sizes: without them it may look rows up by the worse of two indexes."""
    with connection.cursor() as cursor:
        for table in {target.table for target in plan.targets}:
            cursor.execute(f"ANALYZE {table}")
