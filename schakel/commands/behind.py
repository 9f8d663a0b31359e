"""Doing one part of a report's way while another part of the next report's is done."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

from django.db import connection, connections


class AtOnce(Executor):
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
def stations(*names: str, files_count: int) -> Iterator[list[Executor]]:
    """Where parts of a report's way are gone: a thread each, so that while one report is read another is tracked.

    Each takes reports in the order in which they come. Inside somebody's transaction there are no threads: another
    connection would not see the report.
    """
    if files_count == 1 or connection.in_atomic_block:
        yield [AtOnce() for _name in names]
        return
    with ExitStack() as open_ones:
        threads = [open_ones.enter_context(ThreadPoolExecutor(1, thread_name_prefix=name)) for name in names]
        try:
            yield list(threads)
        finally:
            for thread in threads:
                thread.submit(connections.close_all).result()
