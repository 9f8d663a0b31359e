"""The `schakel` command: finds the right settings, then hands over to Django's commands."""

import os
import signal
import sys
from typing import NoReturn

from schakel.kit import memory

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "schakel.config.settings")


def main() -> None:
    """Run the command line; what needs no framework does not wait for it."""
    signal.signal(signal.SIGTERM, _leave)
    memory.keep()
    if sys.argv[1:2] == ["match"]:
        from schakel.commands import matching  # noqa: PLC0415 - only this command needs it

        sys.exit(matching.main(sys.argv[2:]))
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - after the settings are named

    execute_from_command_line(["schakel", *sys.argv[1:]])


def _leave(number: int, _frame: object) -> NoReturn:
    """End in order when told to, so that parts and the embedded server end too; the shell sees by which signal.

    Told once more, the process ends at once.
    """
    signal.signal(number, signal.SIG_DFL)
    sys.exit(128 + number)


if __name__ == "__main__":
    main()
