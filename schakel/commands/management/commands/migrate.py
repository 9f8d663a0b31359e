"""`schakel migrate`: bring the tables up to date, starting the embedded server where that is the database."""

from typing import Any

from django.core.management import call_command
from django.core.management.commands import migrate
from django.utils import timezone

from schakel.collaboration import load
from schakel.commands import database
from schakel.policy.access import SYSTEM


class Command(migrate.Command):
    """Django's own command, with a ready database and the cache's table."""

    requires_system_checks: list[str] = []  # They would ask the database before it is started.

    def handle(self, *args: Any, **options: Any) -> None:
        """Start, migrate, make the cache's table, lay down what a register begins with."""
        database.ready(migrate=False)
        super().handle(*args, **options)
        call_command("createcachetable", verbosity=0)
        if not options.get("run_syncdb"):  # Tests make their tables so, and begin with nothing in them.
            _begin()


def _begin() -> None:
    """Lay down the lists that an empty register begins with; one that holds anything is left alone."""
    if not database.is_behind():  # Somebody may have gone back to an earlier state.
        load.load_start(by=SYSTEM, at=timezone.now())
