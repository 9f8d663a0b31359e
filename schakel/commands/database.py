"""Making sure that there is a database before a command needs it."""

from contextlib import suppress

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from psycopg import errors, sql

from schakel.kit import embedded


def ready(*, migrate: bool = True) -> None:
    """Start the embedded server where no DATABASE_URL is set, make its database, and bring its tables up to date.

    A server of your own is only looked at: `schakel migrate` changes it.
    """
    if not settings.IS_EMBEDDED:
        return
    embedded.start(settings.DATABASE_DIR)
    _make_database(str(settings.DATABASES["default"]["NAME"]))
    if migrate and is_behind():
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)


def _make_database(name: str) -> None:
    place = {name: str(settings.DATABASES["default"][name]) for name in ("HOST", "USER")}
    with psycopg.connect(host=place["HOST"], user=place["USER"], dbname="postgres", autocommit=True) as server:
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            with suppress(errors.DuplicateDatabase, errors.UniqueViolation):  # Another process was faster.
                server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def is_behind() -> bool:
    """Whether a migration has not been done yet."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
