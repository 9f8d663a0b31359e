"""Starts commands without starting Python anew each time: `python -m tests.crash.starter`.

It has everything imported, and makes a copy of itself (fork) for each line of JSON that it reads: `{"run": [arguments],
"out": file}` is answered with the copy's number, `{"wait": number}` with its exit code. A copy is a process like any
other: it can be killed, and dies alone.
"""

import json
import os
import sys
from collections.abc import Callable

import django
from django.core.management import execute_from_command_line


def main() -> None:
    django.setup()
    import schakel.commands.management.commands.ingest
    import schakel.commands.management.commands.send  # noqa: F401 - imported once, for all copies

    does: dict[str, Callable[..., int]] = {"run": run, "wait": wait}
    for line in sys.stdin:
        wish = json.loads(line)
        verb = next(iter(wish))
        sys.stdout.write(f"{does[verb](**wish)}\n")
        sys.stdout.flush()


def run(run: list[str], out: str) -> int:
    """A copy of this process that runs one command (or, after `-c`, code), its words in the file `out`."""
    number = os.fork()
    if number:
        return number
    to = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(to, 1)
    os.dup2(to, 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    if run[0] == "-c":
        exec(run[1], {})
    else:
        execute_from_command_line(["schakel", *run])
    sys.exit(0)


def wait(wait: int) -> int:
    """The exit code of a copy that has ended or will; negative for the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(wait, 0)[1])


if __name__ == "__main__":
    main()
