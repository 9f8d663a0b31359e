"""The bytes of files that a command was given, held before their turn comes."""

import sys
from collections import deque
from collections.abc import Generator
from concurrent.futures import Executor, Future
from contextlib import suppress
from pathlib import Path

from schakel.commands.behind import AtOnce
from schakel.intake.steps.receive import Held, hold


def one_ahead(names: list[str], ahead: Executor) -> Generator[tuple[str, Future[Held]]]:
    """The files and their bytes; those of the next are held while this one is read, but for standard input (`-`).

    To be closed, so that what was held and not taken is let go.
    """
    coming: deque[Future[Held]] = deque()
    try:
        for at, name in enumerate(names):
            for wanted in names[at + len(coming) : at + 2]:
                if wanted != "-":
                    coming.append(ahead.submit(_held, wanted))
                elif not coming:  # Here, not in a thread: nobody could end a wait for what is typed there.
                    coming.append(AtOnce().submit(_held, wanted))
            yield name, coming.popleft()
    finally:
        for left in coming:
            with suppress(OSError):
                left.result().place.unlink(missing_ok=True)


def _held(name: str) -> Held:
    if name == "-":
        return hold(sys.stdin.buffer)
    with Path(name).open("rb") as stream:
        return hold(stream)
