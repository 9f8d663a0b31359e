"""The queue: code names a job to be done later, and the job commits with the rows it is about."""

from contextlib import suppress

from django.db import transaction
from procrastinate import exceptions
from procrastinate.contrib.django import app


def later(name: str, *, queue: str = "default", once: str | None = None, **arguments: object) -> None:
    """Queue the job `name` in the caller's transaction.

    With `once`, a job of that lock that still waits is enough and no second one is queued.
    """
    task = app.configure_task(name, queue=queue, queueing_lock=once)
    with suppress(exceptions.AlreadyEnqueued), transaction.atomic():  # The refusal must not spoil the transaction.
        task.defer(**arguments)  # type: ignore[arg-type]
