"""The queue: code names a job to be done later, and the job commits with the rows it is about."""

from contextlib import suppress

from django.db import transaction
from procrastinate import exceptions
from procrastinate.contrib.django import app


def later(
    name: str, *, queue: str = "default", once: str | None = None, wait_seconds: int = 0, **arguments: object
) -> None:
    """Queue the job `name` in the caller's transaction, to begin after `wait_seconds` at the earliest.

    With `once`, a job of that lock that still waits is enough and no second one is queued: with a wait, changes that
    come close together make one job.
    """
    later_by = {"schedule_in": {"seconds": wait_seconds}} if wait_seconds else {}
    task = app.configure_task(name, queue=queue, queueing_lock=once, **later_by)  # type: ignore[arg-type]
    with suppress(exceptions.AlreadyEnqueued), transaction.atomic():  # The refusal must not spoil the transaction.
        task.defer(**arguments)  # type: ignore[arg-type]
