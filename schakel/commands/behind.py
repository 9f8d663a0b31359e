"""Doing the second half of one report's way while the first half of the next is done."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections


class _AtOnce(Executor):
    """No thread: what is submitted is done there and then."""

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Do it, and remember what came of it."""
        result: Future[Any] = Future()
        try:
            result.set_result(work(*args, **kwargs))
        except Exception as problem:  # noqa: BLE001 - handed to whoever asks for the result, as a thread does
            result.set_exception(problem)
        return result


@contextmanager
def thread(files_count: int) -> Iterator[Executor]:
    """Where the second half of a report's way is gone: the database works on one report while we read the next.

    Inside somebody's transaction there is no thread: another connection would not see the report.
    """
    if files_count == 1 or connection.in_atomic_block:
        yield _AtOnce()
        return
    with ThreadPoolExecutor(max_workers=1) as behind:
        yield behind
        behind.submit(connections.close_all).result()
