"""`schakel migrate`: bring the tables up to date, starting the embedded server where that is the database."""

from typing import Any

from django.core.management import call_command
from django.core.management.commands import migrate

from schakel.commands import database


class Command(migrate.Command):
    """Django's own command, with a ready database and the cache's table."""

    requires_system_checks: list[str] = []  # They would ask the database before it is started.

    def handle(self, *args: Any, **options: Any) -> None:
        """Start, migrate, make the cache's table."""
        database.ready(migrate=False)
        super().handle(*args, **options)
        call_command("createcachetable", verbosity=0)
